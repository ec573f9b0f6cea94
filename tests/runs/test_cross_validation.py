"""The folder of a cross-validation follows from its clips and from what changes scores."""

import shutil
from pathlib import Path

import pytest
import soundfile
from hydra import compose, initialize_config_dir

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.runs.cross_validation import CrossValidation, chosen_folds, folder_name
from instrument_net.runs.score_settings import settings_that_change_scores

SMALL = ["frontend.features.n_fft=1024", "frontend.features.hop_length=512",
         "frontend.features.n_bins=83", "frontend.n_frames=56", "model=perceptron"]  # fmt: skip


@pytest.fixture(autouse=True)
def conf(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield


@pytest.fixture
def table(write_sources):
    return write_sources({"attic": {"flute": 3, "harp": 3}, "barn": {"flute": 3, "harp": 3}})


def of(table, *overrides):
    everything = ["run_dir=x", "data=manifest", f"data.path={table}",
                  "split=leave_one_source_out", *SMALL, *overrides]  # fmt: skip
    config = compose("cross_validate", everything)
    return CrossValidation(config, overrides=everything)


def test_to_make_one_neither_decodes_nor_writes(table, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    validation = of(table)
    assert sorted(tmp_path.rglob("*")) == before
    assert validation.folds == ["attic", "barn"]
    assert (tmp_path / "outputs/store").is_dir()  # now it had to be opened
    assert not validation.folder.exists()


@pytest.mark.parametrize(
    "overrides",
    [
        ["data.store_dir=elsewhere"],
        ["data.num_workers=2"],
        ["+trainer.enable_progress_bar=false"],
        ["trainer=cpu"],
        ["callbacks.example_clips.n_clips=2"],
        ["~callbacks.confusion_image"],
        ["only=[barn]"],
        ["compile=true"],
    ],
)
def test_what_changes_no_score_finds_the_same_folds(table, overrides):
    assert of(table, *overrides).folder == of(table).folder


@pytest.mark.parametrize(
    "overrides",
    [
        ["model.dense_units=32"],
        ["optimizer.lr=0.1"],
        ["optimizer=adamw"],
        ["scheduler=cosine"],
        ["loss.label_smoothing=0.1"],
        ["augment=light"],
        ["frontend.features.n_mels=20"],
        ["data.batch_size=2"],
        ["data.sampling=class_balanced"],
        ["split.validation_fraction=0.3"],
        ["split.group_by=[path]"],
        ["seed=1"],
        ["monitor=validation/loss"],
        ["trainer.max_epochs=3"],
        ["callbacks=averaged"],
        ["callbacks.early_stopping.patience=9"],
    ],
)
def test_what_changes_scores_are_other_folds(table, overrides):
    assert of(table, *overrides).digest != of(table).digest


def test_an_import_path_is_no_setting(table):
    config = compose("cross_validate", ["run_dir=x", "optimizer=adamw", *SMALL])
    first = settings_that_change_scores(config)
    assert first["optimizer"]["_target_"] == "adamw"
    config.optimizer._target_ = "another.place.adamw"
    assert settings_that_change_scores(config) == first


def test_a_corpus_that_was_moved_is_the_same_and_one_that_changed_is_another(table, tmp_path):
    first = of(table).digest
    moved = tmp_path / "moved"
    shutil.copytree(tmp_path, moved, ignore=shutil.ignore_patterns("moved", "outputs"))
    assert of(moved / "clips.csv").digest == first

    lines = table.read_text().splitlines()
    table.write_text("\n".join(lines[:-1]) + "\n")
    fewer = of(table).digest
    table.write_text("\n".join(lines).replace("harp2.wav,harp,barn", "harp2.wav,flute,barn") + "\n")
    relabelled = of(table).digest
    table.write_text("\n".join(lines) + "\n")
    assert of(table).digest == first
    sound = next(Path(tmp_path / "barn").glob("*.wav"))
    samples, rate = soundfile.read(sound)
    soundfile.write(sound, samples[::-1] * 0.5 + 0.1, rate)
    changed = of(table).digest
    assert len({first, fewer, relabelled, changed}) == 4


def test_folds_that_start_from_other_weights_are_other_folds(table, tmp_path):
    checkpoint, copy = tmp_path / "best.ckpt", tmp_path / "copy.ckpt"
    for path in (checkpoint, copy):
        path.write_bytes(b"weights")
    first = of(table, f"init_from={checkpoint}").digest
    assert first == of(table, f"init_from={copy}").digest
    assert first != of(table).digest
    checkpoint.write_bytes(b"others!")
    assert of(table, f"init_from={checkpoint}").digest not in (first, of(table).digest)


def test_an_extra_corpus_is_part_of_the_clips(table, two_pitches):
    extra = ["data/extra=folder", f"data.extra.folder.path={two_pitches}"]
    assert of(table, *extra).digest != of(table).digest


def test_a_fold_of_the_command_line_or_a_split_without_folds_is_refused(table):
    with pytest.raises(ConfigurationError, match=r"split\.fold: every fold has its turn"):
        of(table, "split.fold=attic")
    with pytest.raises(ConfigurationError, match="this split has no folds"):
        of(table, "split=by_recording")


def test_only_chooses_among_the_folds():
    assert chosen_folds([0, 1, 2], ["2", 0]) == [2, 0]
    assert chosen_folds(["attic"], None) == ["attic"]
    with pytest.raises(ConfigurationError, match="did you mean 'attic'"):
        chosen_folds(["attic"], ["atic"])
    with pytest.raises(ConfigurationError, match="nothing to test"):
        chosen_folds([], None)


def test_names_that_a_path_cannot_hold_stay_different():
    assert folder_name("iowa_mis") == "fold_iowa_mis"
    assert folder_name("a/b") != folder_name("a:b")
    assert "/" not in folder_name("a/b")
