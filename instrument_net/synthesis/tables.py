"""The tables of instruments, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from instrument_net.errors import InputError
from instrument_net.spelling import hint
from instrument_net.synthesis.instruments import INSTRUMENTS, InstrumentModel
from instrument_net.synthesis.orchestra import ORCHESTRA

TABLES: Mapping[str, Mapping[str, InstrumentModel]] = MappingProxyType(
    {"kinds": INSTRUMENTS, "orchestra": ORCHESTRA}
)
"""Table name -> its classes: principles of sound production, or instruments of the orchestra."""


def table_of(name: str) -> Mapping[str, InstrumentModel]:
    """Return a table.

    Raises:
        InputError: If no table has this name.
    """
    if name not in TABLES:
        raise InputError(f"no table of instruments {name!r}{hint(name, TABLES)}")
    return TABLES[name]
