"""The command compare, as a user runs it."""

import pandas as pd
import pytest
import torch
from conftest import run_module

from instrument_net.compare import main
from instrument_net.evaluation import Predictions
from instrument_net.run_folder import RunFolder


def a_run(folder, names=("flute", "oboe")):
    clips = pd.DataFrame({"path": [f"$a_{k}$.wav" for k in range(4)], "label": list(names) * 2})
    run = RunFolder(folder)
    run.report.mkdir(parents=True)
    Predictions(clips, torch.eye(2).repeat(2, 1), names).table().to_csv(run.predictions)
    run.checkpoints.mkdir()
    run.best_checkpoint.write_bytes(b"weights")
    return run


def test_the_help_has_single_per_cent_signs(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "95 % intervals" in " ".join(capsys.readouterr().out.split())


def test_what_is_no_run_folder_is_named_in_one_line(tmp_path, capsys):
    run, text = a_run(tmp_path / "run"), tmp_path / "notes.txt"
    text.write_text("notes")
    damaged = a_run(tmp_path / "damaged")
    damaged.config.parent.mkdir()
    damaged.config.write_text("a: [")
    for given, said in {
        run.best_checkpoint: f"a file; a comparison takes the folders of runs: {run.path}",
        text: "a file; a comparison takes the folders of runs",
        tmp_path / "none": "no such file; a finished run has report/predictions.csv",
        damaged.path: "no configuration of a run",
    }.items():
        assert main([str(run.path), str(given), "--out", str(tmp_path / "out")]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
    assert main([str(run.path), str(run.path), "--out", str(text)]) == 2
    assert "choose another --out" in capsys.readouterr().err


@pytest.mark.parametrize("names", [("NA", "nan"), ("[/b]", "a|b"), ("01", "1"), ("$x$", "true")])
def test_labels_that_look_like_something_else_are_compared(tmp_path, capsys, names):
    runs = [str(a_run(tmp_path / name, names).path) for name in ("[a]", "[b]")]
    assert main([*runs, "--out", str(tmp_path / "out")]) == 0
    screen = capsys.readouterr().out
    assert "[b]" in screen
    assert all(name in screen for name in names)


@pytest.mark.slow
def test_compare_finds_no_difference_between_equal_runs_and_names_those_of_others(smoke, tmp_path):
    runs = [run for _, run in smoke]
    done = run_module("compare", *runs, "--out", tmp_path / "same")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "same/comparison.md").read_text()
    assert "| macro_f1 | +0.000 | +0.000 to +0.000 | 1.000 |" in page
    assert "| McNemar | 0 against 0 clips | correct in one run only | 1.000 |" in page
    assert "data.store_dir" in page
    assert "data.batch_size" not in page
    done = run_module("compare", runs[0], tmp_path)
    assert done.returncode == 2
    assert "a finished run has report/predictions.csv" in done.stderr


def test_a_comparison_has_a_plot_for_papers_where_one_is_asked_for(tmp_path, capsys):
    runs = [str(a_run(tmp_path / name, ("flute", "oboe")).path) for name in ("a", "b")]
    assert main([*runs, "--out", str(tmp_path / "out"), "--figures", "pdf"]) == 0
    assert (tmp_path / "out/metrics.pdf").read_bytes().startswith(b"%PDF")
    assert "](metrics.png)" in (tmp_path / "out/comparison.md").read_text()
    assert (tmp_path / "out/metrics.png").is_file()
    with pytest.raises(SystemExit, match="2"):
        main([*runs, "--figures", "bmp"])
    assert "invalid choice: 'bmp'" in capsys.readouterr().err
