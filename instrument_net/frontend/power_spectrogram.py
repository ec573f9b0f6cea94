"""Waveform -> power of every bin and frame: the one STFT that serves both branches."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchaudio.transforms import Spectrogram

from instrument_net.frontend.recording import is_recording


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
        n_fft, hop_length, n_bins = (self.options[k] for k in ("n_fft", "hop_length", "n_bins"))
        n_frames = 1 + (waveform.shape[1] - n_fft) // hop_length
        n_sounding = self._n_sounding(waveform, n_frames)
        if n_sounding == n_frames:
            return self._power(waveform)
        # The zeros that fill a short clip up have no power: they are not transformed.
        silence = waveform.new_zeros(len(waveform), n_frames - n_sounding, n_bins)
        if n_sounding == 0:
            return silence.transpose(1, 2)
        sounding = self._power(waveform[:, : n_fft + (n_sounding - 1) * hop_length])
        # Frame after frame in memory, as the transform leaves them.
        return torch.cat([sounding.transpose(1, 2), silence], dim=1).transpose(1, 2)

    def _power(self, waveform: Tensor) -> Tensor:
        spectrum = self.stft(waveform)[:, : self.options["n_bins"]]
        power: Tensor = spectrum.real.square() + spectrum.imag.square()
        return power

    def _n_sounding(self, waveform: Tensor, n_frames: int) -> int:
        """Return how many frames there are up to the last in which any clip has a sound."""
        hop_length = self.options["hop_length"]
        # A GPU would have to be waited for.
        if waveform.device.type != "cpu" or is_recording():
            return n_frames
        if waveform[:, (n_frames - 1) * hop_length :].any():
            return n_frames
        blocks = waveform.unfold(1, hop_length, hop_length)  # (batch, block, sample)
        sounding = blocks.abs().amax(dim=(0, 2)).nonzero()
        return int(sounding[-1]) + 1 if len(sounding) else 0
