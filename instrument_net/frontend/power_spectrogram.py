"""Waveform -> power of every bin and frame: the one STFT that serves both branches."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchaudio.transforms import Spectrogram


class PowerSpectrogram(nn.Module):
    """Short-time Fourier transform, squared: periodic Hann window, no centring.

    Args:
        n_fft: Window and transform length in samples.
        hop_length: Samples between frames.
        n_bins: How many of the ``n_fft // 2 + 1`` bins are kept, from 0 Hz up.
    """

    def __init__(self, *, n_fft: int, hop_length: int, n_bins: int) -> None:
        super().__init__()
        self.options = {"n_fft": n_fft, "hop_length": hop_length, "n_bins": n_bins}
        # Complex output and squaring after the cut: the upper bins need no arithmetic.
        self.stft = Spectrogram(
            n_fft=n_fft,
            hop_length=hop_length,
            window_fn=torch.hann_window,
            power=None,
            center=False,
        )
        # Computed, not stored: a checkpoint holds what was learnt.
        window = self.stft.window
        del self.stft.window
        self.stft.register_buffer("window", window, persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return power ``(batch, n_bins, frames)``, >= 0, of waveforms ``(batch, samples)``."""
        spectrum = self.stft(waveform)[:, : self.options["n_bins"]]
        power: Tensor = spectrum.real.square() + spectrum.imag.square()
        return power
