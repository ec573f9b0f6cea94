"""The front end: one pass from waveforms to both inputs of the network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import torch
from torch import Tensor, nn

from instrument_net.frontend.features import FEATURE_NAMES, Features
from instrument_net.frontend.power_spectrogram import PowerSpectrogram
from instrument_net.frontend.ratio import ratio
from instrument_net.frontend.recording import is_recording
from instrument_net.frontend.settings import complete_settings
from instrument_net.frontend.side_by_side import side_by_side
from instrument_net.frontend.spectrogram_scale import SpectrogramScale
from instrument_net.frontend.spectrograms import build_spectrogram

_VERSION = 1  # raise it when the same settings give other values: caches are computed anew


class FrontEnd(nn.Module):
    """Waveforms -> (spectrogram, features), batched, on any device.

    Every clip is first brought to a peak of 1 (silence stays zero), so neither output depends on
    gain. A batch equals its clips one by one; on a CPU to the last digit, whatever the number of
    threads. Arithmetic is float32 and differentiable.

    The features are always those of one STFT, which ``features`` describes. The spectrogram is the
    power of the same STFT or, of the same clip, another transform, which ``spectrogram`` describes.

    Args:
        sample_rate_hz: Of the waveforms.
        n_frames: Frames of the features' STFT: with its hop this is the length of a clip.
        features: The transform behind the features; what is left out has its default.

            - ``n_fft``: window length in samples, 4096 (periodic Hann);
            - ``hop_length``: samples between frames, 1024; no centring;
            - ``n_bins``: bins kept, from 0 Hz up, 560;
            - ``n_mels``: mel bands behind the cepstral coefficients, 40.
        spectrogram: The picture that the network sees; what is left out has its default.

            - ``name``: ``stft`` (the features' own), ``mel`` or ``constant_q``; the latter two take
              their options too, see :class:`~instrument_net.frontend.mel_power.MelPower` and
              :class:`~instrument_net.frontend.constant_q_power.ConstantQPower`;
            - ``scale``: ``log``, level in decibel below the clip's maximum, ``top_db`` of it
              stretched over [0, 1]; ``power``, power over the clip's maximum; ``pcen``, per-channel
              energy normalisation;
            - ``top_db``: range of the ``log`` scale in decibel, up to 300, 80;
            - ``pcen_gain``: share of a band's past level that the ``pcen`` scale divides out, 0 to
              1, 0.8.

    Attributes:
        settings: All arguments, complete and as plain values: ``FrontEnd(**settings)`` is the same
            front end.
        sample_rate_hz: Of the waveforms.
        num_samples: Length of a clip.
        spectrogram_shape: ``(1, bins, frames)`` of one clip's spectrogram.
        hop_s: Seconds between two of its frames.
        feature_names: The columns of the features.

    Raises:
        InputError: If a setting is unknown, a number is not positive (and whole, except
            frequencies, ``top_db`` and ``pcen_gain``), ``n_bins`` exceeds the transform's bins,
            ``n_mels`` does not suit them, or the spectrogram does not suit the clip.

    >>> import torch
    >>> front_end = FrontEnd()
    >>> spectrogram, features = front_end(torch.zeros(2, front_end.num_samples))
    >>> spectrogram.shape, features.shape
    (torch.Size([2, 1, 560, 256]), torch.Size([2, 20]))
    >>> FrontEnd(n_frames=126, spectrogram={"name": "mel", "n_mels": 128}).spectrogram_shape
    (1, 128, 255)
    """

    def __init__(
        self,
        *,
        sample_rate_hz: int = 44_100,
        n_frames: int = 256,
        features: Mapping[str, Any] | None = None,
        spectrogram: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.settings = complete_settings(
            sample_rate_hz=sample_rate_hz,
            n_frames=n_frames,
            features=features,
            spectrogram=spectrogram,
        )
        transform, picture = dict(self.settings["features"]), self.settings["spectrogram"]
        n_mels = transform.pop("n_mels")
        n_fft, hop_length, n_bins = transform["n_fft"], transform["hop_length"], transform["n_bins"]
        self.sample_rate_hz = sample_rate_hz
        self.num_samples: int = n_fft + (n_frames - 1) * hop_length
        self.feature_names = FEATURE_NAMES
        clip = {"sample_rate_hz": sample_rate_hz, "num_samples": self.num_samples}
        self.power_spectrogram = PowerSpectrogram(**transform)
        self.features = Features(**clip, n_fft=n_fft, n_bins=n_bins, n_mels=n_mels)
        self.spectrogram = build_spectrogram(picture, **clip)
        full_scale_power = (n_fft / 4) ** 2  # as in MelPower
        if self.spectrogram is not None:
            n_bins, n_frames = len(self.spectrogram.bin_hz), self.spectrogram.n_frames
            hop_length = self.spectrogram.hop_length
            full_scale_power = self.spectrogram.full_scale_power
        self.spectrogram_shape = (1, n_bins, n_frames)
        self.hop_s = hop_length / sample_rate_hz
        self.scale = SpectrogramScale(
            picture["scale"],
            top_db=picture["top_db"],
            pcen_gain=picture["pcen_gain"],
            n_frames=n_frames,
            hop_s=self.hop_s,
            full_scale_power=full_scale_power,
        )

    @property
    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that change whenever the outputs may: a cache's key."""
        content = json.dumps([_VERSION, self.settings, self.feature_names])
        return blake2b(content.encode(), digest_size=8).hexdigest()

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
            ``(batch, len(feature_names))`` in their own units, both float32; zeros for silence.

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
        if waveform.device.type != "cpu" or is_recording():
            return self._transform(waveform)
        return self._clip_by_clip(waveform)

    def _clip_by_clip(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        # A clip's intermediates fit into a processor's cache, a batch's do not: twice as fast.
        clips = waveform.split(1)
        if waveform.requires_grad and torch.is_grad_enabled():
            spectrograms, features = zip(*side_by_side(self._transform, clips), strict=True)
            return torch.cat(spectrograms), torch.cat(features)
        shapes = self.spectrogram_shape, (len(self.feature_names),)
        outputs = [torch.empty(len(clips), *shape, dtype=torch.float32) for shape in shapes]

        def fill(index: int) -> None:  # what the clip gives is copied while it is in the cache
            for output, of_clip in zip(outputs, self._transform(clips[index]), strict=True):
                output[index : index + 1] = of_clip

        side_by_side(fill, range(len(clips)))
        return outputs[0], outputs[1]

    def _transform(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        # Half precision has neither the range nor the digits for power 80 dB down.
        with torch.autocast(waveform.device.type, enabled=False):
            waveform = waveform.float()
            waveform = ratio(waveform, waveform.abs().amax(dim=1, keepdim=True))
            power = self.power_spectrogram(waveform)
            shown = power if self.spectrogram is None else self.spectrogram(waveform)
            return self.scale(shown)[:, None], self.features(waveform, power)
