"""Power -> the image that the network sees, in [0, 1] whatever the gain."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from instrument_net.frontend.pcen import Pcen
from instrument_net.frontend.ratio import ratio


def relative_power(power: Tensor) -> Tensor:
    """Return every clip's power over its own maximum.

    Args:
        power: ``(batch, frequency, frame)``, >= 0.

    Returns:
        The same shape, in [0, 1]. A silent clip gives zeros.
    """
    return ratio(power, power.amax(dim=(-2, -1), keepdim=True))


def relative_level(power: Tensor, *, top_db: float) -> Tensor:
    """Return level below the clip's maximum, ``top_db`` of it stretched over [0, 1].

    ``clip((10 log10(P / max P) + top_db) / top_db, 0, 1)``, the maximum taken per clip.

    Args:
        power: ``(batch, frequency, frame)``, >= 0.
        top_db: Range shown, in decibel; what lies further down is 0.

    Returns:
        The same shape, in [0, 1]. A silent clip gives zeros.
    """
    floor = 10 ** (-top_db / 10)
    # Not clamped to the floor: rounding leaves the floor's own level a hair beside 0, and silence
    # has to be 0 exactly. 30 dB below the floor, a level is told from those above without doubt.
    # Nothing exceeds 1, because no power exceeds the maximum.
    relative = F.threshold(relative_power(power), floor, floor / 1000)
    level = relative.log10().mul_(10 / top_db).add_(1)
    return F.threshold(level, -15 / top_db, 0.0)


class SpectrogramScale(nn.Module):
    """Remember which scale a front end has; add no arithmetic.

    Args:
        scale: ``log``: :func:`relative_level`; ``power``: :func:`relative_power`; ``pcen``:
            :class:`~instrument_net.frontend.pcen.Pcen`.
        top_db: Of the scale ``log``.
        pcen_gain: Of the scale ``pcen``, as the rest.
        n_frames: Number of frames.
        hop_s: Time between frames in seconds.
        full_scale_power: Power of a sine of amplitude 1.
    """

    def __init__(
        self,
        scale: str,
        *,
        top_db: float,
        pcen_gain: float,
        n_frames: int,
        hop_s: float,
        full_scale_power: float,
    ) -> None:
        super().__init__()
        self._scale = scale
        self._top_db = top_db
        self.pcen: Pcen | None = None
        if scale == "pcen":
            self.pcen = Pcen(
                n_frames=n_frames, hop_s=hop_s, full_scale_power=full_scale_power, gain=pcen_gain
            )

    def forward(self, power: Tensor) -> Tensor:
        """Return ``(batch, bins, frames)`` in [0, 1], zeros for silence."""
        if self.pcen is not None:
            spectrogram: Tensor = self.pcen(power)
            return spectrogram
        if self._scale == "log":
            return relative_level(power, top_db=self._top_db)
        return relative_power(power)
