"""The command compare, as a user runs it."""

import pytest
from conftest import run_module

pytestmark = pytest.mark.slow


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
