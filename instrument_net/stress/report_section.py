"""A recogniser and the clips of a split -> the section of a report on its scores under stress."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from instrument_net.data import InstrumentDataModule
from instrument_net.data.store import FULL_SCALE
from instrument_net.drawing.saving import save_figure
from instrument_net.evaluation import Predictions
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.evaluation.named_outputs import NamedOutputs
from instrument_net.files import write_atomically
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.stress.conditions import CONDITIONS
from instrument_net.stress.plot import plot_stress
from instrument_net.stress.predicting import predict_under_stress
from instrument_net.stress.scores import score_under

NAME = "stress"  # of table and plot, without ending
_CLIPS_AT_A_TIME = 16
_EXPLAINED = (
    "The same clips, changed before the front end: cut, so many seconds after the onset; with pink "
    "noise; encoded as MP3 in mono; without treble; in a room of that reverberation time, whose "
    "direct sound is 5 dB above the reverberation; with a peak far below full scale, in 16 bits. "
    "Macro recall over all outputs. Intervals: bootstrap over whole recordings; those of the "
    "differences are paired."
)


def stress_split(
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    predictions: Predictions,
    report_folder: Path,
    *,
    outputs: NamedOutputs,
    split: str = "test",
    figures: str = "png",
) -> dict[str, str]:
    """Write a table and a plot of a recogniser's scores for the clips of a split, changed.

    Writes ``stress.csv``, ``stress.png``, and ``stress_clips.csv``: what was predicted for each
    clip under each condition.

    Args:
        recogniser: That made the predictions, on the CPU.
        datamodule: The corpus, with the recogniser's front end.
        predictions: Of all clips of the split, or of those whose label the recogniser knows.
        report_folder: Where the report is.
        outputs: Names of the recogniser's outputs, as the predictions have them.
        split: ``train``, ``validation`` or ``test``.
        figures: Format of the plot, see :func:`instrument_net.drawing.saving.save_figure`.

    Returns:
        Heading -> Markdown, for the report.
    """
    rate_hz, n_clips = recogniser.front_end.sample_rate_hz, len(predictions.clips)
    under = predict_under_stress(
        recogniser,
        _waveforms(datamodule, predictions, split),
        n_clips=n_clips,
        sample_rate_hz=rate_hz,
    )
    changed = {
        condition: Predictions(
            predictions.clips, outputs.probabilities(probabilities), predictions.class_names
        )
        for condition, probabilities in under.items()
    }
    scores = score_under(predictions, changed)
    write_atomically(report_folder / f"{NAME}.csv", scores.round(6).to_csv().encode())
    each = predictions.clips[["path", "label"]].assign(
        **{condition.name: one.table()["predicted"] for condition, one in changed.items()}
    )
    write_atomically(report_folder / f"{NAME}_clips.csv", each.to_csv(index=False).encode())
    draw = partial(plot_stress, scores, title=f"Macro recall under stress, {n_clips} clips")
    save_figure(draw, report_folder / NAME, figures=figures)
    left_out = [condition.name for condition in CONDITIONS if condition not in under]
    parts = [
        f"![Macro recall under each condition]({NAME}.png)",
        markdown_table(_shown(scores)),
        _EXPLAINED,
        *([f"Not possible at {rate_hz} Hz: {', '.join(left_out)}."] if left_out else []),
    ]
    return {"Under stress": "\n\n".join(parts)}


def _waveforms(
    datamodule: InstrumentDataModule, predictions: Predictions, split: str
) -> Iterator[Tensor]:
    """Yield the clips that were predicted, some at a time, in their order."""
    dataset = datamodule.loader(split).clips
    known = datamodule.clips_of(split).index.isin(predictions.clips.index)
    for rows in torch.from_numpy(known).nonzero()[:, 0].split(_CLIPS_AT_A_TIME):
        yield dataset.__getitems__(rows.tolist())[0] / FULL_SCALE


def _shown(scores: pd.DataFrame) -> pd.DataFrame:
    def signed(column: str) -> pd.Series:
        return scores[column].map("{:+.3f}".format)

    compared = scores["difference"].notna()
    low, high = scores["low"].map("{:.3f}".format), scores["high"].map("{:.3f}".format)
    paired = signed("difference_low") + " to " + signed("difference_high")
    return pd.DataFrame(
        {
            "condition": scores.index,
            "macro recall": scores["macro_recall"].map("{:.3f}".format),
            "95 % interval": low + " to " + high,
            "difference": signed("difference").where(compared, ""),
            "paired interval": paired.where(compared, ""),
        }
    )
