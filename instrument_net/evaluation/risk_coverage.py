"""How much fewer mistakes there are if only the surest predictions are taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from instrument_net.evaluation.predictions import Predictions


def risk_coverage(predictions: Predictions) -> pd.DataFrame:
    """Return the share of mistakes among the surest clips, for every share of clips.

    Clips of the same confidence are taken together: their order would be chance.

    Returns:
        A row for each confidence that occurs, the highest first: ``coverage``, the share of clips
        that are at least as sure, in (0, 1]; ``risk``, the share of mistakes among them;
        ``confidence``.

    References:
        Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.
    """
    confidence = predictions.probabilities.amax(dim=1).numpy()
    order = np.argsort(-confidence, kind="stable")
    n_wrong = np.cumsum(~predictions.correct.numpy()[order])
    n_taken = np.arange(1, len(order) + 1)
    table = pd.DataFrame(
        {
            "coverage": n_taken / len(order),
            "risk": n_wrong / n_taken,
            "confidence": confidence[order],
        }
    )
    return table.drop_duplicates("confidence", keep="last").reset_index(drop=True)


def area_under_risk_coverage(curve: pd.DataFrame) -> float:
    """Return the mean risk over all coverages, in [0, 1]; 0 is best.

    A network without mistakes has 0; one whose confidence says nothing has its error rate.

    Args:
        curve: Of :func:`risk_coverage`. Between two coverages, the risk is that of the higher one:
            clips of one confidence are taken all or none.
    """
    widths = np.diff(curve["coverage"], prepend=0.0)
    return float((widths * curve["risk"]).sum())
