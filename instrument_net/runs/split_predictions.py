"""A recogniser and the clips of a split -> predictions."""

from __future__ import annotations

import pandas as pd
import torch
from torch import Tensor

from instrument_net.data import InstrumentDataModule
from instrument_net.errors import InputError
from instrument_net.evaluation import Predictions
from instrument_net.progress import work_progress
from instrument_net.recognition.recogniser import Recogniser


def predict_split(
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    split: str,
    *,
    ignore: frozenset[str] = frozenset(),
) -> Predictions:
    """Return the probabilities of every clip of one split.

    Classes are matched by name: the corpus may have other ones than the recogniser, in another
    order.

    Args:
        recogniser: In evaluation mode; it follows the batches to their device.
        datamodule: The corpus, with the recogniser's front end.
        split: ``train``, ``validation`` or ``test``.
        ignore: Labels of the corpus to leave out: those that the recogniser does not know.

    Raises:
        InputError: If a label is unknown to the recogniser and not ignored, or no clip is left.
    """
    loader = datamodule.loader(split)
    clips = datamodule.clips_of(split)
    unknown = set(clips["label"]) - set(recogniser.class_names) - ignore
    if unknown:
        raise InputError(f"the network does not know {', '.join(sorted(unknown))}")
    batches: list[Tensor] = []
    with work_progress() as progress, torch.inference_mode():
        bar = progress.add_task(f"Predicting {split}", total=len(clips))
        for spectrogram, features, label in loader:
            network = recogniser.network.to(spectrogram.device)
            batches.append(network(spectrogram, features).float().softmax(dim=1).cpu())
            progress.advance(bar, len(label))
    known = clips["label"].isin(recogniser.class_names).to_numpy()
    if not known.any():
        raise InputError(f"no clip of {split} has a label that the network knows")
    return Predictions(
        clips=clips[known],
        probabilities=torch.cat(batches)[torch.tensor(known)],
        class_names=recogniser.class_names,
    )


def unknown_labels(recogniser: Recogniser, clips: pd.DataFrame) -> frozenset[str]:
    """Return the labels of a table that a recogniser does not know."""
    return frozenset(clips["label"]) - frozenset(recogniser.class_names)
