"""Instruments of the orchestra, as varied as recordings of them.

The classes of :data:`~instrument_net.synthesis.INSTRUMENTS` are principles of sound production, for
trying out networks. These have the names of recorded instruments, may be combined with recordings
of them (``data/extra=orchestra``), and vary what a few libraries cannot: bodies, rooms, players.
Sizes and ranges: Fletcher & Rossing, ch. 9 to 19. Decays, unevenness of partials, noise levels:
docs/experiments.md.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from instrument_net.synthesis.body import BodyHabit
from instrument_net.synthesis.bowed_string import draw_bowed_string
from instrument_net.synthesis.brass import draw_brass
from instrument_net.synthesis.flute import draw_flute
from instrument_net.synthesis.instruments import InstrumentModel
from instrument_net.synthesis.players import BowedOrPlucked, by_any_player
from instrument_net.synthesis.plucked_string import (
    draw_acoustic_guitar,
    draw_electric_bass,
    draw_electric_guitar,
    draw_harp,
    draw_pizzicato,
)
from instrument_net.synthesis.reeds import draw_double_reed, draw_saxophone, draw_single_reed
from instrument_net.synthesis.struck_bar import draw_marimba, draw_vibraphone
from instrument_net.synthesis.struck_string import draw_piano
from instrument_net.synthesis.sustained import SustainedTone
from instrument_net.synthesis.voice import draw_voice

_SLOWEST_BOW = 6.0

_RECORDED = partial(InstrumentModel, longest_s=6.0, phrase_share=0.25)
_DRIVEN = partial(
    _RECORDED, articulations=("sustained", "sustained", "sustained", "accented", "staccato")
)
_STRUCK = partial(_RECORDED, articulations=(*["sustained"] * 4, "staccato"))
_BODY = partial(BodyHabit, tilt_db_per_octave=3.0, narrowest_octaves=0.04)
_PICKUP = BodyHabit(3, 300, 4000, 6, 3.0)


def _blown(
    draw: Callable[..., SustainedTone], **options: float
) -> Callable[[np.random.Generator], SustainedTone]:
    return partial(by_any_player, partial(draw, **options))


def _bowed(size: float) -> Callable[[np.random.Generator], BowedOrPlucked]:
    def draw(rng: np.random.Generator) -> BowedOrPlucked:
        violin = partial(draw_bowed_string, size=size)
        bowed = by_any_player(violin, rng, slowest_attack=_SLOWEST_BOW)
        return BowedOrPlucked(bowed, draw_pizzicato(rng, size=size))

    return draw


ORCHESTRA: Mapping[str, InstrumentModel] = MappingProxyType(
    {
        "violin": _DRIVEN(_bowed(1.0), 55, 100, _BODY(24, 250, 6000, 7, radiates_from_hz=240)),
        "viola": _DRIVEN(_bowed(1.3), 48, 88, _BODY(24, 200, 5000, 7, radiates_from_hz=180)),
        "cello": _DRIVEN(_bowed(2.0), 36, 81, _BODY(24, 100, 4000, 7, radiates_from_hz=90)),
        "double_bass": _DRIVEN(_bowed(3.2), 28, 67, _BODY(24, 60, 3000, 7, radiates_from_hz=60)),
        "flute": _DRIVEN(_blown(draw_flute), 59, 96, _BODY(10, 400, 6000, 5, radiates_from_hz=150)),
        "oboe": _DRIVEN(
            _blown(draw_double_reed), 58, 91, _BODY(10, 400, 6000, 5, radiates_from_hz=150)
        ),
        "clarinet": _DRIVEN(
            _blown(draw_single_reed), 50, 91, _BODY(10, 300, 6000, 5, radiates_from_hz=100)
        ),
        "bassoon": _DRIVEN(
            _blown(draw_double_reed, size=2.3), 34, 72, _BODY(10, 200, 4000, 5, radiates_from_hz=50)
        ),
        "saxophone": _DRIVEN(
            _blown(draw_saxophone), 44, 85, _BODY(10, 200, 5000, 5, radiates_from_hz=100)
        ),
        "trumpet": _DRIVEN(
            _blown(draw_brass, size=0.6), 54, 84, _BODY(10, 400, 6000, 5, radiates_from_hz=100)
        ),
        "french_horn": _DRIVEN(
            _blown(draw_brass, size=1.6), 35, 77, _BODY(10, 200, 4000, 5, radiates_from_hz=50)
        ),
        "trombone": _DRIVEN(
            _blown(draw_brass, size=1.2), 40, 72, _BODY(10, 200, 4000, 5, radiates_from_hz=50)
        ),
        "tuba": _DRIVEN(
            _blown(draw_brass, size=2.6), 26, 60, _BODY(10, 100, 2500, 5, radiates_from_hz=30)
        ),
        "piano": _STRUCK(draw_piano, 21, 108, _BODY(16, 80, 4000, 5, radiates_from_hz=50)),
        "harp": _STRUCK(draw_harp, 24, 103, _BODY(16, 100, 3000, 6, radiates_from_hz=130)),
        "acoustic_guitar": _STRUCK(
            draw_acoustic_guitar, 40, 83, _BODY(16, 90, 3000, 7, radiates_from_hz=90)
        ),
        "electric_guitar": _STRUCK(draw_electric_guitar, 40, 86, _PICKUP),
        "electric_bass": _STRUCK(draw_electric_bass, 24, 67, _PICKUP),
        "vibraphone": _STRUCK(draw_vibraphone, 53, 89, _BODY(8, 200, 4000, 4, radiates_from_hz=50)),
        "marimba": _STRUCK(draw_marimba, 45, 96, _BODY(8, 200, 4000, 4, radiates_from_hz=50)),
        "voice": _DRIVEN(_blown(draw_voice), 40, 84, _BODY(6, 300, 4000, 3, radiates_from_hz=60)),
    }
)  # fmt: skip
"""Class name -> its model, 21 classes."""
