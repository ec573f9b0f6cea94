"""Every benchmark runs, at a tiny size, and its table lands in the file; no time is asserted."""

import importlib
import multiprocessing
import sys

import pandas as pd
import pytest

from benchmarks import contest
from benchmarks.contest import Contender, compete
from benchmarks.train_step import gflop_per_clip

pytestmark = pytest.mark.slow

TINY = {
    "frontend": ["--batch-size", "1"],
    "augmentation": ["--batch-size", "1", "--only", "noise"],
    "train_step": ["--only", "prediction", "--batch-size", "1"],
    "epoch": ["--clips", "20", "--batch-size", "7"],
    "loader": ["--clips", "8"],
    "networks": ["--batch-size", "1", "--experiments", "mel_cnn"],
    "predict": ["--clips", "2"],
    "predict_many": ["--files=4", "--workers", "0", "1", "--sizes", "3", "5", "--listed=100"],
    "scaling": ["--sizes", "40", "130"],
    "gpu": ["--device=cpu", "--batch-size=2", "--clips=10", "--matrix-size=64", "--no-compile"],
}
EXPECTED = {
    "frontend": ["ours, one core", "ours, all cores", "librosa, one transform, one core"],
    "augmentation": ["front end", "noise", "all of strong"],
    "train_step": ["ours", "plain PyTorch layers", "GFLOP of matrix product"],
    "epoch": ["steps on a resident batch", "plain loop", "Trainer, metrics"],
    "loader": ["from the store", "decoded each time"],
    "networks": ["front end", "training", "mel_cnn 0.20"],
    "predict": ["2 files, PyTorch", "2 files, ONNX Runtime", "one file, ONNX Runtime"],
    "predict_many": ["0 workers", "1 workers", "3 files", "5 files", "A list of 100 paths"],
    "scaling": ["40 clips", "130 clips", "build_store_s", "memory_kib_per_clip"],
    "gpu": ["step bf16, ms", "epoch through the Trainer, clips/s", "front end, ms a batch"],
}


@pytest.fixture(autouse=True)
def fast_start(monkeypatch):
    monkeypatch.setattr(contest, "CONTEXT", multiprocessing.get_context("forkserver"))


@pytest.mark.parametrize("name", TINY)
def test_a_benchmark_appends_its_table(name, tmp_path, monkeypatch):
    results = tmp_path / "docs" / "performance.md"
    arguments = [*TINY[name], "--repeats", "1", "--results", str(results)]
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    module = importlib.import_module(f"benchmarks.{name}")
    module.main()
    text = results.read_text()
    assert text.startswith(f"\n### {name}, ")
    assert f"`python -m benchmarks.{name} {TINY[name][0]}" in text
    assert "commit" in text
    for words in EXPECTED[name]:
        assert words in text


def sleeper(*, clips):
    def work():
        return clips

    return work


def missing():
    raise ModuleNotFoundError("No module named 'rival'")


def test_contenders_are_compared_with_the_first_and_a_missing_one_is_named():
    contenders = [
        Contender("a", sleeper, {"clips": 1}),
        Contender("b", sleeper, {"clips": 2}),
        Contender("absent", missing),
    ]
    table = compete(contenders, repeats=3)
    assert list(table.index) == ["a", "b", "absent"]
    assert table.loc["a", "ratio"] == 1
    assert table.loc["b", "peak_mib"] > 1
    assert table.loc["absent", "note"] == "left out: No module named 'rival'"
    assert pd.isna(table.loc["absent", "ms_per_clip"])


def test_the_arithmetic_of_a_step_is_counted():
    # On paper: 1.63 GFLOP of multiplications a forward pass, each with an addition; the backward
    # pass costs twice that, but for the first layer, whose input needs no gradient.
    assert gflop_per_clip(training=False) == pytest.approx(3.26, abs=0.01)
    assert gflop_per_clip(training=True) == pytest.approx(3 * 3.26 - 0.08, abs=0.03)
