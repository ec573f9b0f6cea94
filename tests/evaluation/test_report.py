import json

import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, write_report

NAMES = ("flute", "harp", "oboe", "tuba")


@pytest.fixture
def predictions():
    """Six clips by hand; no clip is of a tuba, and one oboe is taken for one."""
    labels = ["flute", "flute", "flute", "harp", "harp", "oboe"]
    probabilities = torch.tensor(
        [
            [0.7, 0.1, 0.1, 0.1],
            [0.4, 0.3, 0.2, 0.1],
            [0.1, 0.8, 0.06, 0.04],
            [0.2, 0.5, 0.2, 0.1],
            [0.1, 0.6, 0.2, 0.1],
            [0.1, 0.2, 0.3, 0.4],
        ]
    )
    clips = pd.DataFrame({"path": [f"x/{i}.wav" for i in range(6)], "label": labels})
    return Predictions(clips=clips, probabilities=probabilities, class_names=NAMES)


def test_a_report_holds_every_file_and_the_most_confident_mistake_first(predictions, tmp_path):
    write_report(tmp_path, predictions, title="Trial", facts={"Seed": "3"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "confusion_counts.csv",
        "confusion_counts.png",
        "confusion_normalised.csv",
        "confusion_normalised.png",
        "confusion_weighted.csv",
        "confusion_weighted.png",
        "metrics.json",
        "per_class.csv",
        "per_class.png",
        "predictions.csv",
        "reliability.png",
        "report.md",
    ]
    assert json.loads((tmp_path / "metrics.json").read_text())["accuracy"] == pytest.approx(4 / 6)
    table = pd.read_csv(tmp_path / "predictions.csv")
    assert table["predicted"].tolist() == ["flute", "flute", "harp", "harp", "harp", "tuba"]
    assert table["correct"].tolist() == [True, True, False, True, True, False]
    assert table["true_probability"].iloc[5] == pytest.approx(0.3)
    shares = pd.read_csv(tmp_path / "confusion_normalised.csv", index_col=0)
    assert shares.loc["flute", "harp"] == pytest.approx(1 / 3, abs=1e-6)
    assert shares.loc["tuba"].tolist() == [0, 0, 0, 0]
    weighted = pd.read_csv(tmp_path / "confusion_weighted.csv", index_col=0)
    assert weighted.loc["flute"].tolist() == pytest.approx([1.1, 0.8, 0, 0], abs=1e-6)
    page = (tmp_path / "report.md").read_text()
    assert "**Seed:** 3" in page
    assert "Classes without a clip, left out of all averages: tuba." in page
    assert "2 of 6 clips are misclassified." in page
    assert "| tuba | 0.0 |" not in page
    assert page.index("| 2.wav | flute | harp | 0.80 |") < page.index(
        "| 5.wav | oboe | tuba | 0.40 |"
    )


def test_a_class_that_no_clip_tests_has_blanks_in_its_table(predictions, tmp_path):
    write_report(tmp_path, predictions, title="Trial", facts={})
    assert "\ntuba,,,,0\n" in (tmp_path / "per_class.csv").read_text()


def test_the_page_has_its_sections_in_order(predictions, tmp_path):
    clips = predictions.clips.assign(source=["studio", "hall"] * 3)
    named = Predictions(clips, predictions.probabilities, NAMES)
    write_report(
        tmp_path, named, title="Trial", facts={}, validation=predictions,
        tables={"Folds": pd.DataFrame({"fold": ["0"]})}, sections={"Explained clips": "..."},
    )  # fmt: skip
    page = (tmp_path / "report.md").read_text().splitlines()
    assert [line for line in page if line.startswith("#")] == [
        "# Trial", "## Metrics", "## Folds", "## Per-class metrics", "## Confusion matrices",
        "## Calibration", "## Results by metadata column", "### By source",
        "## Most confident mistakes", "## Explained clips",
    ]  # fmt: skip
    assert (tmp_path / "by_source.csv").is_file()
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["log_loss_scaled"] < metrics["log_loss"]  # fitted on these very clips
