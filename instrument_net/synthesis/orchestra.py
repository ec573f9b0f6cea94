"""Instruments by the names that recordings of them have: the families, in their sizes and ranges.

Where :data:`~instrument_net.synthesis.INSTRUMENTS` has one class a principle of sound, for networks
to be tried out on, these stand beside recordings of the same instruments (``data/extra=orchestra``,
with the flute and the voice of that table) and vary what a few libraries cannot: bodies, rooms,
players. Sizes and ranges: Fletcher & Rossing, ch. 10 to 19.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from instrument_net.synthesis.body import BodyHabit
from instrument_net.synthesis.bowed_string import draw_bowed_string
from instrument_net.synthesis.brass import draw_brass
from instrument_net.synthesis.instruments import INSTRUMENTS, STRUCK, InstrumentModel
from instrument_net.synthesis.percussion import draw_metal_bar, draw_struck_bar
from instrument_net.synthesis.reeds import draw_double_reed, draw_saxophone, draw_single_reed
from instrument_net.synthesis.strings import (
    draw_harp,
    draw_plucked_string,
    draw_steel_string,
    draw_struck_string,
)

_PICKUP = BodyHabit(3, 300, 4000, 6, 2.0)

ORCHESTRA: Mapping[str, InstrumentModel] = MappingProxyType(
    {
        "violin": InstrumentModel(draw_bowed_string, 55, 100, BodyHabit(10, 250, 4500, 5, 0.5)),
        "viola": InstrumentModel(
            partial(draw_bowed_string, size=1.3), 48, 88, BodyHabit(10, 200, 3500, 5, 0.5)
        ),
        "cello": InstrumentModel(
            partial(draw_bowed_string, size=2.0), 36, 81, BodyHabit(10, 100, 3000, 6, 0.5)
        ),
        "double_bass": InstrumentModel(
            partial(draw_bowed_string, size=3.2), 28, 67, BodyHabit(10, 60, 2000, 6, 0.5)
        ),
        "oboe": InstrumentModel(draw_double_reed, 58, 91, BodyHabit(3, 500, 4000, 3)),
        "clarinet": InstrumentModel(draw_single_reed, 50, 91, BodyHabit(3, 400, 4000, 3)),
        "bassoon": InstrumentModel(
            partial(draw_double_reed, size=2.3), 34, 72, BodyHabit(3, 200, 2500, 3)
        ),
        "saxophone": InstrumentModel(draw_saxophone, 44, 85, BodyHabit(3, 300, 4000, 4)),
        "trumpet": InstrumentModel(
            partial(draw_brass, size=0.6), 54, 84, BodyHabit(3, 500, 4000, 3)
        ),
        "french_horn": InstrumentModel(
            partial(draw_brass, size=1.6), 35, 77, BodyHabit(3, 200, 2000, 3)
        ),
        "trombone": InstrumentModel(
            partial(draw_brass, size=1.2), 40, 72, BodyHabit(3, 200, 2500, 3)
        ),
        "tuba": InstrumentModel(
            partial(draw_brass, size=2.6), 26, 60, BodyHabit(3, 100, 1500, 3)
        ),
        "piano": STRUCK(draw_struck_string, 21, 108, BodyHabit(6, 80, 2000, 4)),
        "harp": STRUCK(draw_harp, 24, 103, BodyHabit(6, 100, 2000, 5)),
        "acoustic_guitar": STRUCK(draw_plucked_string, 40, 83, BodyHabit(6, 90, 1500, 7)),
        "electric_guitar": STRUCK(draw_steel_string, 40, 86, _PICKUP),
        "electric_bass": STRUCK(draw_steel_string, 28, 67, _PICKUP),
        "vibraphone": STRUCK(draw_metal_bar, 53, 89, BodyHabit(3, 200, 3000, 3)),
        "marimba": STRUCK(draw_struck_bar, 45, 96, BodyHabit(3, 200, 3000, 3)),
    }
)  # fmt: skip
"""Class name -> its model, 19 classes; none is called as one of ``INSTRUMENTS`` is."""

MODELS: Mapping[str, InstrumentModel] = MappingProxyType({**INSTRUMENTS, **ORCHESTRA})
"""Class name -> its model, of both tables."""
