"""The command that classifies files: formats, exit statuses, what it says about broken files."""

import csv
import errno
import io
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from small_recogniser import NAMES, save_checkpoint, small_recogniser, write_noise

from instrument_net.calibrate.keeping import keep_certainty
from instrument_net.errors import InputError
from instrument_net.predict import SOME_FILES_FAILED, main
from instrument_net.recognition.certainty import Certainty
from instrument_net.recognition.device import choose_device
from instrument_net.recognition.file_windows import window_starts_s
from instrument_net.recognition.growing_file import GrowingFile
from instrument_net.recognition.places import refusal


@pytest.fixture
def recogniser():
    return small_recogniser()


@pytest.fixture
def checkpoint(recogniser, tmp_path):
    return save_checkpoint(recogniser, tmp_path / "best.ckpt")


@pytest.fixture
def noise(tmp_path):
    def write(name, seconds, seed=0):
        return write_noise(tmp_path / name, seconds, seed)

    return write


def test_the_command_names_broken_files_and_classifies_the_others(
    checkpoint, noise, tmp_path, capsys
):
    folder = noise("in/deep/a.wav", 0.5).parents[1]
    noise("in/b.flac", 0.2)
    (folder / "empty.wav").touch()
    (folder / "notes.txt").write_text("not audio, not asked for")
    missing = tmp_path / "missing.wav"
    status = main([str(checkpoint), str(folder), str(missing), "--format=csv", "--top=2"])
    out, err = capsys.readouterr()
    assert status == SOME_FILES_FAILED == 3
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["path"].rpartition("/")[2] for row in rows] == [
        "b.flac", "a.wav", "empty.wav", "missing.wav",
    ]  # fmt: skip
    for column in ("label", "probability", "label_2", "probability_2"):
        assert [row[column] == "" for row in rows] == [False] * 2 + [True] * 2
    assert [row["error"] for row in rows] == [
        *[""] * 2, f"{folder}/empty.wav: the file is empty (0 bytes)", f"{missing}: no such file",
    ]  # fmt: skip
    assert "empty.wav: the file is empty" in err
    assert "missing.wav: no such file" in err
    assert "2 of 4 files could not be read" in err


def test_a_folder_with_nothing_to_classify_is_answered_with_what_lies_in_it(
    checkpoint, tmp_path, capsys, monkeypatch
):
    monkeypatch.setitem(sys.modules, "av", None)  # the extra is not installed
    folder = tmp_path / "in"
    (folder / "a").mkdir(parents=True)
    assert main([str(checkpoint), str(folder)]) == 2
    assert "nothing to classify in " in capsys.readouterr().err
    (folder / "a/song.m4a").write_bytes(b"no sound")
    (folder / ".hidden.wav").touch()
    assert main([str(checkpoint), str(folder)]) == 2
    err = capsys.readouterr().err
    assert '1 passed over, m4a (not read: pip install "instrument-net[codecs]"' in err
    assert "1 passed over, hidden: " in err


def test_what_is_passed_over_beside_audio_is_named(checkpoint, noise, tmp_path, capsys):
    noise("in/a.wav", 0.2)
    noise("in/__MACOSX/a.wav", 0.2)
    (tmp_path / "in/notes.txt").write_text("not audio")
    assert main([str(checkpoint), str(tmp_path / "in"), "--format=csv"]) == 0
    err = capsys.readouterr().err
    assert "1 passed over, no audio: " in err
    assert "1 passed over, folder of the system: " in err


def test_the_ending_of_the_file_says_the_format(checkpoint, noise, tmp_path):
    path = noise("a.wav", 0.5)
    for name, begins in (("a.csv", "path,"), ("a.JSON", "["), ("a.txt", "┏"), ("b", "┏")):
        assert main([str(checkpoint), str(path), "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text().lstrip().startswith(begins)
    assert main([str(checkpoint), str(path), "--out", str(tmp_path / "c.csv"),
                 "--format=json"]) == 0  # fmt: skip
    assert (tmp_path / "c.csv").read_text().startswith("[")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--out=a.xlsx"], "a.xlsx: no results are written as .xlsx; let it end in .csv, .json, "
         ".jsonl or .txt, or name a --format"),
        (["--timeline=w.JSON"], "w.JSON: no timeline is written as .JSON; let it end in .csv or"),
    ],
)  # fmt: skip
def test_an_ending_that_promises_another_format_is_refused(
    checkpoint, noise, tmp_path, capsys, monkeypatch, arguments, says
):
    monkeypatch.chdir(tmp_path)
    path = noise("a.wav", 0.2)
    assert main([str(checkpoint), str(path), *arguments]) == 2
    assert says in capsys.readouterr().err
    assert not [*tmp_path.glob("a.x*"), *tmp_path.glob("w.*")]
    assert main([str(checkpoint), str(path), "--out=a.log", "--format=csv"]) == 0


