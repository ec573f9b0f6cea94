"""Physically informed instruments -> waveforms, for the synthetic corpora."""

from instrument_net.synthesis.clip import ClipMetadata, render_clip
from instrument_net.synthesis.instruments import INSTRUMENTS, InstrumentModel
from instrument_net.synthesis.note import SAMPLE_RATE_HZ
from instrument_net.synthesis.orchestra import ORCHESTRA
from instrument_net.synthesis.tables import TABLES, table_of

__all__ = [
    "INSTRUMENTS",
    "ORCHESTRA",
    "SAMPLE_RATE_HZ",
    "TABLES",
    "ClipMetadata",
    "InstrumentModel",
    "render_clip",
    "table_of",
]
