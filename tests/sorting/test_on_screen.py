"""Sorting by the command line: options, what is said, what is left."""

import csv
import os

import numpy as np
import pytest
import soundfile
from messy_files import only, tree
from small_recogniser import NAMES, save_checkpoint, small_recogniser, write_noise

from instrument_net.predict import main


@pytest.fixture
def checkpoint(tmp_path):
    recogniser = small_recogniser()
    recogniser.network.output.weight.data *= 1e-3  # unsure of everything
    return str(save_checkpoint(recogniser, tmp_path / "best.ckpt"))


@pytest.fixture
def library(tmp_path):
    for k, name in enumerate(("a.wav", "b/a.wav", "c d/[x].flac")):
        write_noise(tmp_path / "library" / name, 0.2, seed=k)
    soundfile.write(tmp_path / "library" / "zero.wav", np.zeros(9_000), 44_100)
    (tmp_path / "library" / "cut.wav").write_text("no sound")
    (tmp_path / "library" / "notes.txt").write_text("kept")
    os.link(tmp_path / "library" / "a.wav", tmp_path / "library" / "second name.wav")
    return tmp_path / "library"


@pytest.mark.parametrize("by", ["copy", "link", "move"])
def test_files_are_sorted_by_name_and_put_back_by_the_printed_command(
    checkpoint, library, tmp_path, capsys, by
):
    before = tree(tmp_path)
    target = library / "sorted files"
    arguments = [checkpoint, str(library), f"--sort-into={target}", f"--by={by}", "--top=1"]
    assert main([*arguments, "--dry-run"]) == 3
    assert f"would {by} {library}/b/a.wav -> {target}/" in capsys.readouterr().err
    assert tree(tmp_path) == before
    assert main([*arguments, "--format=csv"]) == 3  # one file cannot be read
    printed, err = capsys.readouterr()
    for row in csv.DictReader(printed.splitlines()):
        name = row["path"].rpartition("/")[2]
        found = [path.parent.name for path in target.rglob("*") if path.name == name]
        assert row["label"] == "" or row["label"] in found
    sorted_files = [path for path in target.glob("*/*") if path.parent.name in (*NAMES, "silent")]
    assert len(sorted_files) == 5
    assert (library / "cut.wav").exists()
    assert f"{library}/cut.wav: left where it is: cannot be read" in err
    assert "silent 1" in err
    (line,) = [line for line in err.splitlines() if line.startswith("undo it: ")]
    assert line.endswith(f" --undo '{only(target)}'")
    assert main(["--undo", str(only(target))]) == 0
    assert tree(tmp_path) == before


def test_unsure_files_go_to_their_own_folder_and_sorted_ones_are_not_sorted_again(
    checkpoint, library, capsys
):
    target = library / "sorted"
    arguments = [checkpoint, str(library), f"--sort-into={target}"]
    assert main([*arguments, "--threshold=1"]) == 3
    assert {path.name for path in (target / "unsure").iterdir()} == {
        "a.wav", "a (2).wav", "[x].flac", "second name.wav",
    }  # fmt: skip
    capsys.readouterr()
    write_noise(target / "new.wav", 0.2)  # not in a folder of a class
    assert main([*arguments, "--dry-run"]) == 3
    err = capsys.readouterr().err
    assert f"5 passed over, sorted before: in {target}" in err
    assert f"{target}/new.wav -> {target}/" in err
    assert main([checkpoint, str(target / "unsure"), f"--sort-into={target}"]) == 2
    assert f"nothing to sort: all files lie in folders of {target}" in capsys.readouterr().err


def test_what_is_left_by_an_undoing_is_named(checkpoint, library, capsys):
    target = library / "sorted"
    assert main([checkpoint, str(library / "a.wav"), f"--sort-into={target}"]) == 0
    (placed,) = target.glob("*/a.wav")
    placed.write_bytes(b"edited")
    capsys.readouterr()
    assert main(["--undo", str(only(target))]) == 3
    err = capsys.readouterr().err
    assert f"{placed}: kept: it was changed" in err
    assert f"1 steps are not, and {only(target)} is kept" in err


def test_an_interrupted_sorting_says_how_it_is_undone(checkpoint, library, capsys, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    target = library / "sorted"
    monkeypatch.setattr("instrument_net.sorting.sort._facts", interrupted)
    assert main([checkpoint, str(library), f"--sort-into={target}"]) == 130
    assert "undo_" in only(target).name
    assert f"--undo {only(target)}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--by=move"], "--by, --threshold and --dry-run need --sort-into"),
        (["--threshold=0.5"], "need --sort-into"),
        (["--sort-into=x", "--threshold=50"], "--threshold must lie in 0 ... 1"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments, says, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["x.ckpt", "a.wav", *arguments])
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_a_place_that_is_no_folder_is_refused_before_the_work(checkpoint, library, capsys):
    for option in ("--sort-into", "--picture"):
        assert main([checkpoint, str(library), f"{option}={library}/a.wav"]) == 2
        assert f"{library}/a.wav: is no folder; name another one" in capsys.readouterr().err
    assert main(["--undo", str(library / "notes.txt")]) == 2
    assert "notes.txt: no undo file" in capsys.readouterr().err