def test_every_format_says_the_same(checkpoint, noise, tmp_path, capsys):
    path = noise("a.wav", 0.5)
    assert main([str(checkpoint), str(path), "--format=json", "--top=3"]) == 0
    ((row,),) = [json.loads(capsys.readouterr().out)]
    assert row["path"] == str(path)
    best = row["predictions"][0]
    assert sorted(p["label"] for p in row["predictions"]) == NAMES
    assert sum(p["probability"] for p in row["predictions"]) == pytest.approx(1, abs=1e-5)
    out = tmp_path / "new" / "table.txt"
    assert main([str(checkpoint), str(path), "--out", str(out)]) == 0
    assert f"{best['label']} {best['probability']:.0%}" in out.read_text()
    assert list(out.parent.iterdir()) == [out]


def test_the_timeline_has_a_row_per_window(checkpoint, recogniser, noise, tmp_path):
    path = noise("long.wav", 2 * recogniser.duration_s)
    timeline = tmp_path / "timeline.csv"
    assert main([str(checkpoint), str(path), "--timeline", str(timeline)]) == 0
    rows = list(csv.DictReader(timeline.read_text().splitlines()))
    starts = window_starts_s(2 * recogniser.duration_s, recogniser.duration_s)
    assert [float(row["start_s"]) for row in rows] == pytest.approx(starts, abs=1e-3)
    ends = [start + recogniser.duration_s for start in starts]
    assert [float(row["end_s"]) for row in rows] == pytest.approx(ends, abs=1e-3)
    for row in rows:
        values = {name: float(row[f"p({name})"]) for name in NAMES}
        assert row["label"] == max(values, key=values.get)
        assert sum(values.values()) == pytest.approx(1, abs=1e-5)


