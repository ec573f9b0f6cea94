"""A checkpoint is evaluated on the clips that its own run kept for the test."""

import json
import shutil

import pandas as pd
import pytest
from omegaconf import OmegaConf

from instrument_net.configuration import ConfigurationError
from instrument_net.data import InstrumentDataModule, SplitError
from instrument_net.frontend import FrontEnd
from instrument_net.runs.own_split import open_own_split

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})


@pytest.fixture
def run(two_pitches, tmp_path, monkeypatch):
    """A run over a folder, as `train` leaves it, without its checkpoint; `path` is relative."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "outputs/run"
    data = {
        "_target_": "instrument_net.data.corpora.FolderCorpus",
        "path": "corpus",
        "store_dir": str(tmp_path / "store"),
    }
    split = {"_target_": "instrument_net.data.Split", "seed": 0}
    (folder / ".hydra").mkdir(parents=True)
    OmegaConf.save({"data": data, "split": split}, folder / ".hydra/config.yaml")
    (folder / "environment.json").write_text(json.dumps({"working_directory": str(tmp_path)}))
    module = InstrumentDataModule.from_folder(
        two_pitches, front_end=FRONT_END, store_dir=tmp_path / "store"
    )
    module.setup()
    module.clips.to_csv(folder / "splits.csv")
    return folder


def opened(run, **options):
    return open_own_split(run / "checkpoints/best.ckpt", FRONT_END, **options)


def kept_for_test(run):
    clips = pd.read_csv(run / "splits.csv", dtype=str)
    return clips[clips["split"] == "test"]


def digests_of(module, split="test"):
    return sorted(module.clips["digest"][module.clips["split"] == split])


def test_the_split_is_the_runs_as_it_was(run):
    module = opened(run)
    assert module.clips_of("test")["path"].tolist() == kept_for_test(run)["path"].tolist()
    assert (
        module.clips["group"].tolist()
        == pd.read_csv(run / "splits.csv", dtype=str)["group"].tolist()
    )
    assert "as the run divided its clips: 8 train, 2 validation, 2 test clips" in (
        module.describe_split()
    )


def test_clips_that_were_added_are_not_tested_and_counted(run, two_pitches, write_tone):
    for k in range(3):
        write_tone(f"corpus/a/0{k}.wav", frequency_hz=410 + k)
    shutil.copy(kept_for_test(run)["path"].iloc[0], two_pitches / "a/00.wav")
    module = opened(run)
    assert digests_of(module) == sorted(kept_for_test(run)["digest"])
    assert (module.clips["split"] == "not_in_run").sum() == 3
    assert "3 clips that the run did not have are not tested" in module.describe_split()


def test_clips_are_found_by_content_where_they_were_renamed(run, two_pitches):
    for path in list(two_pitches.rglob("*.wav")):
        path.rename(path.with_name(f"take {9 - int(path.stem)}.wav"))
    module = opened(run)
    assert digests_of(module) == sorted(kept_for_test(run)["digest"])
    assert "12 clips lie elsewhere than in the run and were found by content" in (
        module.describe_split()
    )
    assert module.clips_of("test")["path"].str.contains("take").all()


def test_names_that_were_exchanged_do_not_exchange_splits(run, two_pitches):
    tested = two_pitches / "a" / kept_for_test(run)["path"].iloc[0].split("/")[-1]
    trained = next(path for path in two_pitches.glob("a/*.wav") if path != tested)
    tested.rename(two_pitches / "other")
    trained.rename(tested)
    (two_pitches / "other").rename(trained)
    assert digests_of(opened(run)) == sorted(kept_for_test(run)["digest"])


def test_missing_clips_are_counted(run, two_pitches):
    gone, left = kept_for_test(run)["path"]
    trained = pd.read_csv(run / "splits.csv", dtype=str).query("split == 'train'")["path"]
    for path in (gone, *trained[:2]):
        (two_pitches / path).unlink()
    module = opened(run)
    assert module.clips_of("test")["path"].tolist() == [left]
    assert "1 of its 2 test clips are missing" in module.describe_split()
    (two_pitches / left).unlink()
    with pytest.raises(SplitError, match="none of the 2 test clips of the run is among the 8"):
        opened(run)


def test_a_file_that_was_changed_keeps_its_split_and_is_counted(run, write_tone):
    path = kept_for_test(run)["path"].iloc[0]
    write_tone(path, frequency_hz=333)
    module = opened(run)
    assert path in module.clips_of("test")["path"].tolist()
    assert "1 clips have the path of one of the run and other content" in module.describe_split()


def test_a_relative_path_starts_where_the_run_was_started(run, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert digests_of(opened(run)) == sorted(kept_for_test(run)["digest"])
    (tmp_path / "corpus").rename(tmp_path / "moved")
    with pytest.raises(
        ConfigurationError, match=r"not at corpus, nor at .*: say where it lies now"
    ):
        opened(run)
    moved = opened(run, moved_to=str(tmp_path / "moved"))
    assert digests_of(moved) == sorted(kept_for_test(run)["digest"])


def test_a_table_without_digests_is_of_an_earlier_version_and_finds_clips_by_path(run, two_pitches):
    table = pd.read_csv(run / "splits.csv", dtype=str).drop(columns="digest")
    table.to_csv(run / "splits.csv", index=False)
    assert opened(run).clips_of("test")["path"].tolist() == kept_for_test(run)["path"].tolist()
    (two_pitches / "a/0.wav").rename(two_pitches / "a/new.wav")
    assert (opened(run).clips["split"] == "not_in_run").sum() == 1


def test_without_its_table_the_split_is_not_known(run):
    (run / "splits.csv").unlink()
    with pytest.raises(ConfigurationError, match=r"splits.csv is missing, so its test split is"):
        opened(run)


@pytest.mark.parametrize(("own", "more"), [("", "orchestra"), ("False", "True")])
def test_clips_of_extra_corpora_are_none_of_the_splits(run, own, more):
    table = pd.read_csv(run / "splits.csv", dtype=str)
    trained = table.index[table["split"] == "train"][:2]
    table = table.assign(extra=own)
    table.loc[trained, "extra"] = more  # earlier versions wrote True and False
    table.to_csv(run / "splits.csv", index=False)
    config = OmegaConf.load(run / ".hydra/config.yaml")
    config.data.extra = {"_target_": "no.such.Corpus"}
    config.data.sampling = "class_source_balanced"  # of sources that only the extra clips have
    OmegaConf.save(config, run / ".hydra/config.yaml")
    module = opened(run)
    assert (module.clips["split"] == "not_in_run").sum() == len(trained) == 2
    assert digests_of(module) == sorted(kept_for_test(run)["digest"])


def test_labels_of_the_run_are_mapped_again_wherever_its_table_was_named_from(
    run, tmp_path, monkeypatch
):
    config = OmegaConf.load(run / ".hydra/config.yaml")
    config.data.labels = "mine.yaml"
    OmegaConf.save(config, run / ".hydra/config.yaml")
    (tmp_path / "mine.yaml").write_text("a: low\nb: high\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert set(opened(run).clips_of("test")["label"]) == {"low", "high"}


def test_allowed_labels_had_another_name_in_earlier_versions(run, two_pitches):
    files = sorted(path.relative_to(two_pitches.parent) for path in two_pitches.rglob("*.wav"))
    rows = [f"{file},{file.parent.name}" for file in files]
    (two_pitches.parent / "clips.csv").write_text("\n".join(["path,label", *rows]))
    config = OmegaConf.load(run / ".hydra/config.yaml")
    table = {"_target_": "instrument_net.data.corpora.ManifestCorpus", "path": "clips.csv"}
    config.data = {**table, "labels": ["a", "b"], "store_dir": config.data.store_dir}
    OmegaConf.save(config, run / ".hydra/config.yaml")
    assert len(opened(run).clips_of("test")) == 2
