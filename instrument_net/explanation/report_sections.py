"""A recogniser and the clips of a split -> the sections of a report that explain predictions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from instrument_net.data import InstrumentDataModule
from instrument_net.drawing.saving import save_figure
from instrument_net.escaping import for_markdown
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


def explain_split(
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    predictions: Predictions,
    report_folder: Path,
    *,
    n_clips: int,
    split: str = "test",
    figures: str = "png",
) -> dict[str, str]:
    """Write figures and tables that explain what a recogniser predicts for the clips of a split.

    Writes into ``explanations/``: a PNG of each clip that :func:`clips_to_explain` chooses; for
    networks with two branches ``branches.csv`` (accuracies of both and of either); for networks
    with a perceptron branch ``feature_contributions.{csv,png}`` (class by feature).

    Args:
        recogniser: That made the predictions; on the device of the batches.
        datamodule: The corpus, with the recogniser's front end.
        predictions: Of all clips of the split, or of those whose label the recogniser knows.
        report_folder: Where the report is.
        n_clips: How many clips are drawn, at least 1.
        split: ``train``, ``validation`` or ``test``.
        figures: Format of the plots, see :func:`instrument_net.drawing.saving.save_figure`.

    Returns:
        Heading -> Markdown, for the report.

    Raises:
        InputError: If the network has no branches: see :class:`DissectedNetwork`.
    """
    folder = report_folder / FOLDER
    network = DissectedNetwork(recogniser.network)
    probabilities, contributions = _over_all_clips(network, datamodule, predictions, split)
    sections = {}
    if len(probabilities) > 1:
        table = branch_accuracies(predictions, probabilities)
        write_atomically(folder / "branches.csv", table.round(6).to_csv().encode())
        sections["Accuracy of each branch"] = (
            f"{markdown_table(table.round(3).reset_index())}\n\n"
            "Alone: the activations of the other branch are set to zero before the output layer. "
            "This is not the accuracy of a network that is trained with one branch."
        )
    if contributions is not None:
        by_class = mean_contributions(
            predictions, contributions, recogniser.front_end.feature_names
        )
        title = "Contribution of each feature to the logit of the true class"
        write_atomically(folder / "feature_contributions.csv", by_class.round(6).to_csv().encode())
        save_figure(
            partial(plot_contributions, by_class, title=title),
            folder / "feature_contributions",
            figures=figures,
        )
        sections["Contribution of each feature"] = (
            f"![Mean absolute contribution, class by feature]({FOLDER}/feature_contributions.png)"
            "\n\nMean absolute contribution to the logit of the true class over the clips of that "
            "class: integrated gradients from the mean features of the training split to those of "
            "the clip."
        )
    sections["Explained clips"] = _draw_clips(
        recogniser, datamodule, predictions, split, folder, n_clips, figures
    )
    return sections


def clips_to_explain(table: pd.DataFrame, n_clips: int) -> pd.DataFrame:
    """Choose the most confident mistakes, then the most confident correct predictions.

    Half of each, or more of one where there are not enough of the other. Within either, no pair of
    true and predicted class comes twice before every such pair has come once.

    Args:
        table: What :meth:`Predictions.table` returns.
        n_clips: How many.

    Returns:
        Rows of the table, at most ``n_clips``: mistakes, then correct predictions, each the most
        confident first.
    """
    ordered = table.sort_values("confidence", ascending=False, kind="stable")
    turn = ordered.groupby(["label", "predicted"]).cumcount()
    varied = ordered.iloc[turn.argsort(kind="stable")]
    wrong, correct = varied[~varied["correct"]], varied[varied["correct"]]
    n_wrong = min(len(wrong), max(n_clips - n_clips // 2, n_clips - len(correct)))
    chosen = [wrong.head(n_wrong), correct.head(n_clips - n_wrong)]
    return pd.concat(
        [part.sort_values("confidence", ascending=False, kind="stable") for part in chosen]
    )


def branch_accuracies(predictions: Predictions, probabilities: dict[str, Tensor]) -> pd.DataFrame:
    """Return ``accuracy`` and ``macro_recall`` of both branches and of each alone.

    Args:
        predictions: Of the clips.
        probabilities: Branches, as in :func:`branch_logits` -> ``(n_clips, n_classes)``.
    """
    rows = {}
    for branches, values in probabilities.items():
        overall = measure(Predictions(predictions.clips, values, predictions.class_names)).overall
        rows[branches] = {name: overall[name] for name in ("accuracy", "macro_recall")}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("branches")


def mean_contributions(
    predictions: Predictions, contributions: Tensor, feature_names: Sequence[str]
) -> pd.DataFrame:
    """Return the mean absolute contribution of each feature to each true class, class by row.

    Args:
        predictions: Of the clips.
        contributions: ``(n_clips, n_features)``.
        feature_names: Of the columns.
    """
    table = pd.DataFrame(contributions.abs().numpy(), columns=list(feature_names))
    return table.groupby(predictions.clips["label"].to_numpy()).mean().rename_axis("label")


def _over_all_clips(
    network: DissectedNetwork,
    datamodule: InstrumentDataModule,
    predictions: Predictions,
    split: str,
) -> tuple[dict[str, Tensor], Tensor | None]:
    """Return the probabilities of every way to run the branches, and the contributions.

    The contributions are those to the true class; ``None`` without a perceptron branch.
    """
    clips = datamodule.clips_of(split)
    known = torch.from_numpy(clips.index.isin(predictions.clips.index))
    labels = torch.zeros(len(clips), dtype=torch.int64)
    labels[known] = predictions.labels
    by_branch: dict[str, list[Tensor]] = {}
    contributions: list[Tensor] = []
    start = 0
    with work_progress() as progress:
        bar = progress.add_task(f"Explaining {split}", total=len(clips))
        for spectrogram, features, _ in datamodule.loader(split):
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
                by_branch.setdefault(name, []).append(logits.float().softmax(dim=1).cpu())
            if "features" in network.branches:
                contributions.append(
                    feature_contributions(network, spectrogram, features, target).cpu()
                )
    probabilities = {name: torch.cat(batches) for name, batches in by_branch.items()}
    return probabilities, torch.cat(contributions) if contributions else None


def _draw_clips(
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    predictions: Predictions,
    split: str,
    folder: Path,
    n_clips: int,
    figures: str,
) -> str:
    stored = datamodule.loader(split).clips
    position = {index: k for k, index in enumerate(datamodule.clips_of(split).index)}
    chosen = clips_to_explain(predictions.table(), n_clips)
    lines = []
    for number, (index, row) in enumerate(chosen.iterrows(), start=1):
        waveform, _ = stored[position[index]]
        explanation = explain(recogniser, waveform)
        title = (
            f"{explanation.class_name} ({explanation.probability:.0%}), "
            f"{'correct' if row['correct'] else 'true: ' + row['label']}\n"
            f"{Path(row['path']).name}"
        )
        draw = partial(plot_explanation, explanation, front_end=recogniser.front_end, title=title)
        name = f"{number:02d}_{'correct' if row['correct'] else 'mistake'}"
        save_figure(draw, folder / name, figures=figures)
        lines.append(f"![{for_markdown(title.replace(chr(10), ': '))}]({FOLDER}/{name}.png)")
    return "\n\n".join(lines)
