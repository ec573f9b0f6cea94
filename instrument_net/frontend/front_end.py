"""The front end: one pass from waveforms to both inputs of the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from instrument_net.frontend.constant_q_power import ConstantQPower
from instrument_net.frontend.features import FEATURE_NAMES, Features
from instrument_net.frontend.mel_power import MelPower
from instrument_net.frontend.pcen import Pcen
from instrument_net.frontend.power_spectrogram import PowerSpectrogram
from instrument_net.frontend.ratio import ratio
from instrument_net.frontend.spectrogram_scale import relative_level, relative_power
from instrument_net.frontend.spectrograms import build_spectrogram, check_whole

SCALES = ("log", "power", "pcen")
_MAX_TOP_DB = 300.0  # a power ratio of 1e-30, which float32 still holds without going subnormal


class FrontEnd(nn.Module):
    """Waveforms -> (spectrogram, features), batched, on any device.

    Every clip is first brought to a peak of 1 (silence stays zero), so neither output depends on
    gain. A batch equals its clips one by one. Arithmetic is float32 and differentiable.

    The features are always those of the one STFT that ``n_fft`` to ``n_mels`` describe. The network
    is shown its power too, or, for the same clip, another ``spectrogram``.

    Args:
        sample_rate_hz: Of the waveforms.
        n_fft: Window length in samples (periodic Hann).
        hop_length: Samples between frames; no centring.
        n_bins: Bins kept, from 0 Hz up.
        n_frames: Frames kept; together with ``hop_length`` this is the length of a clip.
        scale: ``log``: level in decibel below the clip's maximum, ``top_db`` of it stretched over
            [0, 1]; ``power``: power over the clip's maximum; ``pcen``: per-channel energy
            normalisation.
        top_db: Range of the ``log`` scale in decibel, up to 300.
        n_mels: Mel bands behind the cepstral coefficients.
        spectrogram: What the network is shown instead of the features' STFT: ``name``, a key of
            :data:`~instrument_net.frontend.spectrograms.SPECTROGRAMS`, and options of that class.
        pcen_gain: Share of a band's past level that the ``pcen`` scale divides out, 0 to 1.

    Attributes:
        settings: All arguments, as plain values: ``FrontEnd(**settings)`` is the same front end.
        num_samples: Length of a clip.
        spectrogram_shape: ``(1, bins, frames)`` of one clip's spectrogram.
        hop_s: Seconds between two of its frames.
        feature_names: The columns of the features.

    Raises:
        ValueError: If a number is not positive (and whole, except ``top_db`` and ``pcen_gain``),
            ``n_bins`` exceeds the transform's bins, ``n_mels`` does not suit them, or ``scale`` or
            the spectrogram is unknown or does not suit the clip.
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
        spectrogram: Mapping[str, Any] | None = None,
        pcen_gain: float = 0.8,
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
            "spectrogram": None if spectrogram is None else dict(spectrogram),
            "pcen_gain": pcen_gain,
        }
        for name in ("sample_rate_hz", "n_fft", "hop_length", "n_bins", "n_frames", "n_mels"):
            check_whole(name, self.settings[name])
        if not 0 < top_db <= _MAX_TOP_DB:
            raise ValueError(f"top_db must be above 0 and at most {_MAX_TOP_DB:g}, got {top_db!r}")
        if not 0 <= pcen_gain <= 1:
            raise ValueError(f"pcen_gain must lie in 0 ... 1, got {pcen_gain!r}")
        if not 2 <= n_bins <= n_fft // 2 + 1:
            raise ValueError(
                f"n_bins must lie in 2 ... n_fft // 2 + 1 = {n_fft // 2 + 1}, got {n_bins}"
            )
        if scale not in SCALES:
            raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
        self.sample_rate_hz = sample_rate_hz
        self.num_samples = n_fft + (n_frames - 1) * hop_length
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
        self.spectrogram: MelPower | ConstantQPower | None = None
        full_scale_power = (n_fft / 4) ** 2  # as in MelPower
        if spectrogram is not None:
            self.spectrogram = shown = build_spectrogram(
                spectrogram, sample_rate_hz=sample_rate_hz, num_samples=self.num_samples
            )
            n_bins, n_frames, hop_length = len(shown.bin_hz), shown.n_frames, shown.hop_length
            full_scale_power = shown.full_scale_power
        self.spectrogram_shape = (1, n_bins, n_frames)
        self.hop_s = hop_length / sample_rate_hz
        self.pcen: Pcen | None = None
        if scale == "pcen":
            self.pcen = Pcen(
                n_frames=n_frames,
                hop_s=self.hop_s,
                full_scale_power=full_scale_power,
                gain=pcen_gain,
            )

    @property
    def bin_hz(self) -> Tensor:
        """Return the centre frequency of every bin of the spectrogram in hertz, ``(bins,)``."""
        return self.features.bin_hz if self.spectrogram is None else self.spectrogram.bin_hz

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        """Return the two inputs of the network.

        Args:
            waveform: ``(batch, num_samples)``, floating, or int16 as the waveform store keeps it;
                any gain, finite.

        Returns:
            The spectrogram ``(batch, *spectrogram_shape)`` in [0, 1] and the features
            ``(batch, 20)`` in their own units, both float32; zeros for silence.

        Raises:
            ValueError: If the shape is not ``(batch, num_samples)``, or the samples are of another
                type.
        """
        if waveform.ndim != 2 or waveform.shape[0] == 0 or waveform.shape[1] != self.num_samples:
            raise ValueError(
                f"waveform has shape {tuple(waveform.shape)}, "
                f"this front end takes (batch, {self.num_samples}), at least one clip"
            )
        if not (waveform.is_floating_point() or waveform.dtype == torch.int16):
            raise ValueError(
                f"waveform is {waveform.dtype}, "
                "this front end takes floating-point samples or torch.int16"
            )
        if waveform.device.type != "cpu" or torch.compiler.is_compiling():
            return self._transform(waveform)
        # A clip's intermediates fit into a processor's cache, a batch's do not: clip by clip is
        # twice as fast.
        clips = [self._transform(clip[None]) for clip in waveform]
        spectrograms, features = zip(*clips, strict=True)
        return torch.cat(spectrograms), torch.cat(features)

    def _transform(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        # Half precision has neither the range nor the digits for power 80 dB down.
        with torch.autocast(waveform.device.type, enabled=False):
            waveform = waveform.float()
            waveform = ratio(waveform, waveform.abs().amax(dim=1, keepdim=True))
            power = self.power_spectrogram(waveform)
            shown = power if self.spectrogram is None else self.spectrogram(waveform)
            return self._scaled(shown)[:, None], self.features(waveform, power)

    def _scaled(self, power: Tensor) -> Tensor:
        if self.pcen is not None:
            spectrogram: Tensor = self.pcen(power)
            return spectrogram
        if self._scale == "log":
            return relative_level(power, top_db=self._top_db)
        return relative_power(power)
