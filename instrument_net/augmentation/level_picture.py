"""Spectrograms of the log scale: 1 is the clip's loudest point, 0 is ``top_db`` below it."""

from __future__ import annotations

from torch import Tensor

from instrument_net.errors import InputError


def raised(spectrogram: Tensor, gain: Tensor) -> Tensor:
    """Return the picture with another level, its loudest point at 1 again.

    What is at the floor stays there: how far below it lies is not known.

    Args:
        spectrogram: ``(batch, 1, bins, frames)`` in [0, 1].
        gain: In units of ``top_db``; any shape that fits.

    Returns:
        The same shape, in [0, 1]; silence stays silent.
    """
    return loudest_at_one((spectrogram + gain) * (spectrogram > 0))


def loudest_at_one(spectrogram: Tensor) -> Tensor:
    """Return pictures moved in level until their loudest point is at 1, cut to [0, 1].

    A picture without anything above 0 is silent and stays as it is.
    """
    loudest = spectrogram.amax(dim=(1, 2, 3), keepdim=True)
    sounds = (spectrogram > 0) & (loudest > 0)
    return ((spectrogram + (1 - loudest)) * sounds).clamp_(0, 1)


def checked_top_db(top_db: float) -> float:
    """Return the range of the picture in decibel.

    Raises:
        InputError: If it is not above 0.
    """
    if not top_db > 0:
        raise InputError(f"top_db must be above 0, got {top_db!r}")
    return float(top_db)
