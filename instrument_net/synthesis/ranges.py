"""Draws from the range of values that a class of instruments allows."""

import math

import numpy as np


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return one draw, uniform between ``low`` and ``high``: for levels in dB, angles, cents."""
    return float(rng.uniform(low, high))


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return one draw, uniform in the logarithm: for times, frequencies and ratios, all > 0."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))
