"""Band equaliser: another microphone or room, by a smooth random curve on the spectrogram."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from instrument_net.augmentation.level_picture import checked_top_db, raised
from instrument_net.augmentation.per_clip import change_some, checked_probability, uniform
from instrument_net.errors import InputError

_N_KNOTS = 7  # of the curve, at equal distances over the bands
_MOST = 1.5  # of the deviation: the strength is drawn from 0 to this


class BandEqualiser(nn.Module):
    """Add a random curve over the bands to the levels of a clip.

    The curve is a tilt and straight lines between seven points. It is a hundred times cheaper than
    filtering the waveform, and the same for every frame.

    Args:
        probability: Of each clip.
        deviation_db: Standard deviation of the tilt at the lowest and highest band, and of each
            point, in decibel; the points are scaled by a strength that is drawn for each clip.
        top_db: Range of the spectrogram's log scale in decibel.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "spectrogram"

    def __init__(self, *, probability: float, deviation_db: float, top_db: float) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        if not deviation_db > 0:
            raise InputError(f"deviation_db must be above 0, got {deviation_db!r}")
        self.top_db = checked_top_db(top_db)
        self._deviation = deviation_db / self.top_db

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return pictures ``(batch, 1, bins, frames)`` in [0, 1]; silence stays silent."""
        return change_some(
            self._change, spectrogram, probability=self.probability, training=self.training
        )

    def _change(self, chosen: Tensor) -> Tensor:
        n_clips, bins = len(chosen), chosen.shape[2]
        normal = partial(torch.randn, device=chosen.device)
        strength = uniform((0, _MOST), chosen)[:, None, None]
        points = normal(n_clips, 1, _N_KNOTS) * strength
        curve = interpolate(points, bins, mode="linear", align_corners=True)
        tilt = normal(n_clips, 1, 1) * torch.linspace(-1, 1, bins, device=chosen.device)
        return raised(chosen, self._deviation * (curve + tilt)[..., None])
