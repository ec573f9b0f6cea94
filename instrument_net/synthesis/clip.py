"""One clip: an individual of a class plays a note or a phrase in a room with a microphone."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

import numpy as np
import scipy.signal

from instrument_net.errors import InputError
from instrument_net.spelling import hint
from instrument_net.synthesis.body import body_impulse_response
from instrument_net.synthesis.instruments import InstrumentModel, Sounding
from instrument_net.synthesis.note import (
    SAMPLE_RATE_HZ,
    Articulation,
    Dynamic,
    Note,
    Waveform,
)
from instrument_net.synthesis.phrase import play_phrase
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.room import room_impulse_response
from instrument_net.synthesis.tables import table_of

_QUIETEST_DB = -24.0
"""Peak level of a pianissimo relative to a fortissimo."""
_FORTISSIMO_PEAK = 0.8
_STACCATO_S = (0.4, 0.7)
_SHORTEST_HELD_S = 0.9
_LATEST_ONSET_S = 0.12
_SNR_DB = (30.0, 60.0)


@dataclass(frozen=True)
class ClipMetadata:
    """The metadata of a clip.

    Args:
        label: Class name.
        instrument_id: The individual, unique over all classes, for example ``flute-03``.
        pitch_midi: MIDI note number, in a phrase of the first note; for noise, of the key that its
            filter follows.
        dynamic: ``pp`` to ``ff``.
        articulation: ``sustained``, ``staccato`` or ``accented``.
        duration_s: Length of the whole clip in seconds.
    """

    label: str
    instrument_id: str
    pitch_midi: int
    dynamic: Dynamic
    articulation: Articulation
    duration_s: float


@dataclass(frozen=True)
class Individual:
    """One instrument as recorded: its sound generator, and body and room as one filter."""

    sounding: Sounding
    impulse_response: Waveform


def render_clip(
    label: str, *, individual: int, clip: int, seed: int = 0, table: str = "kinds"
) -> tuple[Waveform, ClipMetadata]:
    """Render one clip of one individual.

    Args:
        label: Class name, a key of the table.
        individual: Number of the individual, from 0; it fixes body, room and habits.
        clip: Number of the clip, from 0; it fixes pitch, dynamic, articulation, length and noise.
        seed: Another seed gives other individuals and other clips.
        table: The table of instruments, a key of ``TABLES``.

    Returns:
        A float32 waveform ``(samples,)`` at 44,100 Hz, 0.4 to 7 s long, within (-1, 1), and its
        metadata. The arguments determine it to the last bit, whatever was rendered before.

    Raises:
        InputError: If table or class is unknown (the message names the nearest one) or a number
            negative.
    """
    models = table_of(table)
    if label not in models:
        raise InputError(f"no instrument class {label!r}{hint(label, models)}")
    for name, number in (("individual", individual), ("clip", clip), ("seed", seed)):
        if number < 0:
            raise InputError(f"{name} is {number}; expected 0 or more")
    rng = _generator(seed, label, individual, clip)
    model = models[label]
    note = _draw_note(model, rng)
    instrument = _draw_individual(model, label, individual, seed)
    if model.phrase_share > 0 and rng.random() < model.phrase_share:
        dry = play_phrase(note, instrument.sounding, model, rng)
    else:
        dry = instrument.sounding.play(note, rng)
    wet = scipy.signal.oaconvolve(dry, instrument.impulse_response).astype(np.float32)
    waveform = _record(wet, note, rng)
    return waveform, ClipMetadata(
        label=label,
        instrument_id=f"{label}-{individual:02d}",
        pitch_midi=note.pitch_midi,
        dynamic=note.dynamic,
        articulation=note.articulation,
        duration_s=round(waveform.size / SAMPLE_RATE_HZ, 4),
    )


def _generator(seed: int, label: str, *numbers: int) -> np.random.Generator:
    # crc32, because Python's hash() of a string differs from process to process.
    spawn_key = (zlib.crc32(label.encode()), *numbers)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=spawn_key))


# An individual's body and room cost more than a short note: its clips are rendered in a row.
@lru_cache(maxsize=8)
def _draw_individual(model: InstrumentModel, label: str, individual: int, seed: int) -> Individual:
    rng = _generator(seed, label, individual)
    sounding = model.draw(rng)
    response = room_impulse_response(
        log_uniform(rng, *model.room_t60_s), wet_db=uniform(rng, -18, -8), rng=rng
    )
    if model.body is not None:
        body = body_impulse_response(model.body, rng)
        response = scipy.signal.oaconvolve(response, body).astype(np.float32)
    return Individual(sounding, response)


def _draw_note(model: InstrumentModel, rng: np.random.Generator) -> Note:
    articulation = model.articulations[int(rng.integers(len(model.articulations)))]
    dynamics: tuple[Dynamic, ...] = get_args(Dynamic)
    shortest_s, longest_s = (
        _STACCATO_S if articulation == "staccato" else (_SHORTEST_HELD_S, model.longest_s)
    )
    return Note(
        pitch_midi=int(rng.integers(model.lowest_midi, model.highest_midi + 1)),
        dynamic=dynamics[int(rng.integers(len(dynamics)))],
        articulation=articulation,
        duration_s=log_uniform(rng, shortest_s, longest_s),
    )


def _record(wet: Waveform, note: Note, rng: np.random.Generator) -> Waveform:
    """Set the level, delay the onset a little, and add the microphone's noise."""
    peak = _FORTISSIMO_PEAK * 10 ** (_QUIETEST_DB / 20 * (1 - note.loudness))
    onset = int(uniform(rng, 0.0, _LATEST_ONSET_S) * SAMPLE_RATE_HZ)
    snr_db = uniform(rng, *_SNR_DB)
    gain = peak / max(float(np.abs(wet).max()), 1e-30)
    noise_rms = gain * float(np.sqrt(np.mean(np.square(wet)))) * 10 ** (-snr_db / 20)
    waveform = rng.standard_normal(onset + wet.size, dtype=np.float32) * np.float32(noise_rms)
    waveform[onset:] += wet * np.float32(gain)
    return waveform
