import json
import math

import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, measure, write_report

NAMES = ("flute", "harp", "oboe", "tuba")


@pytest.fixture
def predictions():
    """Six clips by hand; nobody plays the tuba, and one oboe is taken for it."""
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


def test_figures_agree_with_paper_and_pencil(predictions):
    figures = measure(predictions).overall
    assert figures["accuracy"] == pytest.approx(4 / 6)
    # recalls 2/3, 1, 0 of the classes that were played
    assert figures["macro_recall"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    # flute: precision 1, recall 2/3; harp: precision 2/3, recall 1; oboe: 0
    assert figures["macro_f1"] == pytest.approx((0.8 + 0.8 + 0) / 3)
    assert figures["top_3_accuracy"] == pytest.approx(5 / 6 + 1 / 6)
    expected = -sum(map(math.log, (0.7, 0.4, 0.1, 0.5, 0.6, 0.3))) / 6
    assert figures["log_loss"] == pytest.approx(expected, rel=1e-6)
    assert figures["n_clips"] == 6


def test_a_class_that_nothing_tests_has_no_figures_rather_than_zeros(predictions, tmp_path):
    per_class = measure(predictions).per_class
    assert per_class.loc["tuba", ["precision", "recall", "f1"]].isna().all()
    assert per_class.loc["oboe"].tolist() == [0, 0, 0, 1]
    write_report(tmp_path, predictions, title="Trial", facts={})
    assert "\ntuba,,,,0\n" in (tmp_path / "per_class.csv").read_text()


def test_confusions_have_the_true_class_by_row(predictions):
    confusion = measure(predictions).confusion
    assert confusion.loc["flute", "harp"] == 1
    assert confusion.loc["oboe", "tuba"] == 1
    assert confusion.to_numpy().sum() == 6
    assert confusion.loc["flute"].tolist() == [2, 1, 0, 0]


def test_a_report_holds_every_file_and_the_surest_mistake_first(predictions, tmp_path):
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
    assert "Without a clip, in no average: tuba." in page
    assert "| tuba | 0.0 |" not in page
    assert page.index("| 2.wav | flute | harp | 0.80 |") < page.index(
        "| 5.wav | oboe | tuba | 0.40 |"
    )


def test_probabilities_for_other_clips_are_refused(predictions):
    with pytest.raises(ValueError, match=r"\(5, 4\).*6 clips and 4 classes"):
        Predictions(
            clips=predictions.clips,
            probabilities=predictions.probabilities[:5],
            class_names=NAMES,
        )
