"""The table of instruments: how each class sounds, how it is played, its bodies and rooms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol

import numpy as np

from instrument_net.synthesis.body import BodyHabit
from instrument_net.synthesis.bowed_string import draw_bowed_string
from instrument_net.synthesis.brass import draw_brass
from instrument_net.synthesis.flute import draw_flute
from instrument_net.synthesis.note import Articulation, Note, Waveform
from instrument_net.synthesis.percussion import draw_bell, draw_membrane
from instrument_net.synthesis.pipe_organ import draw_pipe_organ
from instrument_net.synthesis.plucked_string import draw_plucked_string
from instrument_net.synthesis.reeds import draw_double_reed, draw_single_reed
from instrument_net.synthesis.struck_bar import draw_struck_bar
from instrument_net.synthesis.struck_string import draw_struck_string
from instrument_net.synthesis.voice import draw_voice
from instrument_net.synthesis.waves import draw_noise, draw_plain_wave


class Sounding(Protocol):
    """The sound generator of one individual, before body and room."""

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)`` at 44,100 Hz."""
        ...


@dataclass(frozen=True)
class InstrumentModel:
    """One class of instruments.

    Args:
        draw: Draws one individual of the class.
        lowest_midi: Lowest note of the range.
        highest_midi: Highest note of the range.
        body: Resonances of the class's bodies; None for electronic sound.
        room_t60_s: Range of the rooms' reverberation times in seconds.
        articulations: Ways of playing a note; one that is listed twice is twice as likely.
        longest_s: Length of the longest note in seconds.
        phrase_share: Probability that a clip is a phrase of several notes instead of one.
    """

    draw: Callable[[np.random.Generator], Sounding]
    lowest_midi: int
    highest_midi: int
    body: BodyHabit | None
    room_t60_s: tuple[float, float] = (0.15, 0.5)
    articulations: tuple[Articulation, ...] = ("sustained", "staccato", "accented")
    longest_s: float = 4.0
    phrase_share: float = 0.0


_SUSTAINED_OR_STACCATO: tuple[Articulation, ...] = ("sustained", "staccato")
_STRUCK = partial(InstrumentModel, articulations=_SUSTAINED_OR_STACCATO)
_PLAIN = partial(
    InstrumentModel,
    lowest_midi=45,
    highest_midi=84,
    body=None,
    articulations=_SUSTAINED_OR_STACCATO,
)
_CHURCH_T60_S = (0.6, 1.2)

INSTRUMENTS: Mapping[str, InstrumentModel] = MappingProxyType(
    {
        "plucked_string": _STRUCK(draw_plucked_string, 40, 76, BodyHabit(6, 90, 1500, 7)),
        "struck_string": _STRUCK(draw_struck_string, 33, 84, BodyHabit(6, 80, 2000, 4)),
        "bowed_string": InstrumentModel(
            draw_bowed_string, 48, 84, BodyHabit(10, 250, 4500, 5, 0.5)
        ),
        "single_reed": InstrumentModel(draw_single_reed, 50, 79, BodyHabit(3, 400, 4000, 2)),
        "double_reed": InstrumentModel(draw_double_reed, 58, 82, BodyHabit(3, 500, 4000, 3)),
        "brass": InstrumentModel(draw_brass, 41, 74, BodyHabit(3, 300, 3000, 2)),
        "flute": InstrumentModel(draw_flute, 60, 91, BodyHabit(3, 500, 5000, 3)),
        "pipe_organ": InstrumentModel(
            draw_pipe_organ,
            43,
            79,
            BodyHabit(4, 200, 4000, 3),
            room_t60_s=_CHURCH_T60_S,
            articulations=_SUSTAINED_OR_STACCATO,
        ),
        "bell": _STRUCK(draw_bell, 57, 81, BodyHabit(3, 300, 5000, 4)),
        "struck_bar": _STRUCK(draw_struck_bar, 48, 84, BodyHabit(3, 200, 3000, 3)),
        "membrane": _STRUCK(draw_membrane, 33, 57, BodyHabit(4, 80, 1500, 4)),
        "voice": InstrumentModel(draw_voice, 45, 74, BodyHabit(3, 300, 4000, 2)),
        "sine": _PLAIN(partial(draw_plain_wave, "sine")),
        "square": _PLAIN(partial(draw_plain_wave, "square")),
        "sawtooth": _PLAIN(partial(draw_plain_wave, "sawtooth")),
        "triangle": _PLAIN(partial(draw_plain_wave, "triangle")),
        "noise": _PLAIN(draw_noise),
    }
)
"""Class name -> its model, 17 classes."""
