"""Presets of a bank -> which samples sound in each, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from instrument_net.data.corpora.soundfont.bank import Bank, text
from instrument_net.data.manifest import ManifestError

# Generators by their numbers: SoundFont specification 2.04, section 8.1.2.
_SUSTAIN, _INSTRUMENT, _KEYS, _VELOCITIES = 37, 41, 43, 44
_COARSE, _FINE, _SAMPLE, _MODES, _ROOT_KEY = 51, 52, 53, 54, 58
_ALL = 127 << 8  # a range from 0 to 127
_NO_KEY = 0xFFFF
_HIGHEST_KEY = 127
# A note whose envelope falls further than this, in 0.1 dB, is not held: it decays.
_HELD_ABOVE = 120


@dataclass(frozen=True)
class Preset:
    """What a MIDI program change chooses.

    Attributes:
        bank: Number of its bank: 0 General MIDI, 128 percussion.
        program: From 0.
        name: As the bank's author called it.
        row: Its record in ``phdr``.
    """

    bank: int
    program: int
    name: str
    row: int


@dataclass(frozen=True)
class Zone:
    """A sample within a preset.

    Attributes:
        sample: Its record in ``shdr``.
        pitch: That it was recorded at, by root key and tuning, as a MIDI note number; ``None``
            where the bank calls it unpitched.
        velocities: Lowest and highest at which it sounds.
        is_held: Whether its loop is repeated at an even level for as long as a key is held.
    """

    sample: int
    pitch: float | None
    velocities: tuple[int, int]
    is_held: bool


def presets_of(bank: Bank) -> list[Preset]:
    """Return the presets by bank and program."""
    records = bank.tables["phdr"][:-1]
    presets = [
        Preset(int(one["bank"]), int(one["program"]), text(one["name"]), row)
        for row, one in enumerate(records)
    ]
    return sorted(presets, key=lambda preset: (preset.bank, preset.program, preset.row))


def zones_of(bank: Bank, preset: Preset) -> Iterator[Zone]:
    """Yield the samples that can sound in a preset.

    Raises:
        ManifestError: If one is of an instrument or sample that the bank does not have.
    """
    for outer in _generators(bank, "phdr", preset.row, last=_INSTRUMENT):
        instrument = outer[_INSTRUMENT]
        _check(bank, preset, instrument, "inst", "instrument")
        for inner in _generators(bank, "inst", instrument, last=_SAMPLE):
            _check(bank, preset, inner[_SAMPLE], "shdr", "sample")
            velocities = _both(outer, inner, _VELOCITIES)
            if velocities and _both(outer, inner, _KEYS):
                yield Zone(
                    sample=inner[_SAMPLE],
                    pitch=_recorded_pitch(bank.headers[inner[_SAMPLE]], outer, inner),
                    velocities=velocities,
                    is_held=bool(inner.get(_MODES, 0) & 1) and _level(outer, inner) < _HELD_ABOVE,
                )


def _generators(bank: Bank, table: str, row: int, *, last: int) -> Iterator[Mapping[int, int]]:
    """Yield the settings of each zone that ends in the generator ``last``, over the global ones."""
    bags, generators = ("pbag", "pgen") if table == "phdr" else ("ibag", "igen")
    first, end = bank.tables[table]["bag"][row : row + 2]
    for_all: dict[int, int] = {}
    for position, bag in enumerate(range(int(first), int(end))):
        start, stop = bank.tables[bags]["gen"][bag : bag + 2]
        records = bank.tables[generators][start:stop]
        own = dict(zip(records["oper"].tolist(), records["amount"].tolist(), strict=True))
        if last in own:
            yield for_all | own
        elif position == 0:
            for_all = own


def _both(outer: Mapping[int, int], inner: Mapping[int, int], what: int) -> tuple[int, int] | None:
    """Return lowest and highest of the range that both leave; ``None`` where they leave none."""
    ranges = [(one.get(what, _ALL) & 0xFF, one.get(what, _ALL) >> 8) for one in (outer, inner)]
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    return (low, high) if low <= high else None


def _recorded_pitch(
    header: np.void, outer: Mapping[int, int], inner: Mapping[int, int]
) -> float | None:
    root = inner.get(_ROOT_KEY, _NO_KEY)
    if root > _HIGHEST_KEY:
        root = int(header["root_key"])
    if root > _HIGHEST_KEY:
        return None
    # The root key sounds in tune when the sample is shifted by all of these: it was that much off.
    coarse = _signed(inner.get(_COARSE, 0)) + _signed(outer.get(_COARSE, 0))
    fine = _signed(inner.get(_FINE, 0)) + _signed(outer.get(_FINE, 0)) + int(header["correction"])
    return root - coarse - fine / 100


def _level(outer: Mapping[int, int], inner: Mapping[int, int]) -> int:
    return _signed(inner.get(_SUSTAIN, 0)) + _signed(outer.get(_SUSTAIN, 0))


def _signed(amount: int) -> int:
    return amount - 0x1_0000 if amount >= 0x8000 else amount


def _check(bank: Bank, preset: Preset, row: int, table: str, noun: str) -> None:
    there = len(bank.tables[table]) - 1
    if row >= there:
        raise ManifestError(
            f"{bank.path}: preset {preset.bank}:{preset.program} {preset.name} has {noun} {row + 1}"
            f" of {there}: the SoundFont is damaged; copy it again"
        )
