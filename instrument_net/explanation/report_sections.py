"""A classifier and test clips -> a report's sections about why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.drawing.png import png
from instrument_net.evaluation import Predictions, measure
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.explanation import (
    DissectedNetwork,
    branch_logits,
    explain,
    feature_contributions,
    plot_contributions,
    plot_explanation,
)
from instrument_net.files import write_atomically
from instrument_net.progress import work_progress
from instrument_net.recognition.recogniser import Recogniser

FOLDER = "explanations"


def explain_test(
    classifier: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    predictions: Predictions,
    report_folder: Path,
    *,
    n_clips: int,
) -> dict[str, str]:
    """Write pictures and tables about why a classifier says what it says about the test clips.

    Writes into ``explanations/``: a PNG of each clip that :func:`clips_to_explain` chooses; for
    networks with two branches ``branches.csv`` (accuracies of both and of either); for networks
    with a perceptron branch ``feature_contributions.{csv,png}`` (class by feature).

    Args:
        classifier: What made the predictions.
        datamodule: Whose test clips these are.
        predictions: Of all test clips, or of those with a label that the classifier knows.
        report_folder: Where the report is.
        n_clips: How many clips are drawn, at least 1.

    Returns:
        Heading -> Markdown, for the report.
    """
    folder = report_folder / FOLDER
    network = DissectedNetwork(classifier.network)
    probabilities, contributions = _over_all_clips(network, datamodule, predictions)
    sections = {}
    if len(probabilities) > 1:
        table = branch_accuracies(predictions, probabilities)
        write_atomically(folder / "branches.csv", table.round(6).to_csv().encode())
        sections["How much each branch decides"] = (
            f"{markdown_table(table.round(3).reset_index())}\n\n"
            "Alone: the other branch's activations are set to zero before the output layer. This "
            "is not what a network reaches that is trained with one branch."
        )
    if contributions is not None:
        by_class = mean_contributions(
            predictions, contributions, classifier.front_end.feature_names
        )
        title = "How much each feature moves the logit of the true class"
        figure = plot_contributions(by_class, title=title)
        write_atomically(folder / "feature_contributions.csv", by_class.round(6).to_csv().encode())
        write_atomically(folder / "feature_contributions.png", png(figure))
        sections["What each feature decides"] = (
            f"![Mean absolute contribution, class by feature]({FOLDER}/feature_contributions.png)"
            "\n\nMean over each class's clips of the absolute contribution to the logit of that "
            "class: integrated gradients from the training split's mean features to the clip's."
        )
    sections["Explained clips"] = _draw_clips(classifier, datamodule, predictions, folder, n_clips)
    return sections


def clips_to_explain(table: pd.DataFrame, n_clips: int) -> pd.DataFrame:
    """Choose clips worth a look: the surest mistakes, then the surest right answers.

    Half of each, or more of one where the other is short. Within either, no pair of true and named
    class comes twice before every such pair has come.

    Args:
        table: What :meth:`Predictions.table` returns.
        n_clips: How many.

    Returns:
        Rows of the table, at most ``n_clips``; mistakes first, each kind the surest first.
    """
    surest = table.sort_values("confidence", ascending=False, kind="stable")
    turn = surest.groupby(["label", "predicted"]).cumcount()
    varied = surest.iloc[turn.argsort(kind="stable")]
    wrong, right = varied[~varied["correct"]], varied[varied["correct"]]
    n_wrong = min(len(wrong), max(n_clips - n_clips // 2, n_clips - len(right)))
    chosen = [wrong.head(n_wrong), right.head(n_clips - n_wrong)]
    return pd.concat(
        [part.sort_values("confidence", ascending=False, kind="stable") for part in chosen]
    )


def branch_accuracies(predictions: Predictions, probabilities: dict[str, Tensor]) -> pd.DataFrame:
    """Return ``accuracy`` and ``macro_recall`` by each way of hearing the branches.

    Args:
        predictions: Of the clips.
        probabilities: Way of hearing -> ``(n_clips, n_classes)``.
    """
    rows = {}
    for heard, values in probabilities.items():
        overall = measure(Predictions(predictions.clips, values, predictions.class_names)).overall
        rows[heard] = {name: overall[name] for name in ("accuracy", "macro_recall")}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("heard")


def mean_contributions(
    predictions: Predictions, contributions: Tensor, feature_names: Sequence[str]
) -> pd.DataFrame:
    """Return the mean absolute contribution of each feature, true class by row.

    Args:
        predictions: Of the clips.
        contributions: ``(n_clips, n_features)``.
        feature_names: Of the columns.
    """
    table = pd.DataFrame(contributions.abs().numpy(), columns=list(feature_names))
    return table.groupby(predictions.clips["label"].to_numpy()).mean().rename_axis("label")


def _over_all_clips(
    network: DissectedNetwork, datamodule: InstrumentDataModule, predictions: Predictions
) -> tuple[dict[str, Tensor], Tensor | None]:
    """Return each way of hearing's probabilities, and the contributions to the true class."""
    clips = datamodule.clips_of("test")
    known = torch.from_numpy(clips.index.isin(predictions.clips.index))
    labels = torch.zeros(len(clips), dtype=torch.int64)
    labels[known] = predictions.labels
    heard: dict[str, list[Tensor]] = {}
    contributions: list[Tensor] = []
    start = 0
    with work_progress() as progress:
        bar = progress.add_task("Explaining test", total=len(clips))
        for spectrogram, features, _ in datamodule.loader("test"):
            rows = slice(start, start + len(features))
            start += len(features)
            progress.advance(bar, len(features))
            chosen, target = known[rows].to(features.device), labels[rows].to(features.device)
            if not chosen.any():
                continue
            spectrogram, features, target = (
                values[chosen] for values in (spectrogram, features, target)
            )
            for name, logits in branch_logits(network, spectrogram, features).items():
                heard.setdefault(name, []).append(logits.float().softmax(dim=1).cpu())
            if "features" in network.branches:
                contributions.append(
                    feature_contributions(network, spectrogram, features, target).cpu()
                )
    probabilities = {name: torch.cat(batches) for name, batches in heard.items()}
    return probabilities, torch.cat(contributions) if contributions else None


def _draw_clips(
    classifier: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    predictions: Predictions,
    folder: Path,
    n_clips: int,
) -> str:
    recogniser = Recogniser(classifier.front_end, classifier.network, classifier.class_names)
    stored = datamodule.loader("test").clips
    position = {index: k for k, index in enumerate(datamodule.clips_of("test").index)}
    lines = []
    for number, (index, row) in enumerate(
        clips_to_explain(predictions.table(), n_clips).iterrows(), start=1
    ):
        waveform, _ = stored[position[index]]
        explanation = explain(recogniser, waveform)
        verdict = "right" if row["correct"] else f"true: {row['label']}"
        title = (
            f"{explanation.class_name} ({explanation.probability:.0%}), {verdict}\n"
            f"{Path(row['path']).name}"
        )
        figure = plot_explanation(explanation, front_end=recogniser.front_end, title=title)
        name = f"{number:02d}_{'right' if row['correct'] else 'mistake'}.png"
        write_atomically(folder / name, png(figure))
        lines.append(f"![{title.replace(chr(10), ': ')}]({FOLDER}/{name})")
    return "\n\n".join(lines)
