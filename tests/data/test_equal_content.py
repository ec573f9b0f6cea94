"""Copies of a clip, however they are made and called."""

import os
import shutil

import pandas as pd
import pytest

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
    module = opened(two_pitches, extra=FolderCorpus(tmp_path / "extra"))
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
