"""A recogniser and the clips of a split -> predictions."""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from instrument_net.data import InstrumentDataModule
from instrument_net.errors import InputError
from instrument_net.evaluation import Predictions
from instrument_net.evaluation.named_outputs import NamedOutputs
from instrument_net.progress import work_progress
from instrument_net.recognition.recogniser import Recogniser

_SHOWN = 8


def predict_split(
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    split: str,
    *,
    ignore: frozenset[str] = frozenset(),
    outputs: NamedOutputs | None = None,
) -> Predictions:
    """Return the probabilities of every clip of one split.

    Classes are matched by name: the corpus may have other ones than the recogniser, in another
    order.

    Args:
        recogniser: In evaluation mode; it follows the batches to their device.
        datamodule: The corpus, with the recogniser's front end.
        split: ``train``, ``validation`` or ``test``.
        ignore: Labels of the corpus to leave out: those that the recogniser does not know.
        outputs: Other names for the recogniser's outputs and the labels of the clips.

    Raises:
        InputError: If a label is unknown to the recogniser and not ignored, or no clip is left.
    """
    outputs = outputs or NamedOutputs(recogniser.class_names)
    loader = datamodule.loader(split)
    clips = outputs.labelled(datamodule.clips_of(split))
    unknown = set(clips["label"]) - set(outputs.class_names) - ignore
    if unknown:
        raise InputError(f"the network does not know {', '.join(sorted(unknown))}")
    if not clips["label"].isin(outputs.class_names).any():
        raise InputError(
            f"no clip of {split} has a label that the network knows: they have "
            f"{_shown(set(clips['label']))}; the network has {_shown(outputs.class_names)}; "
            "data.labels=FILE maps labels to the network's"
        )
    batches: list[Tensor] = []
    with work_progress() as progress, torch.inference_mode():
        bar = progress.add_task(f"Predicting {split}", total=len(clips))
        for spectrogram, features, label in loader:
            network = recogniser.network.to(spectrogram.device)
            batches.append(network(spectrogram, features).float().softmax(dim=1).cpu())
            progress.advance(bar, len(label))
    known = clips["label"].isin(outputs.class_names).to_numpy()
    return Predictions(
        clips=clips[known],
        probabilities=outputs.probabilities(torch.cat(batches)[torch.tensor(known)]),
        class_names=outputs.class_names,
    )


def _shown(labels: Collection[str]) -> str:
    return ", ".join(sorted(labels)[:_SHOWN]) + (", ..." if len(labels) > _SHOWN else "")
