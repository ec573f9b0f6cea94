"""Scores among the classes that a network and another corpus have in common."""

import json

import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, measure, write_report
from instrument_net.evaluation.common_classes import among_common_classes
from instrument_net.evaluation.report_content import report_content

NAMES = ("bell", "flute", "gong", "harp", "oboe", "tuba")


def predictions(labels, seed=0):
    torch.manual_seed(seed)
    probabilities = torch.randn(len(labels), len(NAMES)).softmax(dim=1)
    clips = pd.DataFrame({"path": [f"{k}.wav" for k in range(len(labels))], "label": labels})
    return Predictions(clips, probabilities, NAMES)


FOUR = predictions(["bell", "flute", "harp", "oboe"] * 5)


def test_other_outputs_are_left_out_and_the_rest_sums_to_one():
    common = among_common_classes(FOUR)
    assert common.names == ["bell", "flute", "harp", "oboe"]
    columns = [0, 1, 3, 4]
    kept = FOUR.probabilities[:, columns]
    alone = Predictions(FOUR.clips, kept / kept.sum(dim=1, keepdim=True), tuple(common.names))
    assert common.overall == pytest.approx(measure(alone).overall)
    assert common.overall["accuracy"] > measure(FOUR).overall["accuracy"]
    assert common.intervals.loc["accuracy", "low"] <= common.overall["accuracy"]
    assert "Of the network's 6 classes, 4 occur among the clips: bell, flute" in common.describe()


def test_there_is_no_score_where_nothing_can_be_confused():
    one = among_common_classes(predictions(["bell"] * 4))
    assert one.overall == {}
    assert one.describe() == (
        "Of the network's 6 classes, one occurs among the clips: bell. No scores among them: "
        "nothing can be confused."
    )
    three = among_common_classes(predictions(["bell", "gong", "oboe"] * 4))
    assert "top_3_accuracy" not in three.overall  # of three classes it is always 1
    assert "top_3_accuracy" in among_common_classes(FOUR).overall
    assert among_common_classes(predictions(list(NAMES))) is None


def test_the_report_scores_both_ways_for_another_corpus_only(tmp_path):
    own = report_content(FOUR, None)
    assert own.common is None
    other = write_report(tmp_path, FOUR, title="t", facts={}, other_corpus=True)
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    common = metrics.pop("common_classes")
    del metrics["intervals_95"]
    assert metrics == own.known_metrics
    assert common["names"] == ["bell", "flute", "harp", "oboe"]
    assert common["accuracy"] == other.common.overall["accuracy"]
    assert set(common["intervals_95"]["accuracy"]) == {"low", "high"}
    among = (tmp_path / "report.md").read_text().split("## Metrics among the common classes")[1]
    assert f"| accuracy | {common['accuracy']:.4f} |" in among
