"""A stroke: the noise of stick or mallet, and the damping by hand."""

import numpy as np

from instrument_net.synthesis.envelopes import damped
from instrument_net.synthesis.noise import contact_burst
from instrument_net.synthesis.note import Note, Waveform


def struck(
    waveform: Waveform,
    low_hz: float,
    high_hz: float,
    knock_db: float,
    note: Note,
    release_s: float,
    rng: np.random.Generator,
) -> Waveform:
    """Add the noise of the stroke and stop the vibration by hand at the end of the note."""
    knock = contact_burst(low_hz, high_hz, 0.04, rng)[: waveform.size]
    waveform[: knock.size] += np.abs(waveform).max() * 10 ** (knock_db / 20) * knock
    return damped(waveform, note.duration_s, release_s)
