"""Sets of classes that hold the true one as often as is stated."""

from __future__ import annotations

import math

import pandas as pd
import torch
from torch import Tensor

from instrument_net.evaluation.predictions import Predictions

COVERAGES = (0.8, 0.9, 0.95)
_ROUNDING = 1e-9  # (19 + 1) * (1 - 0.95) is a hair below 1


def least_probability(predictions: Predictions, coverage: float) -> float | None:
    """Return the least probability with which a class belongs to the set of a coverage.

    Split conformal prediction, with the probability of the true class as the score. Of a further
    clip as these, the set holds the true class with at least this probability.

    Args:
        predictions: Of clips that the network is not trained on.
        coverage: In (0, 1).

    Returns:
        A probability; ``None`` where there are too few clips: it takes 9 for a coverage of 0.9.

    References:
        Sadinle et al., "Least ambiguous set-valued classifiers with bounded error levels", JASA
        114, 2019; Papadopoulos et al., "Inductive confidence machines for regression", ECML 2002.
    """
    true = predictions.probabilities.gather(1, predictions.labels[:, None])[:, 0]
    rank = math.floor((len(true) + 1) * (1 - coverage) + _ROUNDING)
    return float(true.sort()[0][rank - 1]) if rank else None


def coverage_by_source(predictions: Predictions, sets: Tensor) -> pd.DataFrame:
    """Return how often sets hold the true class, and how large they are, for each source.

    Args:
        predictions: Of clips with a ``source``.
        sets: Which classes are in the set of each clip, bool ``(n_clips, n_classes)``.

    Returns:
        One row a source: ``n_clips``, ``coverage`` (share of the clips whose set holds the true
        class), ``mean_size`` and ``one_class`` (share of the sets that hold one class).
    """
    sizes = sets.sum(dim=1)
    of_clips = pd.DataFrame(
        {
            "source": predictions.clips["source"].astype(str).to_numpy(),
            "coverage": holds_true(predictions, sets).double().numpy(),
            "mean_size": sizes.double().numpy(),
            "one_class": (sizes == 1).double().numpy(),
        }
    )
    by_source = of_clips.groupby("source")
    table = by_source.mean()
    table.insert(0, "n_clips", by_source.size())
    return table


def holds_true(predictions: Predictions, sets: Tensor) -> Tensor:
    """Return whether the set of each clip holds its true class, bool ``(n_clips,)``."""
    held: Tensor = sets.gather(1, predictions.labels[:, None])[:, 0]
    return held.to(torch.bool)
