"""Waveform -> power in mel bands."""

from __future__ import annotations

import math

from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.frontend.mel_filters import mel_centres_hz, mel_filters
from instrument_net.frontend.power_spectrogram import PowerSpectrogram


class MelPower(nn.Module):
    """Power spectrogram, weighted by triangles on the HTK mel scale.

    Args:
        sample_rate_hz: Of the waveforms.
        num_samples: Length of the waveforms.
        n_fft: Window length in samples (periodic Hann).
        hop_length: Samples between frames; no centring.
        n_mels: Number of triangles, of height 1.
        f_min_hz: Where the first one begins.
        f_max_hz: Where the last one ends.

    Raises:
        InputError: If the clip is shorter than a window, the frequencies do not rise from 0 to
            half the sample rate, or a triangle falls between two bins.
    """

    bin_hz: Tensor
    filters: Tensor

    def __init__(
        self,
        *,
        sample_rate_hz: int,
        num_samples: int,
        n_fft: int = 2048,
        hop_length: int = 512,
        n_mels: int = 96,
        f_min_hz: float = 30.0,
        f_max_hz: float = 16_000.0,
    ) -> None:
        super().__init__()
        if num_samples < n_fft:
            raise InputError(f"a clip of {num_samples} samples is shorter than n_fft = {n_fft}")
        if not 0 <= f_min_hz < f_max_hz <= sample_rate_hz / 2:
            raise InputError(
                f"f_min_hz = {f_min_hz} and f_max_hz = {f_max_hz} must rise between 0 and half the "
                f"sample rate, {sample_rate_hz / 2:g}"
            )
        n_bins = min(math.ceil(f_max_hz * n_fft / sample_rate_hz), n_fft // 2) + 1
        self.hop_length = hop_length
        self.n_frames = 1 + (num_samples - n_fft) // hop_length
        # Of a sine of amplitude 1 in the middle of a bin: half the sum of Hann's window, squared.
        self.full_scale_power = (n_fft / 4) ** 2
        self.power_spectrogram = PowerSpectrogram(n_fft=n_fft, hop_length=hop_length, n_bins=n_bins)
        filters = mel_filters(
            sample_rate_hz=sample_rate_hz,
            n_fft=n_fft,
            n_bins=n_bins,
            n_mels=n_mels,
            f_min_hz=f_min_hz,
            f_max_hz=f_max_hz,
        )
        bin_hz = mel_centres_hz(n_mels=n_mels, f_min_hz=f_min_hz, f_max_hz=f_max_hz)
        self.register_buffer("filters", filters.T.contiguous(), persistent=False)
        self.register_buffer("bin_hz", bin_hz.float(), persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return power ``(batch, n_mels, n_frames)``, >= 0, of waveforms ``(batch, samples)``.

        A matrix product: where those may be computed with 10-bit mantissas
        (``torch.set_float32_matmul_precision``), it is good to 0.005 dB instead of 0.00001.
        """
        power: Tensor = self.power_spectrogram(waveform)
        return self.filters @ power
