"""A classifier and clips -> predictions."""

from __future__ import annotations

import pandas as pd
import torch
from torch import Tensor

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.errors import InputError
from instrument_net.evaluation import Predictions
from instrument_net.progress import work_progress


class JudgingError(InputError):
    """A classifier and clips that have nothing to do with each other."""


def judge(
    classifier: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    side: str,
    *,
    ignore: frozenset[str] = frozenset(),
) -> Predictions:
    """Return what a classifier says about the clips of one split.

    Classes are matched by name: the corpus may have other ones than the classifier, in another
    order.

    Args:
        classifier: In evaluation mode; it follows the batches to their device.
        datamodule: The corpus, with the classifier's front end.
        side: ``train``, ``validation`` or ``test``.
        ignore: Labels of the corpus to leave out: those that the classifier does not know.

    Raises:
        JudgingError: If a label is unknown to the classifier and not ignored, or no clip is left.
    """
    loader = datamodule.loader(side)
    clips = datamodule.clips_of(side)
    unknown = set(clips["label"]) - set(classifier.class_names) - ignore
    if unknown:
        raise JudgingError(f"the classifier does not know {', '.join(sorted(unknown))}")
    batches: list[Tensor] = []
    with work_progress() as progress, torch.inference_mode():
        bar = progress.add_task(f"Judging {side}", total=len(clips))
        for spectrogram, features, label in loader:
            classifier.to(spectrogram.device)
            batches.append(classifier(spectrogram, features).float().softmax(dim=1).cpu())
            progress.advance(bar, len(label))
    known = clips["label"].isin(classifier.class_names).to_numpy()
    if not known.any():
        raise JudgingError(f"no clip of {side} has a label that the classifier knows")
    return Predictions(
        clips=clips[known],
        probabilities=torch.cat(batches)[torch.tensor(known)],
        class_names=classifier.class_names,
    )


def unknown_labels(classifier: InstrumentClassifier, clips: pd.DataFrame) -> frozenset[str]:
    """Return the labels of a table that the classifier does not know."""
    return frozenset(clips["label"]) - frozenset(classifier.class_names)
