"""Each source in turn, and the clips of all others: what is fitted there is tried here."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from instrument_net.errors import InputError
from instrument_net.evaluation.predictions import Predictions

LEAST_SOURCES = 3  # one to try on, two to fit on


def sources_of(predictions: Predictions) -> list[str]:
    """Return the sources of the clips, sorted.

    Raises:
        InputError: If there is no column ``source``, one is blank, or there are fewer than three.
    """
    if "source" not in predictions.clips.columns:
        raise InputError("the predictions have no column source: nothing says what is unseen")
    names = predictions.clips["source"].astype(str)
    if (names.str.strip() == "").any():
        raise InputError("the predictions have clips without a source: fill the column")
    sources = sorted(names.unique())
    if len(sources) < LEAST_SOURCES:
        raise InputError(
            f"the predictions are of {len(sources)} sources, it takes {LEAST_SOURCES}: each is "
            "tried with what was fitted on the others"
        )
    return sources


def each_source(predictions: Predictions) -> Iterator[tuple[str, Tensor, Predictions]]:
    """Yield each source, which clips are its own, bool ``(n_clips,)``, and the others' predictions.

    Raises:
        InputError: See :func:`sources_of`.
    """
    for source in sources_of(predictions):
        own = torch.tensor((predictions.clips["source"].astype(str) == source).to_numpy())
        yield source, own, predictions.of(~own)
