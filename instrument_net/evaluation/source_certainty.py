"""Leave-one-source-out predictions -> how sure a network may be of unseen sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from instrument_net.evaluation.calibration import fit_temperature, with_temperature
from instrument_net.evaluation.other_sources import each_source, sources_of
from instrument_net.evaluation.prediction_sets import COVERAGES, least_probability
from instrument_net.evaluation.predictions import Predictions
from instrument_net.recognition.certainty import Certainty

UNSURE_SHARE = 0.05  # of the clips of known classes
_LEAST = 5e-7  # half of the last digit that a table of predictions keeps


def fit_certainty(predictions: Predictions, origin: str) -> Certainty:
    """Return what these predictions say about how sure a network may be.

    Args:
        predictions: Each made by a network that was not trained on the clip's source.
        origin: Where they come from, in words.
    """
    known = _above_zero(predictions)
    temperature = fit_temperature(known)
    scaled = with_temperature(known, temperature)
    least = {coverage: least_probability(scaled, coverage) for coverage in COVERAGES}
    confidence = scaled.probabilities.amax(dim=1)
    return Certainty(
        temperature=temperature,
        least_probability={c: p for c, p in least.items() if p is not None},
        unsure_below=float(torch.quantile(confidence, UNSURE_SHARE)),
        origin=origin,
    )


@dataclass(frozen=True)
class OnUnseenSources:
    """What a network may say about sources of which nothing was used, not even to fit this.

    Attributes:
        scaled: The predictions, with scaled probabilities.
        sets: Coverage -> which classes are in the set of each clip, bool ``(n_clips, n_classes)``;
            without the coverages for which a source had too few others.
        unsure: Whether no class explains a clip, bool ``(n_clips,)``.
    """

    scaled: Predictions
    sets: Mapping[float, Tensor]
    unsure: Tensor


def on_unseen_sources(predictions: Predictions) -> OnUnseenSources:
    """Return what is said about each source by what was fitted on all other sources.

    Args:
        predictions: Pooled leave-one-source-out predictions, with a ``source`` a clip.

    Raises:
        InputError: If there are fewer than three sources, or a clip has none.
    """
    known = _above_zero(predictions)
    n_clips, n_classes = predictions.probabilities.shape
    probabilities = torch.empty(n_clips, n_classes)
    sets = {coverage: torch.zeros(n_clips, n_classes, dtype=torch.bool) for coverage in COVERAGES}
    unsure = torch.zeros(n_clips, dtype=torch.bool)
    for _, own, others in each_source(known):
        certainty = fit_certainty(others, origin="")
        scaled = certainty.scaled(known.probabilities[own].log())
        probabilities[own], unsure[own] = scaled, certainty.is_unsure(scaled)
        sets = {c: held for c, held in sets.items() if c in certainty.least_probability}
        for coverage, held in sets.items():
            held[own] = certainty.sets(scaled, coverage)
    return OnUnseenSources(replace(predictions, probabilities=probabilities), sets, unsure)


def _above_zero(predictions: Predictions) -> Predictions:
    """Return the predictions without zeros, whose logarithm a single clip could pay for all."""
    return replace(predictions, probabilities=predictions.probabilities.clamp_min(_LEAST))


def describe_origin(predictions: Predictions, experiment: str, n_networks: int = 1) -> str:
    """Return where a certainty comes from, in words.

    Args:
        predictions: Of unseen sources.
        experiment: Its name.
        n_networks: How many predicted each clip together.
    """
    by = (
        "a network that was" if n_networks == 1
        else f"{n_networks} networks together that were"
    )  # fmt: skip
    return (
        f"{len(predictions.clips):,} clips of {len(sources_of(predictions))} sources, each "
        f"predicted by {by} not trained on its source, of {experiment}"
    )
