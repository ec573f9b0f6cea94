"""A phrase: a few notes in a row, near each other in pitch, detached to overlapping."""

from dataclasses import replace

import numpy as np

from instrument_net.synthesis.instruments import InstrumentModel, Sounding
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, Note, Waveform
from instrument_net.synthesis.ranges import log_uniform

_LENGTH_S = 3.5
_BEAT_S = (0.12, 1.0)
_OVERLAP = (0.4, 1.3)  # a note's length relative to its step; detached below 1
_SHORTEST_S = 0.08
_STEP_SEMITONES = 4.0
_REST_PROBABILITY = 0.08
_ACCENT_DB = 2.0


def play_phrase(
    first: Note, sounding: Sounding, model: InstrumentModel, rng: np.random.Generator
) -> Waveform:
    """Return the dry sound of a phrase.

    Args:
        first: Its first note; the others have the same dynamic and articulation.
        sounding: The instrument that plays.
        model: The class of the instrument; the phrase stays within its range.
        rng: Draws tempo, rhythm and pitches.

    Returns:
        float32 waveform ``(samples,)`` at 44,100 Hz; the last note begins before 3.5 s.
    """
    beat_s, overlap = log_uniform(rng, *_BEAT_S), log_uniform(rng, *_OVERLAP)
    notes: list[tuple[int, Waveform]] = []
    pitch_midi, onset_s = first.pitch_midi, 0.0
    while onset_s < _LENGTH_S:
        step_s = beat_s * float(rng.choice([0.5, 1.0, 1.0, 2.0]))
        note = replace(first, pitch_midi=pitch_midi, duration_s=max(step_s * overlap, _SHORTEST_S))
        waveform = sounding.play(note, rng)
        level = 10 ** (rng.normal(0, _ACCENT_DB) / 20) / max(float(np.abs(waveform).max()), 1e-9)
        notes.append((int(onset_s * SAMPLE_RATE_HZ), waveform * np.float32(level)))
        onset_s += step_s + (beat_s if rng.random() < _REST_PROBABILITY else 0.0)
        step = round(rng.normal(0, _STEP_SEMITONES))
        pitch_midi = int(np.clip(pitch_midi + step, model.lowest_midi, model.highest_midi))
    phrase = np.zeros(max(start + sound.size for start, sound in notes), dtype=np.float32)
    for start, sound in notes:
        phrase[start : start + sound.size] += sound
    return phrase
