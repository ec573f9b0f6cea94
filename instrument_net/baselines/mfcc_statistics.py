"""Mean and deviation of cepstral coefficients over a clip's frames: timbre, not its course."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torchaudio.transforms import MFCC

from instrument_net.baselines.baseline import Array
from instrument_net.data.store import FULL_SCALE

_N_FFT = 2048


class MfccStatistics:
    """Describe a clip by mean and standard deviation of each coefficient over its frames.

    The coefficients are those of ``librosa.feature.mfcc`` with its defaults: frames of 2048 samples
    every 512, 128 mel bands on Slaney's scale, decibels down to 80 below the loudest, orthonormal
    DCT, the zeroth coefficient (level) included. Padding at the end is not part of the clip.

    Args:
        sample_rate_hz: Of the waveforms.
        n_mfcc: Coefficients; the descriptors are twice as many.

    References:
        Davis & Mermelstein, IEEE Trans. ASSP 28(4), 1980; statistics over frames as in Tzanetakis &
        Cook, IEEE Trans. SAP 10(5), 2002.
    """

    def __init__(self, *, sample_rate_hz: int, n_mfcc: int = 20) -> None:
        self.settings: dict[str, object] = {
            "descriptor": "mfcc_statistics",
            "sample_rate_hz": sample_rate_hz,
            "n_mfcc": n_mfcc,
        }
        self._mfcc = MFCC(
            sample_rate_hz,
            n_mfcc=n_mfcc,
            melkwargs={
                "n_fft": _N_FFT,
                "hop_length": 512,
                "n_mels": 128,
                "mel_scale": "slaney",
                "norm": "slaney",
                "pad_mode": "constant",
            },
        )

    def __call__(self, waveform: npt.NDArray[np.int16]) -> Array:
        """Return ``(2 * n_mfcc,)``: means, then deviations; deviations of silence are 0.

        Args:
            waveform: ``(num_samples,)``, 32,767 is a peak of 1.
        """
        sound = np.trim_zeros(waveform, "b")
        samples = torch.zeros(1, max(len(sound), _N_FFT))
        samples[0, : len(sound)] = torch.from_numpy(sound.astype(np.float32) / FULL_SCALE)
        coefficients = self._mfcc(samples)[0]  # (n_mfcc, frames)
        deviation, mean = torch.std_mean(coefficients, dim=1, correction=0)
        described: Array = torch.cat([mean, deviation]).double().numpy()
        return described
