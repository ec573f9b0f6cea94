"""The front end: one pass from waveforms to both inputs of the network."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from instrument_net.frontend.features import FEATURE_NAMES, Features
from instrument_net.frontend.power_spectrogram import PowerSpectrogram
from instrument_net.frontend.spectrogram_scale import relative_level, relative_power
from instrument_net.frontend.waveform_features import ratio

SCALES = ("log", "power")


class FrontEnd(nn.Module):
    """Waveforms -> (spectrogram, features), batched, on any device.

    Every clip is first brought to a peak of 1 (silence stays zero), so neither output depends on
    gain. A batch equals its clips one by one. Arithmetic is float32.

    Args:
        sample_rate_hz: Of the waveforms.
        n_fft: Window length in samples (periodic Hann).
        hop_length: Samples between frames; no centring.
        n_bins: Bins kept, from 0 Hz up.
        n_frames: Frames kept; together with ``hop_length`` this is the length of a clip.
        scale: ``log``: level in decibel below the clip's maximum, ``top_db`` of it stretched over
            [0, 1]; ``power``: power over the clip's maximum.
        top_db: Range of the ``log`` scale in decibel.
        n_mels: Mel bands behind the cepstral coefficients.

    Raises:
        ValueError: If a number is not positive, ``n_bins`` exceeds the transform's bins, or
            ``scale`` is unknown.
    """

    def __init__(
        self,
        *,
        sample_rate_hz: int = 44_100,
        n_fft: int = 4096,
        hop_length: int = 1024,
        n_bins: int = 560,
        n_frames: int = 256,
        scale: str = "log",
        top_db: float = 80.0,
        n_mels: int = 40,
    ) -> None:
        super().__init__()
        self.settings: dict[str, Any] = {
            "sample_rate_hz": sample_rate_hz,
            "n_fft": n_fft,
            "hop_length": hop_length,
            "n_bins": n_bins,
            "n_frames": n_frames,
            "scale": scale,
            "top_db": top_db,
            "n_mels": n_mels,
        }
        for name, value in self.settings.items():
            if name != "scale" and not value > 0:
                raise ValueError(f"{name} must be above 0, got {value}")
        if not 2 <= n_bins <= n_fft // 2 + 1:
            raise ValueError(
                f"n_bins must lie in 2 ... n_fft // 2 + 1 = {n_fft // 2 + 1}, got {n_bins}"
            )
        if scale not in SCALES:
            raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
        self.sample_rate_hz = sample_rate_hz
        self.n_fft = n_fft
        self.hop_length = hop_length
        self.num_samples = n_fft + (n_frames - 1) * hop_length
        self.spectrogram_shape = (1, n_bins, n_frames)
        self.feature_names = FEATURE_NAMES
        self._scale = scale
        self._top_db = top_db
        self.power_spectrogram = PowerSpectrogram(n_fft=n_fft, hop_length=hop_length, n_bins=n_bins)
        self.features = Features(
            sample_rate_hz=sample_rate_hz,
            num_samples=self.num_samples,
            n_fft=n_fft,
            n_bins=n_bins,
            n_mels=n_mels,
        )

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        """Return the two inputs of the network.

        Args:
            waveform: ``(batch, num_samples)``, floating, or int16 as the waveform store keeps it;
                any gain.

        Returns:
            The spectrogram ``(batch, 1, n_bins, n_frames)`` in [0, 1] and the features
            ``(batch, 20)`` in their own units, both float32; zeros for silence.

        Raises:
            ValueError: If the shape is not ``(batch, num_samples)``.
        """
        if waveform.ndim != 2 or waveform.shape[1] != self.num_samples:
            raise ValueError(
                f"waveform has shape {tuple(waveform.shape)}, "
                f"this front end takes (batch, {self.num_samples})"
            )
        # Half precision has neither the range nor the digits for power 80 dB down.
        with torch.autocast(waveform.device.type, enabled=False):
            waveform = waveform.float()
            waveform = ratio(waveform, waveform.abs().amax(dim=1, keepdim=True))
            power = self.power_spectrogram(waveform)
            if self._scale == "log":
                spectrogram = relative_level(power, top_db=self._top_db)
            else:
                spectrogram = relative_power(power)
            return spectrogram[:, None], self.features(waveform, power)
