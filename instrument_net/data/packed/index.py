"""What a pack holds and what each file in it is called; ``pack.json``, which is written last.

A pack has a folder for each of train, validation and test: chunks of clips in LitData's format with
their index, a table of the clips, and two arrays with the class and the source of each of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.packed.place import Place
from instrument_net.errors import InputError

PACK = "pack.json"  # there once the pack is whole
PACKING = "packing.json"  # there until then: what is being packed
REJECTED = "left_out.csv"  # what of the corpus is not here, and why
UNDIVIDED = "others.csv"  # clips that are in no split
TABLE = "clips.csv"  # in the folder of each split, as are the others
CLASSES = "classes.npy"  # int32, -1 for a clip that is not used
SOURCES = "sources.npy"  # int32
CHUNKS = "index.json"  # LitData's own
FORMAT = 1  # raise it whenever an earlier version could not be read


@dataclass(frozen=True)
class PackIndex:
    """What is known about a pack as a whole.

    Attributes:
        sample_rate_hz: Of its waveforms.
        num_samples: Length of a clip; stored without the zeros at its end.
        class_names: Labels of the training clips, in alphabetical order.
        sources: Names that the array of sources refers to; a blank one where it is not known.
        chunk_sizes: Split -> clips of each of its chunks.
        rule: What divided the clips, in words.
        described: The corpus, in words.
        described_split: The split, in words.
        renaming: Which labels have another name than in the corpus, in words.
        fingerprint: Names samples, classes, splits and order of all clips.
    """

    sample_rate_hz: int
    num_samples: int
    class_names: tuple[str, ...]
    sources: tuple[str, ...]
    chunk_sizes: Mapping[str, list[int]]
    rule: str
    described: str
    described_split: str
    renaming: str
    fingerprint: str

    @property
    def starts(self) -> dict[str, int]:
        """The number of the first clip of each split, where all clips are counted in this order."""
        starts, start = {}, 0
        for split in SPLIT_NAMES:
            starts[split] = start
            start += sum(self.chunk_sizes[split])
        return starts

    def to_json(self) -> bytes:
        """Return the content of ``pack.json``."""
        return (json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n").encode()

    @classmethod
    def read(cls, place: Place) -> PackIndex:
        """Read the index of a pack.

        Raises:
            InputError: If there is no pack, it is not whole, or another version wrote it.
        """
        content = place.read(PACK)
        if content is None:
            if place.read(PACKING) is not None:
                raise InputError(
                    f"{place}: this pack is not finished: run the command that writes it again, "
                    "which goes on where it stopped"
                )
            raise InputError(
                f"{place}: no pack, {PACK} is missing; python -m instrument_net.pack writes one"
            )
        try:
            values = json.loads(content)
            if values.pop("format") != FORMAT:
                raise InputError(f"{place}: another version wrote this pack: pack the clips again")
            for name in ("class_names", "sources"):
                values[name] = tuple(values[name])
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{place}: {PACK} is damaged: pack the clips again") from error
