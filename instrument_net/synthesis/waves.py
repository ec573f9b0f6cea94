"""Plain waves and noise of an electronic synthesiser, without a body.

Fourier series: Oppenheim & Willsky, Signals and Systems, ch. 3; here band-limited.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from instrument_net.synthesis.control_rate import control_times_s, to_audio_rate
from instrument_net.synthesis.envelopes import driven_envelope
from instrument_net.synthesis.noise import shaped_noise
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Note, Waveform
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import SustainedTone


@dataclass(frozen=True)
class PlainWaveSpectrum:
    """Fourier amplitudes of a wave shape, the same at every loudness.

    Args:
        shape: ``sine``: h = 1; ``sawtooth``: 1/h; ``square``: 1/h, odd; ``triangle``: 1/h^2, odd.
    """

    shape: Literal["sine", "square", "sawtooth", "triangle"]

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        odd = harmonic % 2 == 1
        if self.shape == "sine":
            return np.where(harmonic == 1, 1.0, 0.0)
        if self.shape == "sawtooth":
            return 1 / harmonic
        if self.shape == "square":
            return np.where(odd, 1 / harmonic, 0.0)
        return np.where(odd, 1 / harmonic**2, 0.0)


def draw_plain_wave(
    shape: Literal["sine", "square", "sawtooth", "triangle"], rng: np.random.Generator
) -> SustainedTone:
    """Return one oscillator: exactly in tune; dynamics only change its level."""
    return SustainedTone(
        spectra=(PlainWaveSpectrum(shape),),
        attack_s=log_uniform(rng, 0.004, 0.04),
        release_s=log_uniform(rng, 0.03, 0.2),
    )


@dataclass(frozen=True)
class FilteredNoise:
    """A noise generator of fixed colour whose low-pass filter follows the key.

    Args:
        tilt_db_per_octave: 0 = white, -3 = pink, -6 = brown.
        filter_ratio: The filter's corner as a multiple of the key's frequency.
        attack_s: Seconds of the attack.
        release_s: Seconds of the release until -60 dB.
    """

    tilt_db_per_octave: float
    filter_ratio: float
    attack_s: float
    release_s: float

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)``."""
        corner_hz = self.filter_ratio * note.f0_hz * 2 ** (note.loudness - 0.5)

        def magnitude(frequency_hz: FloatArray) -> FloatArray:
            octaves = np.log2(np.maximum(frequency_hz, 30.0) / 1000.0)
            tilt = 10 ** (self.tilt_db_per_octave * octaves / 20)
            return np.asarray(tilt / np.sqrt(1 + (frequency_hz / corner_hz) ** 2), dtype=np.float64)

        num_samples = int((note.duration_s + self.release_s) * SAMPLE_RATE_HZ)
        envelope = driven_envelope(
            control_times_s(num_samples),
            attack_s=self.attack_s,
            duration_s=note.duration_s,
            release_s=self.release_s,
            accent=0.8 if note.articulation == "accented" else 0.0,
        )
        noise = shaped_noise(num_samples, magnitude, rng)
        return noise * to_audio_rate(envelope, num_samples)


def draw_noise(rng: np.random.Generator) -> FilteredNoise:
    """Return one noise generator, white to pinkish."""
    return FilteredNoise(
        tilt_db_per_octave=uniform(rng, -4.0, 0.0),
        filter_ratio=log_uniform(rng, 5.0, 12.0),
        attack_s=log_uniform(rng, 0.004, 0.1),
        release_s=log_uniform(rng, 0.05, 0.3),
    )
