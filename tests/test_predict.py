"""The command that classifies files: formats, exit statuses, what it says about broken files."""

import csv
import json
import shutil

import pytest
import torch
from small_recogniser import NAMES, save_checkpoint, small_recogniser, write_noise

from instrument_net.errors import InputError
from instrument_net.predict import SOME_FILES_FAILED, choose_device, main
from instrument_net.recognition.files import window_starts_s


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
    assert [row["path"].rpartition("/")[2] for row in rows] == ["b.flac"] * 2 + ["a.wav"] * 2
    assert [row["rank"] for row in rows] == ["1", "2"] * 2
    assert "empty.wav: the file is empty" in err
    assert "missing.wav: no such file" in err
    assert "2 of 4 files could not be read" in err


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
    for row in rows:
        values = {name: float(row[f"p({name})"]) for name in NAMES}
        assert row["label"] == max(values, key=values.get)
        assert sum(values.values()) == pytest.approx(1, abs=1e-5)


def test_a_wrong_checkpoint_or_option_ends_the_command(tmp_path, capsys, noise):
    assert main([str(tmp_path / "no.ckpt"), str(noise("a.wav", 0.1))]) == 2
    assert "no.ckpt: no such checkpoint" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["x.ckpt", "a.wav", "--top=0"])
    assert "--top and --batch-size must be at least 1" in capsys.readouterr().err


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
