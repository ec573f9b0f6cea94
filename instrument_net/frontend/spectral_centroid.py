"""Power spectrogram -> mean frequency of the frames in which something sounds."""

from __future__ import annotations

from torch import Tensor

from instrument_net.frontend.ratio import ratio

_ACTIVE = 1e-6  # of the strongest frame's power: 60 dB below it


def spectral_centroid_hz(power: Tensor, bin_hz: Tensor) -> Tensor:
    """Return the power-weighted mean frequency, averaged over the active frames.

    A frame is active if its power is at least 1e-6 of the clip's strongest frame: the zeros that
    fill a short clip up, and the hiss after a note, do not count.

    Args:
        power: ``(batch, bins, frames)``, >= 0.
        bin_hz: Centre frequency of each bin in hertz, ``(bins,)``.

    Returns:
        ``(batch,)`` in hertz; 0 for silence.

    Raises:
        ValueError: If the two disagree on the number of bins.

    References:
        Peeters et al., "The Timbre Toolbox", J. Acoust. Soc. Am. 130(5), 2011.
    """
    if power.shape[-2] != bin_hz.numel():
        raise ValueError(f"{power.shape[-2]} bins in power, {bin_hz.numel()} in bin_hz")
    total = power.sum(dim=-2)  # (batch, frames)
    # Not a matrix product: see mfcc.
    centroid = ratio((bin_hz[:, None] * power).sum(dim=-2), total)
    active = (total > 0) & (total >= _ACTIVE * total.amax(dim=-1, keepdim=True))
    return ratio((centroid * active).sum(dim=-1), active.sum(dim=-1).to(power.dtype))
