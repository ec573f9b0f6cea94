"""A driven instrument: harmonics that depend on the player's force, and the noise of the drive."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from instrument_net.synthesis.control_rate import control_times_s, phase_cycles, to_audio_rate
from instrument_net.synthesis.envelopes import driven_envelope
from instrument_net.synthesis.noise import band, shaped_noise
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Note, Waveform
from instrument_net.synthesis.ranges import uneven, uniform
from instrument_net.synthesis.vibrato import Vibrato
from instrument_net.synthesis.wavetable import harmonic_numbers, read_wavetables

# Rates at which a held tone's loudness wanders, from the bow's or breath's arc to unsteadiness.
_SWELLS_HZ = (0.25, 0.7, 1.7, 4.0)
# The soft table is the spectrum of a note that is still growing.
_SOFT_SHARE = 0.35


class HarmonicSpectrum(Protocol):
    """The law that gives an instrument's harmonics their amplitudes."""

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative amplitudes >= 0, ``(harmonics,)``, at a loudness from 0 to 1."""
        ...


@dataclass(frozen=True)
class DriveNoise:
    """Noise of breath, bow or wind, which follows the note's envelope.

    Args:
        level_db: RMS relative to that of the tone, at mezzo-forte.
        low_hz: Lower end of the noise's band.
        high_hz: Upper end of the band.
        chiff_db: How much louder the noise is during the attack.
    """

    level_db: float
    low_hz: float
    high_hz: float
    chiff_db: float = 0.0


@dataclass(frozen=True)
class SustainedTone:
    """One individual of a driven instrument.

    Args:
        spectra: Its harmonic law; of several (a singer's vowels), one is drawn for each note.
        attack_s: Seconds of a normal attack.
        release_s: Seconds of the release until -60 dB.
        vibrato: The player's vibrato and other changes of pitch.
        noise: Noise of the drive, or None.
        tremolo_db: Peak swing of the amplitude that goes with the vibrato, in dB.
        spread_db: How uneven the harmonics of a note are; 0 = as in the law.
        swell_db: How far the loudness wanders during a note, in dB; 0 = it is constant.
    """

    spectra: tuple[HarmonicSpectrum, ...]
    attack_s: float
    release_s: float
    vibrato: Vibrato = field(default_factory=Vibrato)
    noise: DriveNoise | None = None
    tremolo_db: float = 0.0
    spread_db: float = 0.0
    swell_db: float = 0.0

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)``, of any level."""
        num_samples = int((note.duration_s + self.release_s) * SAMPLE_RATE_HZ)
        time_s = control_times_s(num_samples)
        accented = note.articulation == "accented"
        envelope = driven_envelope(
            time_s,
            attack_s=self.attack_s * uniform(rng, 0.8, 1.25) * (0.6 if accented else 1.0),
            duration_s=note.duration_s,
            release_s=self.release_s,
            accent=0.8 if accented else 0.0,
        )
        cents = self.vibrato.pitch_cents(time_s, rng)
        if self.vibrato.depth_cents > 0:
            envelope *= 10 ** (self.tremolo_db / 20 * cents / self.vibrato.depth_cents)

        if self.swell_db > 0:
            envelope *= 10 ** (self.swell_db / 20 * _wander(time_s, rng))
            envelope /= max(float(envelope.max()), 1.0)

        spectrum = self.spectra[int(rng.integers(len(self.spectra)))]
        harmonic = harmonic_numbers(note.f0_hz)
        gain = uneven(np.ones_like(harmonic), self.spread_db, rng)
        waveform = read_wavetables(
            gain * spectrum.amplitudes(harmonic, note.f0_hz, _SOFT_SHARE * note.loudness),
            gain * spectrum.amplitudes(harmonic, note.f0_hz, note.loudness),
            self._phases(harmonic),
            phase_cycles(note.f0_hz * 2 ** (cents / 1200), num_samples),
            to_audio_rate(np.clip(envelope, 0.0, 1.0), num_samples),
        )
        waveform *= to_audio_rate(envelope, num_samples)
        if self.noise is not None:
            waveform += self._drive_noise(note, envelope, waveform, rng)
        return waveform

    @staticmethod
    def _phases(harmonic: FloatArray) -> FloatArray:
        """Return Schroeder phases (low crest factor: notes of one dynamic peak alike)."""
        return np.pi * harmonic * (harmonic - 1) / harmonic.size

    def _drive_noise(
        self, note: Note, envelope: FloatArray, tone: Waveform, rng: np.random.Generator
    ) -> Waveform:
        assert self.noise is not None
        noise = shaped_noise(tone.size, band(self.noise.low_hz, self.noise.high_hz), rng)
        # Soft notes are relatively noisier: the tone grows faster than the noise.
        level_db = self.noise.level_db + 6.0 * (0.5 - note.loudness)
        gain = 10 ** (level_db / 20) * float(np.sqrt(np.mean(np.square(tone))))
        time_s = control_times_s(tone.size)
        chiff = 10 ** (self.noise.chiff_db / 20) - 1
        contour = np.sqrt(envelope) * (1 + chiff * np.exp(-time_s / self.attack_s))
        return noise * to_audio_rate(gain * contour, tone.size)


def _wander(time_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return slow, irregular swings of size 1 or so, ``(n,)``."""
    swing = np.zeros_like(time_s)
    for rate_hz in _SWELLS_HZ:
        phase = uniform(rng, 0, 2 * np.pi)
        swing += uniform(rng, -1, 1) * np.sin(2 * np.pi * rate_hz * time_s + phase)
    return swing
