"""The tables of instruments, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from instrument_net.synthesis.instruments import INSTRUMENTS, InstrumentModel
from instrument_net.synthesis.orchestra import ORCHESTRA

TABLES: Mapping[str, Mapping[str, InstrumentModel]] = MappingProxyType(
    {"kinds": INSTRUMENTS, "orchestra": ORCHESTRA}
)
"""Table name -> its classes: principles of sound, or instruments as recordings name them."""


def table_of(name: str) -> Mapping[str, InstrumentModel]:
    """Return a table.

    Raises:
        ValueError: If there is none of that name.
    """
    if name not in TABLES:
        raise ValueError(f"unknown table of instruments {name!r}; known are {', '.join(TABLES)}")
    return TABLES[name]
