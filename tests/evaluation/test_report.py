import json
import re

import pandas as pd
import pytest
import torch
from rich.console import Console

from instrument_net.evaluation import Predictions, write_report
from instrument_net.evaluation.run_comparison import Run, compare_runs
from instrument_net.frontend import FrontEnd
from instrument_net.runs.screen import print_metrics

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


def times(predictions, n):
    return Predictions(
        pd.concat([predictions.clips] * n), predictions.probabilities.repeat(n, 1), NAMES
    )


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
        "report.html",
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


def test_one_confusion_matrix_is_shown_and_the_others_are_behind_links(predictions, tmp_path):
    write_report(tmp_path, predictions, title="Trial", facts={})
    page = (tmp_path / "report.md").read_text()
    assert re.findall(r"!\[[^]]*\]\(confusion_(\w+)\.png\)", page) == ["normalised"]
    assert re.findall(r"- \[[^]]*\]\(confusion_(\w+)\.png\)", page) == ["counts", "weighted"]


def test_mistakes_can_be_played_where_their_files_are_still_there(
    predictions, tmp_path, write_tone
):
    clips = predictions.clips.copy()
    clips.loc[2, "path"] = str(write_tone("2.wav"))  # one of the two mistakes
    named = Predictions(clips, predictions.probabilities, NAMES)
    write_report(tmp_path / "r", named, title="Trial", facts={}, front_end=FrontEnd())
    page = (tmp_path / "r/report.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith(("| 2.wav", "| 5.wav"))]
    assert [row.endswith("[listen](report.html#mistake-1) |") for row in rows] == [True, False]
    html = (tmp_path / "r/report.html").read_text()
    assert html.count("<audio ") == html.count("data:audio/flac") == 1
    assert "[listen]" not in html


def test_every_plot_is_also_there_for_papers(predictions, tmp_path):
    write_report(tmp_path, predictions, title="Trial", facts={}, figures="svg")
    names = {form: {path.stem for path in tmp_path.glob(f"*.{form}")} for form in ("png", "svg")}
    assert names["svg"] == names["png"] > {"per_class"}


def test_a_class_that_no_clip_tests_has_blanks_in_its_table(predictions, tmp_path):
    write_report(tmp_path, predictions, title="Trial", facts={})
    assert "\ntuba,,,,0\n" in (tmp_path / "per_class.csv").read_text()


def test_the_page_has_its_sections_in_order(predictions, tmp_path):
    clips = predictions.clips.assign(source=["studio", "hall"] * 3)
    named = Predictions(clips, predictions.probabilities, NAMES)
    write_report(
        tmp_path, named, title="Trial", facts={}, validation=times(predictions, 10),
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


def test_names_that_look_like_markup_come_out_as_they_are(tmp_path, capsys):
    names = ("[b]", "a|b", "x$y_$", "[/b]")
    clips = pd.DataFrame(
        {"path": [f"A$AP_{k}$|[1].wav" for k in range(8)], "label": list(names) * 2,
         "so|urce": ["[/x]", "$a$"] * 4, "group": [""] * 8}
    )  # fmt: skip
    predictions = Predictions(clips, torch.eye(4).repeat(2, 1).roll(1, 0), names)
    report = write_report(
        tmp_path, predictions, title="Test of [b] $x$", facts={"Clips": "`a` of [x] | *y*"},
        validation=predictions,
    )  # fmt: skip
    print_metrics(Console(width=120), report, "Test of [/b]")
    screen = capsys.readouterr().out
    assert "Test of [/b]" in screen
    assert "[b] (F1 0.00)" in screen
    page = (tmp_path / "report.md").read_text()
    for row in [line for line in page.splitlines() if line.startswith("|")]:
        assert len(re.findall(r"(?<!\\)\|", row)) in {4, 5, 6}
    assert r"| a\|b | 0.0 | 0.0 | 0.0 | 2 |" in page
    assert r"- **Clips:** `a` of \[x\] \| \*y\*" in page
    assert r"### By so\|urce" in page


def test_without_enough_validation_clips_no_temperature_is_stated(predictions, tmp_path, capsys):
    few = times(predictions, 8)
    report = write_report(tmp_path, predictions, title="Trial", facts={}, validation=few)
    said = "No temperature was fitted: 48 validation clips are too few, it takes 50."
    assert said in (tmp_path / "report.md").read_text()
    print_metrics(Console(width=120), report, "Trial")
    assert said in capsys.readouterr().out
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert not [name for name in metrics if "scaled" in name or name == "temperature"]


def test_one_tested_class_has_neither_precision_nor_f1(predictions, tmp_path, capsys):
    one = Predictions(predictions.clips[:3], predictions.probabilities[:3], NAMES)
    report = write_report(tmp_path, one, title="Trial", facts={})
    print_metrics(Console(width=120), report, "Trial")
    screen, page = capsys.readouterr().out, (tmp_path / "report.md").read_text()
    for text in (screen, page):
        assert "Neither precision nor F1: all clips are of one class, flute" in text
        assert "macro_precision" not in text
        assert "macro_f1" not in text
        assert "accuracy" in text
    assert "weakest classes" not in screen
    content = (tmp_path / "metrics.json").read_text()
    assert "NaN" not in content
    metrics = json.loads(content)
    assert metrics["accuracy"] == pytest.approx(2 / 3)
    assert not {"macro_precision", "macro_f1", "weighted_f1"} & {*metrics, *metrics["intervals_95"]}
    tables = compare_runs([Run("a", one, {}), Run("b", one, {})])
    assert "nan" not in "".join(table.to_csv() for table in tables.values())
