import json

import pandas as pd
import pytest
import torch
from pooled_sources import pooled_sources

from instrument_net.evaluation.how_sure import how_sure
from instrument_net.evaluation.how_sure_plots import plot_risk_coverage, plot_sets
from instrument_net.evaluation.how_sure_section import HEADING, write_how_sure


@pytest.fixture(scope="module")
def content():
    return how_sure(pooled_sources())


def test_the_scaled_column_is_better_calibrated_and_as_accurate(content):
    predicted, scaled = content.errors["as predicted"], content.errors["scaled"]
    for measure in ("calibration error", "class-averaged calibration error", "log-loss"):
        assert scaled[measure] < predicted[measure]
    assert scaled["accuracy"] == predicted["accuracy"]
    assert abs(scaled["mean confidence"] - scaled["accuracy"]) < 0.05


def test_every_stated_coverage_has_what_was_measured(content):
    assert content.sets.index.tolist() == [0.8, 0.9, 0.95]
    assert content.sets["coverage"].tolist() == pytest.approx([0.8, 0.9, 0.95], abs=0.03)
    assert content.sets["mean_size"].is_monotonic_increasing
    assert content.by_source["n_clips"].tolist() == [40] * 12


def test_the_section_shows_every_picture_that_was_written(tmp_path):
    (text,) = write_how_sure(pooled_sources(), tmp_path).values()
    folder = tmp_path / "how_sure"
    for picture in folder.glob("*.png"):
        assert f"](how_sure/{picture.name})" in text
    assert sorted(path.name for path in folder.iterdir()) == [
        "by_named_class.csv", "overall.json", "reliability.png", "risk_coverage.csv",
        "risk_coverage.png", "sets.png", "sets_by_source.csv",
    ]  # fmt: skip
    overall = json.loads((folder / "overall.json").read_text())
    assert overall["sets"]["0.9"]["coverage"] == pytest.approx(0.9, abs=0.03)
    assert f"| 90 % | {100 * overall['sets']['0.9']['coverage']:.1f} % |" in text


def test_too_few_clips_or_sources_are_said_instead(tmp_path):
    few = pooled_sources().of(torch.arange(480) < 49)
    assert write_how_sure(few, tmp_path) == {
        HEADING: "Not stated: 49 clips are too few to say how sure, it takes 50."
    }
    two = pooled_sources().of(torch.arange(480) % 12 < 2)
    assert "of 2 sources, it takes 3" in write_how_sure(two, tmp_path)[HEADING]
    assert not list(tmp_path.iterdir())


def test_the_plot_of_mistakes_ends_at_the_error_rate():
    curve = pd.DataFrame({"coverage": [0.01, 0.5, 1.0], "risk": [1.0, 0.1, 0.3], "confidence": 0.5})
    of_all, of_surest = plot_risk_coverage(curve, n_clips=100, title="Test").axes[0].lines
    assert of_all.get_ydata() == [0.3, 0.3]
    assert of_surest.get_ydata().tolist() == [0.1, 0.3]  # one clip alone is not drawn


def test_the_plot_of_sets_names_every_source_with_its_clips(content):
    axes = plot_sets(content.by_source, stated=0.9, title="Test").axes[0]
    shown = {label.get_text() for label in axes.get_yticklabels()}
    assert shown == {f"source {k:02} (40)" for k in range(12)}
