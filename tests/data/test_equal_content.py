"""Copies of a clip, however they are made and called."""

import os
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile

from instrument_net.data import BySource, InstrumentDataModule, KFold, Split, SplitError
from instrument_net.data.corpora import FolderCorpus
from instrument_net.data.equal_content import COPY, TWO_LABELS, joined
from instrument_net.frontend import FrontEnd

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})


@pytest.fixture
def opened(tmp_path):
    def build(path, **options):
        how = "from_folder" if path.is_dir() else "from_manifest"
        module = getattr(InstrumentDataModule, how)(
            path, front_end=FRONT_END, store_dir=tmp_path / "store", **options
        )
        module.setup()
        return module

    return build


def test_a_flat_folder_claims_nothing_about_what_training_and_test_share(opened, two_pitches):
    module = opened(two_pitches)
    assert module.describe_split().endswith("training and test share: it is not known")
    assert module.describe_split().startswith("by path (seed 0)")


@pytest.mark.parametrize("seed", range(3))
def test_copies_of_a_clip_stay_in_one_split_and_are_counted(opened, two_pitches, seed):
    for k in range(5):
        shutil.copy(two_pitches / f"a/{k}.wav", two_pitches / f"a/copy_{k}.wav")
    (two_pitches / "b/linked.wav").hardlink_to(two_pitches / "b/3.wav")
    (two_pitches / "b/symbolic.wav").symlink_to(two_pitches / "b/4.wav")
    module = opened(two_pitches, split=Split(seed=seed))
    per_content = module.clips.groupby("digest")
    assert per_content["split"].nunique().max() == 1
    assert per_content["group"].nunique().max() == 1
    assert "7 clips are copies of others by content, and a clip and its copies are in" in (
        module.describe_split()
    )
    assert len(module.rejected) == 0
    assert "digest" not in module.clips_of("test").columns


def test_equal_content_with_two_labels_is_left_out_naming_both_files(opened, two_pitches):
    (two_pitches / "b/linked.wav").hardlink_to(two_pitches / "a/3.wav")
    module = opened(two_pitches)
    left_out = [os.path.relpath(path, two_pitches) for path in module.rejected["path"]]
    assert left_out == ["a/3.wav", "b/linked.wav"]
    for reason in module.rejected["reason"]:
        assert "a/3.wav" in reason
        assert "b/linked.wav" in reason
        assert "one of the two labels is wrong" in reason
    left_out = module.clips["split"] == TWO_LABELS
    assert sorted(module.clips["label"][left_out]) == ["a", "b"]
    assert len(module.own_clips) == 11
    assert "11 clips of 2 classes, 2 left out" in module.describe()
    # Every other clip keeps its own sound.
    centroid = FRONT_END.feature_names.index("spectral_centroid_hz")
    for _, features, label in module.loader("train"):
        assert ((features[:, centroid] > 600).long() == label).all()


def test_excerpts_of_a_file_under_two_spellings_stay_in_one_split(opened, tmp_path, write_tone):
    rows = []
    for label, pitch_hz in (("a", 400), ("b", 800)):
        for k in range(4):
            write_tone(f"x/{label}{k}.wav", frequency_hz=pitch_hz + 3 * k)
            rows += [
                {"path": f"x/{label}{k}.wav", "label": label, "start_s": 0.0},
                {"path": f"x/../x/{label}{k}.wav", "label": label, "start_s": 0.1003},
            ]
    pd.DataFrame(rows).to_csv(tmp_path / "clips.csv", index=False)
    clips = opened(tmp_path / "clips.csv").clips
    assert clips["digest"].is_unique
    per_file = clips["split"].groupby(clips["path"].map(os.path.realpath))
    assert per_file.nunique().max() == 1
    assert per_file.ngroups == 8


def test_a_copy_in_another_source_is_not_tested(opened, write_sources):
    table = write_sources({"attic": {"flute": 4, "harp": 4}, "barn": {"flute": 4, "harp": 4}})
    shutil.copy(table.parent / "attic/flute0.wav", table.parent / "barn/flute0.wav")
    module = opened(table, split=BySource(test=["barn"]))
    assert (module.clips["split"] == COPY).sum() == 1
    assert module.clips["source"][module.clips["split"] == COPY].item() == "barn"
    assert "1 clip is a copy of another by content; 1 whose content an earlier split" in (
        module.describe_split()
    )
    for k in range(4):
        for label in ("flute", "harp"):
            shutil.copy(table.parent / f"attic/{label}{k}.wav", table.parent / "barn")
    with pytest.raises(SplitError, match="every clip of test is a copy"):
        opened(table, split=BySource(test=["barn"]))


