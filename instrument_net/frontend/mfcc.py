"""Mel-frequency cepstral coefficients of a whole clip."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchaudio.functional import create_dct

from instrument_net.errors import InputError
from instrument_net.frontend.mel_filters import mel_filters

_FLOOR = 1e-8  # 80 dB below the strongest band


def mfcc(mean_power: Tensor, filters: Tensor, dct: Tensor) -> Tensor:
    """Return cepstral coefficients of spectra.

    Natural log of the mel-band energies, every band floored 80 dB below the strongest, then the
    orthonormal DCT-II.

    Args:
        mean_power: Power averaged over frames, ``(batch, bins)``, >= 0.
        filters: Mel triangles ``(bins, n_mels)``.
        dct: ``(n_mels, n_coefficients)``, the zeroth coefficient left out.

    Returns:
        ``(batch, n_coefficients)``, independent of gain; 0 for silence.

    References:
        Davis & Mermelstein, IEEE Trans. ASSP 28(4), 1980.
    """
    # Sums of products, not matrix products: those may be computed with 10-bit mantissas
    # (torch.set_float32_matmul_precision), and the features must not depend on such a setting.
    mel_power = (mean_power[:, :, None] * filters).sum(dim=1)  # (batch, n_mels)
    strongest = mel_power.amax(dim=-1, keepdim=True)
    # Relative to the strongest band: gain adds only to the zeroth coefficient, which is left out,
    # and the logarithm of silence (all bands 1) is 0.
    silent = strongest == 0
    relative = torch.where(silent, 1.0, mel_power / torch.where(silent, 1.0, strongest))
    log_mel = relative.clamp_min(_FLOOR).log()
    return (log_mel[:, :, None] * dct).sum(dim=1)


class Mfcc(nn.Module):
    """Remember filters and transform for :func:`mfcc`: coefficients 1 to ``n_coefficients``.

    The triangles reach from 0 Hz to the last bin, ``(n_bins - 1) * sample_rate_hz / n_fft``:
    559 * 44,100 / 4096 = 6018.53 Hz for 560 bins, the "6,019 Hz" of the design.

    Args:
        sample_rate_hz: Of the waveform.
        n_fft: Transform length of the spectra.
        n_bins: Bins in a spectrum, from 0 Hz up; the filters end on the last one.
        n_mels: Number of HTK-scale triangles, without area normalisation.
        n_coefficients: How many coefficients, after the zeroth.

    Raises:
        InputError: If ``n_mels`` is no more than ``n_coefficients``, or so many that a triangle
            falls between two bins.
    """

    mel_filters: Tensor
    dct: Tensor

    def __init__(
        self, *, sample_rate_hz: int, n_fft: int, n_bins: int, n_mels: int, n_coefficients: int
    ) -> None:
        super().__init__()
        if n_mels <= n_coefficients:
            raise InputError(
                f"n_mels must exceed the {n_coefficients} cepstral coefficients, got {n_mels}"
            )
        filters = mel_filters(
            sample_rate_hz=sample_rate_hz,
            n_fft=n_fft,
            n_bins=n_bins,
            n_mels=n_mels,
            f_min_hz=0.0,
            f_max_hz=(n_bins - 1) * sample_rate_hz / n_fft,
        )
        dct = create_dct(n_coefficients + 1, n_mels, norm="ortho")[:, 1:]
        self.register_buffer("mel_filters", filters, persistent=False)
        self.register_buffer("dct", dct.contiguous(), persistent=False)

    def forward(self, mean_power: Tensor) -> Tensor:
        """Return ``(batch, n_coefficients)`` of ``(batch, bins)``."""
        return mfcc(mean_power, self.mel_filters, self.dct)
