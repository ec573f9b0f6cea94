"""Random draws from the ranges of values of a class of instruments."""

import math

import numpy as np
import numpy.typing as npt


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return one draw, uniform between ``low`` and ``high``: for levels in dB, angles, cents."""
    return float(rng.uniform(low, high))


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return one draw, uniform in the logarithm: for times, frequencies and ratios, all > 0."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def uneven(
    amplitude: npt.NDArray[np.float64], spread_db: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return uneven amplitudes of partials, as after a body and a room: each off by some decibels.

    Args:
        amplitude: By a smooth law, ``(partials,)``.
        spread_db: Standard deviation of the normal draws in dB; 0 draws nothing.
        rng: Source of the draws.
    """
    if spread_db == 0:
        return amplitude
    offset_db = rng.normal(0.0, spread_db, amplitude.size)
    return np.asarray(amplitude * 10 ** (offset_db / 20), dtype=np.float64)
