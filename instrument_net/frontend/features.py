"""Waveform and power -> the 20 features of the perceptron branch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.frontend.mfcc import Mfcc
from instrument_net.frontend.spectral_centroid import spectral_centroid_hz
from instrument_net.frontend.waveform_features import (
    autocorrelation,
    rms,
    temporal_centroid_s,
    zero_crossing_rate,
)

_N_LAGS = 4
_N_MFCC = 12

FEATURE_NAMES = (
    "rms",
    "zero_crossing_rate",
    "temporal_centroid_s",
    *(f"autocorrelation_{k}" for k in range(1, _N_LAGS + 1)),
    *(f"mfcc_{k}" for k in range(1, _N_MFCC + 1)),
    "spectral_centroid_hz",
)


class Features(nn.Module):
    """Stack the features in the order of :data:`FEATURE_NAMES`.

    Args:
        sample_rate_hz: Of the waveform.
        num_samples: Length of the waveform.
        n_fft: Transform length of the power spectrogram.
        n_bins: Bins of the power spectrogram, from 0 Hz up.
        n_mels: Mel bands behind the cepstral coefficients.

    Raises:
        InputError: If the numbers leave no room for the lags or the mel bands.
    """

    sample_s: Tensor
    bin_hz: Tensor

    def __init__(
        self, *, sample_rate_hz: int, num_samples: int, n_fft: int, n_bins: int, n_mels: int
    ) -> None:
        super().__init__()
        if num_samples <= _N_LAGS:
            raise InputError(
                f"a clip of {num_samples} samples is too short for the autocorrelation at lag "
                f"{_N_LAGS}: choose a larger n_fft or more frames"
            )
        self.mfcc = Mfcc(
            sample_rate_hz=sample_rate_hz,
            n_fft=n_fft,
            n_bins=n_bins,
            n_mels=n_mels,
            n_coefficients=_N_MFCC,
        )
        sample_s = torch.arange(num_samples, dtype=torch.float64) / sample_rate_hz
        bin_hz = torch.arange(n_bins, dtype=torch.float64) * sample_rate_hz / n_fft
        self.register_buffer("sample_s", sample_s.float(), persistent=False)
        self.register_buffer("bin_hz", bin_hz.float(), persistent=False)

    def forward(self, waveform: Tensor, power: Tensor) -> Tensor:
        """Return one row a clip, one column a feature: ``(batch, 20)``.

        Finite for every finite input, 0 throughout for silence.

        Args:
            waveform: Peak-normalised, ``(batch, num_samples)``.
            power: Its power spectrogram ``(batch, n_bins, frames)``.
        """
        return torch.cat(
            [
                rms(waveform)[:, None],
                zero_crossing_rate(waveform)[:, None],
                temporal_centroid_s(waveform, self.sample_s)[:, None],
                autocorrelation(waveform, n_lags=_N_LAGS),
                self.mfcc(power.mean(dim=-1)),
                spectral_centroid_hz(power, self.bin_hz)[:, None],
            ],
            dim=1,
        )
