"""Waveform -> power on a logarithmic frequency axis, where a transposition is a shift."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.frontend.framing import frames

_BLOCK = 128  # window lengths are multiples of it, so that frames come in few blocks


class ConstantQPower(nn.Module):
    """Product of every frame with windowed complex sines, evenly spaced in pitch.

    The window (Hann) of a bin at f hertz is ``Q sample_rate_hz / f`` samples long, with
    ``Q = 1 / (2^(1 / bins_per_octave) - 1)``: as narrow as the distance to the next bin. Below the
    frequency for which that would exceed ``max_window_length`` the bandwidth no longer shrinks:
    for 24 bins an octave and 4096 samples, below 367 Hz. All windows of a frame have their middle
    in common. An octave at a time, as a window for high frequencies is short.

    Args:
        sample_rate_hz: Of the waveforms.
        num_samples: Length of the waveforms.
        hop_length: Samples between frames; no centring.
        f_min_hz: Frequency of the first bin.
        n_octaves: How many octaves, each of ``bins_per_octave`` bins.
        bins_per_octave: Bins an octave.
        max_window_length: Of the lowest bins, in samples.

    Raises:
        InputError: If the clip is shorter than the longest window, or the last bin lies above half
            the sample rate.

    References:
        Brown, "Calculation of a constant Q spectral transform", J. Acoust. Soc. Am. 89(1), 1991.
    """

    bin_hz: Tensor

    def __init__(
        self,
        *,
        sample_rate_hz: int,
        num_samples: int,
        hop_length: int = 512,
        f_min_hz: float = 55.0,
        n_octaves: int = 8,
        bins_per_octave: int = 24,
        max_window_length: int = 4096,
    ) -> None:
        super().__init__()
        if num_samples < max_window_length:
            raise InputError(
                f"a clip of {num_samples} samples is shorter than max_window_length = "
                f"{max_window_length}"
            )
        steps = torch.arange(n_octaves * bins_per_octave, dtype=torch.float64)
        bin_hz = f_min_hz * 2 ** (steps / bins_per_octave)
        if bin_hz[-1] >= sample_rate_hz / 2:
            raise InputError(
                f"the last bin would lie at {bin_hz[-1]:.0f} Hz, above half the sample rate, "
                f"{sample_rate_hz / 2:g}: choose a smaller f_min_hz or fewer n_octaves"
            )
        self.hop_length = hop_length
        self.n_frames = 1 + (num_samples - max_window_length) // hop_length
        self.full_scale_power = 1.0
        self._middle = max_window_length // 2
        q = 1 / (2 ** (1 / bins_per_octave) - 1)
        lengths = (q * sample_rate_hz / bin_hz).clamp_max(max_window_length)
        block = math.gcd(_BLOCK, hop_length, max_window_length)
        for octave, (f_hz, length) in enumerate(
            zip(bin_hz.split(bins_per_octave), lengths.split(bins_per_octave), strict=True)
        ):
            size = block * math.ceil(float(length.max()) / block)
            kernels = _kernels(f_hz / sample_rate_hz, length, size).float()
            self.register_buffer(f"kernels_{octave}", kernels, persistent=False)
        self._n_octaves = n_octaves
        self.register_buffer("bin_hz", bin_hz.float(), persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return power ``(batch, bins, n_frames)``, >= 0, of waveforms ``(batch, samples)``.

        1 for a sine of amplitude 1 on a bin's frequency, whichever the bin.
        """
        octaves = []
        for octave in range(self._n_octaves):
            kernels = self.get_buffer(f"kernels_{octave}")  # (size, cos | sin and bin)
            size = len(kernels)
            start = self._middle - size // 2
            cut = frames(
                waveform[:, start:],
                frame_length=size,
                hop_length=self.hop_length,
                n_frames=self.n_frames,
            )
            real, imaginary = (cut @ kernels).chunk(2, dim=2)  # (batch, frame, bin)
            octaves.append(real.square() + imaginary.square())
        return torch.cat(octaves, dim=2).transpose(1, 2)


def _kernels(cycles_per_sample: Tensor, length: Tensor, size: int) -> Tensor:
    """Return windowed cosines, then sines, as columns: ``(size, 2 * bins)``, float64."""
    time = torch.arange(size, dtype=torch.float64)[:, None] - size // 2
    window = 0.5 + 0.5 * torch.cos(2 * math.pi * time / length)
    window = torch.where(2 * time.abs() < length, window, 0.0)
    window = 2 * window / window.sum(dim=0)
    phase = 2 * math.pi * time * cycles_per_sample
    return torch.cat([window * phase.cos(), window * phase.sin()], dim=1)
