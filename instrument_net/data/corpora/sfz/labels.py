"""Which instrument a region of an .sfz file is, from all the names around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from instrument_net.data.corpora.sfz.names import instrument_in, names_a_family, own_name
from instrument_net.data.corpora.sfz.regions import Region, SfzFile

_GROUP_LABELS = ("region_label", "group_label", "master_label", "sw_label")  # the nearest first
_LONGEST_TITLE = 6  # words; a longer line of a comment is prose, which may thank a flutist


class Trust(IntEnum):
    """How much a label says; where two files disagree about a sample, the lower one counts."""

    INSTRUMENT = 0
    FAMILY = 1
    FILE_NAME = 2


@dataclass(frozen=True)
class Label:
    """What a region is labelled.

    Attributes:
        name: A known instrument, or else the name of the .sfz file.
        trust: Which of the two.
    """

    name: str
    trust: Trust


def label_of(sfz: SfzFile, region: Region, sample: Path, root: Path) -> Label:
    """Return the label of a region: the first known instrument that is named at it or around it.

    Looked at in this order: ``global_label``, the name of the .sfz file, the labels of its region,
    group, master and key switch; if these name no family either (strings), the folders of the
    sample, those of the .sfz file, each from the inside out, and the first lines of its comment.

    Args:
        sfz: The file.
        region: One of its regions.
        sample: That the region plays.
        root: Folder of all libraries.
    """
    opcodes = region.opcodes
    near = [opcodes.get("global_label", ""), sfz.path.stem]
    near += [opcodes.get(opcode, "") for opcode in _GROUP_LABELS]
    around = [*_folders(sample, root), *_folders(sfz.path, root), root.name]
    around += [line for line in sfz.heading if len(line.split()) <= _LONGEST_TITLE]
    named, said = _found(near), _found(around)
    families = [label for label in named if names_a_family(label)]
    instruments = [label for label in named if not names_a_family(label)]
    if not named:
        instruments = [label for label in said if not names_a_family(label)]
    if instruments:
        return Label(instruments[0], Trust.INSTRUMENT)
    if families:
        return Label(families[0], Trust.FAMILY)
    return Label(own_name(sfz.path.stem), Trust.FILE_NAME)


def _found(names: list[str]) -> list[str]:
    return [label for label in map(instrument_in, names) if label is not None]


def _folders(file: Path, root: Path) -> Iterator[str]:
    if file.is_relative_to(root):
        yield from reversed(file.parent.relative_to(root).parts)