def test_folds_count_what_they_test_without_copies(opened, write_sources):
    table = write_sources({"attic": {"flute": 6, "harp": 6}})
    clips = pd.read_csv(table)
    clips.assign(fold=[0, 1, 2] * 4).to_csv(table, index=False)
    shutil.copy(table.parent / "attic/flute0.wav", table.parent / "attic/flute1.wav")
    module = opened(table, split=KFold(fold=0, folds=3))
    tested = module.split.fold_table(module.own_clips)["n_clips"]
    assert tested.tolist() == [3, 3, 4]
    assert len(module.clips_of("test")) == 3


def test_an_extra_copy_of_a_tested_clip_is_not_trained_on(opened, two_pitches, tmp_path):
    shutil.copytree(two_pitches, tmp_path / "extra")
    module = opened(two_pitches, extra={"more": FolderCorpus(tmp_path / "extra")})
    trained = module.clips["digest"][module.clips["split"] == "train"]
    tested = module.clips["digest"][module.clips["split"].isin(["validation", "test"])]
    assert not set(trained) & set(tested)
    n_copies = int((module.clips["split"] == COPY).sum())
    assert n_copies == len(tested)
    assert f"{12 - n_copies} clips of data.extra are trained on too" in module.describe_split()


def test_groups_that_share_a_clip_with_a_third_are_one():
    groups = pd.Series(["c", "b", "b", "a", "d"])
    clips = pd.DataFrame({"digest": ["1", "1", "2", "2", "3"]})
    assert joined(groups, clips).tolist() == ["a", "a", "a", "a", "d"]
    assert joined(groups, clips[[]]).tolist() == groups.tolist()


def changed_copy(file, target, *, level=0.3, start=1_000):
    """Write the recording of a file again, softer and without its start."""
    samples, rate_hz = soundfile.read(file)
    soundfile.write(target, level * samples[start:], rate_hz)


@pytest.fixture
def two_breaths(tmp_path):
    """A folder with six recordings of each of two labels, of twelve pitches, each with noise."""
    rng = np.random.default_rng(0)
    time_s = np.arange(13_000) / 44_100
    for row, label in enumerate(("a", "b")):
        (tmp_path / "corpus" / label).mkdir(parents=True)
        for k in range(6):
            partials = np.sin(2 * np.pi * 200 * 1.12 ** (6 * row + k) * np.outer([1, 2, 3], time_s))
            sound = 0.1 * partials.sum(axis=0) + 0.02 * rng.standard_normal(len(time_s))
            soundfile.write(tmp_path / f"corpus/{label}/{k}.wav", sound, 44_100)
    return tmp_path / "corpus"


@pytest.mark.parametrize("seed", range(2))
def test_near_duplicates_stay_in_one_split_where_they_are_looked_for(opened, two_breaths, seed):
    for k in range(4):
        changed_copy(two_breaths / f"a/{k}.wav", two_breaths / f"a/again_{k}.wav")
    shutil.copy(two_breaths / "b/0.wav", two_breaths / "b/copy.wav")
    module = opened(two_breaths, split=Split(seed=seed), near_duplicates=True)
    per_recording = module.clips.groupby("same_recording")
    assert per_recording.ngroups == 12
    assert per_recording["split"].nunique().max() == 1
    assert "5 clips are copies of others by content, 4 of them at another level, cut, rate" in (
        module.describe_split()
    )
    assert not {"same_recording", "digest"} & set(module.clips_of("test").columns)
    plain = opened(two_breaths, split=Split(seed=seed))
    assert "1 clip is a copy of another by content, and a clip" in plain.describe_split()
    assert "same_recording" not in plain.clips.columns


def test_looking_for_near_duplicates_changes_nothing_where_there_are_none(opened, two_breaths):
    plain = opened(two_breaths).clips
    searched = opened(two_breaths, near_duplicates=True).clips
    assert searched["split"].tolist() == plain["split"].tolist()
    assert searched["group"].tolist() == plain["group"].tolist()


def test_an_extra_clip_of_a_tested_recording_is_not_trained_on(opened, two_breaths, tmp_path):
    for label in ("a", "b"):
        (tmp_path / "extra" / label).mkdir(parents=True)
        for k in range(6):
            changed_copy(two_breaths / f"{label}/{k}.wav", tmp_path / f"extra/{label}/{k}.wav")
    extra = {"folder": FolderCorpus(tmp_path / "extra")}
    module = opened(two_breaths, extra=extra, near_duplicates=True)
    splits = module.clips.groupby("same_recording")["split"].agg(set).tolist()
    assert all(split in ({"train"}, {"validation", COPY}, {"test", COPY}) for split in splits)
    assert {"test", COPY} in splits
    assert (opened(two_breaths, extra=extra).clips["split"] != COPY).all()