def test_a_timeline_in_a_text_file_has_the_labels_of_one_file(checkpoint, noise, tmp_path, capsys):
    path = noise("long.wav", 1.5)
    timeline = tmp_path / "timeline.TXT"
    assert main([str(checkpoint), str(path), "--timeline", str(timeline)]) == 0
    rows = [line.split("\t") for line in timeline.read_text().splitlines()]
    assert float(rows[0][0]) == 0
    assert float(rows[-1][1]) == pytest.approx(1.5, abs=1e-6)
    assert {label for _, _, label in rows} <= set(NAMES)
    timeline.unlink()
    capsys.readouterr()
    assert main([str(checkpoint), str(path), str(path), "--timeline", str(timeline)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "TXT: labels are those of one file, and there are 2; name one, or write a .csv" in line
    assert not timeline.exists()


def test_a_wrong_checkpoint_or_option_ends_the_command(tmp_path, capsys, noise):
    assert main([str(tmp_path / "no.ckpt"), str(noise("a.wav", 0.1))]) == 2
    assert "no.ckpt: no such checkpoint" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["x.ckpt", "a.wav", "--top=0"])
    assert "--top must be at least 1" in capsys.readouterr().err


def test_a_moved_checkpoint_needs_nothing_beside_it(checkpoint, noise, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(checkpoint, elsewhere / "m.ckpt")
    monkeypatch.chdir(elsewhere)
    assert main(["m.ckpt", str(noise("a.wav", 0.1))]) == 0


def test_a_device_that_is_not_there_ends_the_command(checkpoint, noise, capsys):
    path = str(noise("a.wav", 0.1))
    for device in ("gpu", "cuda:99"):
        assert main([str(checkpoint), path, f"--device={device}"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"error: --device {device}: ")
        with pytest.raises(InputError):
            choose_device(device)
    assert choose_device("cpu") == torch.device("cpu")
    assert main([str(checkpoint), path, "--device=cpu"]) == 0


def test_a_checkpoint_of_other_features_ends_the_command_with_what_to_do(
    recogniser, noise, tmp_path, capsys
):
    names = [*recogniser.settings["feature_names"][:-1], "flatness"]
    path = save_checkpoint(recogniser, tmp_path / "other.ckpt", feature_names=names)
    assert main([str(path), str(noise("a.wav", 0.1))]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {path}: its network was trained on other features than this")
    assert "(only there: flatness; only here: spectral_centroid_hz): train it again" in line


def test_a_run_folder_stands_for_its_best_checkpoint(checkpoint, noise, tmp_path, capsys):
    path = noise("a.wav", 0.2)
    assert main([str(checkpoint), str(path), "--format=csv"]) == 0
    expected = capsys.readouterr().out
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    for place in ("run", "run/checkpoints"):
        with_none = main([str(tmp_path / "run"), str(path)])
        assert with_none == 2
        assert "best.ckpt: no such checkpoint" in capsys.readouterr().err
        shutil.copy(checkpoint, tmp_path / "run" / "checkpoints" / "best.ckpt")
        assert main([str(tmp_path / place), str(path), "--format=csv"]) == 0
        assert capsys.readouterr().out == expected
        (tmp_path / "run" / "checkpoints" / "best.ckpt").unlink()


def test_a_silent_file_is_silent_and_no_failure(checkpoint, noise, tmp_path, capsys):
    soundfile.write(tmp_path / "zero.wav", np.zeros(9_000), 44_100)
    paths = [str(tmp_path / "zero.wav"), str(noise("a.wav", 0.2))]
    assert main([str(checkpoint), *paths, "--format=csv", "--top=1"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["label"] in NAMES for row in rows] == [False, True]
    assert (rows[0]["label"], rows[0]["probability"]) == ("silent", "")


@pytest.mark.parametrize("option", ["--out", "--timeline"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    checkpoint, noise, tmp_path, capsys, monkeypatch, option
):
    monkeypatch.setattr(
        "instrument_net.recognition.files.predict_files", lambda *_a, **_k: pytest.fail("worked")
    )
    path = noise("a.wav", 0.2)
    for place, reason in ((tmp_path, "is a folder"), (path / "x.csv", "Not a directory"),
                          (path, "is read and would be overwritten")):  # fmt: skip
        before = path.read_bytes()
        assert main([str(checkpoint), str(path), option, str(place)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"error: {place}: ")
        assert reason in line
        assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("form", ["csv", "txt"])
def test_a_full_disk_ends_the_command_and_keeps_what_can_be_resumed(
    checkpoint, noise, tmp_path, capsys, monkeypatch, form
):
    append = GrowingFile.append

    def full(file, text):
        if "b.wav" in text:
            raise refusal(file.place, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        append(file, text)

    paths = [str(noise(name, 0.2)) for name in ("a.wav", "b.wav")]
    out = tmp_path / f"x.{form}"
    arguments = [str(checkpoint), *paths, "--batch-size=1", "--out", str(out)]
    with monkeypatch.context() as patched:
        patched.setattr(GrowingFile, "append", full)
        assert main(arguments) == 2
    err = capsys.readouterr().err
    assert f"x.{form}: cannot be written: No space left on device" in err
    kept = {path.name for path in tmp_path.iterdir()} - {"best.ckpt", "a.wav", "b.wav"}
    if form == "txt":  # a table is written in pieces of many files
        assert kept == set()
        return
    assert kept == {"x.csv.part", "x.csv.journal"}
    assert f"1 files are in {out}.part; the same command with --resume goes on" in err
    assert main(arguments) == 2
    assert "add --resume to go on with it" in capsys.readouterr().err
    assert main([*arguments, "--resume"]) == 0
    assert [row["path"] for row in csv.DictReader(out.read_text().splitlines())] == paths


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_every_screen_takes_every_name(checkpoint, noise, monkeypatch, encoding, form):
    path = noise("käse 弦.wav", 0.2)
    bytes_name = Path(os.fsdecode(os.fsencode(noise("caf.wav", 0.2)).replace(b"caf", b"caf\xe9")))
    (path.parent / "caf.wav").rename(bytes_name)
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding=encoding))
    assert main([str(checkpoint), str(path), str(bytes_name), "--format", form, "--top=50"]) == 0
    text = screen.getvalue().decode(encoding)
    assert "xe9.wav" in text


def test_an_interrupted_command_says_so_and_writes_nothing(
    checkpoint, noise, tmp_path, capsys, monkeypatch
):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("instrument_net.recognition.files.predict_files", interrupted)
    out = tmp_path / "x.csv"
    assert main([str(checkpoint), str(noise("a.wav", 0.2)), "--out", str(out)]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert not list(tmp_path.glob("x.csv*"))


def test_a_calibrated_checkpoint_names_sets_and_says_that_it_is_calibrated(
    checkpoint, noise, capsys
):
    certainty = Certainty(5.0, {0.9: 0.0}, 0.0, "90 clips of 9 sources")
    keep_certainty(checkpoint, certainty)
    file = noise("a.wav", 0.5)
    assert main([str(checkpoint), str(file), "--format=json", "--coverage=0.9"]) == 0
    out, err = capsys.readouterr()
    (answer,) = json.loads(out)
    assert sorted(answer["set"]) == sorted(NAMES)
    assert answer["set"][0] == answer["predictions"][0]["label"]
    assert "right on unseen sources: 90 clips of 9 sources" in err


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_coverage_that_the_checkpoint_does_not_have_is_refused(
    checkpoint, noise, capsys, calibrated
):
    if calibrated:
        keep_certainty(checkpoint, Certainty(1.0, {0.9: 0.1}, 0.2, ""))
    assert main([str(checkpoint), str(noise("a.wav", 0.5)), "--coverage=0.5"]) == 2
    line = capsys.readouterr().err
    reason = "coverage 0.5: this checkpoint has 0.9" if calibrated else "calibrate CHECKPOINT"
    assert reason in line
    assert line.count("\n") == 1
