"""A corpus that is one SoundFont, or a folder of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from instrument_net.data.corpora.soundfont.bank import Bank
from instrument_net.data.corpora.soundfont.extraction import LEFT_OUT, TABLE, Choice, extract
from instrument_net.data.corpora.soundfont.finding import open_banks
from instrument_net.data.label_table import LabelTable
from instrument_net.data.manifest import Manifest, read_manifest
from instrument_net.errors import InputError
from instrument_net.files import PassedOver

_READING = 1  # raise it whenever the same banks and settings would give other clips
_CAVEAT = (
    "samples of SoundFonts, cut and looped for playing: scores on them say little about recordings"
)


@dataclass(frozen=True)
class SoundFontCorpus:
    """The samples of SoundFonts as recorded: no synthesiser, no envelope, no transposition.

    A preset is an instrument. Its program of General MIDI names it, and a table names the label.
    Each sample is one clip, however many presets and banks hold it; its content is written once,
    into a folder that follows from banks and settings. Presets that share samples have one
    ``instrument_id``, banks that share samples one ``source``.

    Left out, with a reason: samples that presets of different labels share, that are shorter than
    ``shortest_s``, or of a note that the instrument does not have.

    Attributes:
        path: An SF2 or SF3 file, or a folder with such files at any depth.
        programs: A table as for labels, program -> label; or its file, or its name in
            ``conf/labels``.
        banks: Numbers of the banks within a file, such as 128 for percussion; ``None``: 0 alone,
            which is General MIDI.
        shortest_s: What is shorter is left out, seconds.
        held_s: A loop that sounds for as long as a key is held is repeated up to this length,
            seconds; ``None``: as recorded.
        folder: Where clips are kept.

    Raises:
        InputError: If a length or a bank number is out of range.
    """

    path: str | Path
    programs: str | Path | LabelTable = "general_midi"
    banks: Sequence[int] | None = None
    shortest_s: float = 0.1
    held_s: float | None = None
    folder: str | Path = "outputs/soundfonts"

    def __post_init__(self) -> None:
        """Check the settings before anything is read."""
        if not 0 < self.shortest_s < 60:
            raise InputError(f"shortest_s must be above 0 and below 60 s, got {self.shortest_s:g}")
        if self.held_s is not None and not 0 < self.held_s < 60:
            raise InputError(f"held_s must be above 0 and below 60 s, or null, got {self.held_s:g}")
        given: object = self.banks
        if given is None:
            return
        is_list = isinstance(given, Sequence) and not isinstance(given, str) and len(given) > 0
        if not is_list or not all(isinstance(n, int) and n >= 0 for n in self.banks or ()):
            raise InputError(
                f"banks must be a list of numbers from 0 on, as [0,128], or null, got {given!r}"
            )

    def read(self) -> Manifest:
        """Return the table of clips, extracting them first where they are missing.

        Raises:
            ManifestError: If there is no SoundFont, none can be read, or none has a sample with a
                label that can be used.
            LabelTableError: If the table of programs cannot be used.
        """
        root, given = Path(self.path), self.programs
        programs = given if isinstance(given, LabelTable) else LabelTable.read(given)
        choice = Choice(programs, self.banks or [0], self.shortest_s, self.held_s)
        banks, unreadable = open_banks(root)
        folder = Path(self.folder) / _fingerprint(banks, choice)
        if not (folder / TABLE).is_file():
            extract(banks, choice, folder, origin=root)
        beside = pd.read_csv(folder / LEFT_OUT, dtype=str, keep_default_na=False)
        left_out = map(PassedOver, beside["path"], beside["kind"])
        return replace(
            read_manifest(folder / TABLE),
            origin=root,
            caveat=_CAVEAT,
            passed_over=(*unreadable, *left_out),
        )


def _fingerprint(banks: Mapping[str, Bank], choice: Choice) -> str:
    """Return the name of the folder that these banks and this choice lead to."""
    contents = {}
    for file, bank in banks.items():
        with bank.path.open("rb") as opened:
            contents[file] = hashlib.file_digest(opened, "sha256").hexdigest()
    programs = choice.programs
    settings = {
        "contents": contents,
        "programs": [dict(programs.names), programs.drops_others, programs.origin],
        "numbers": sorted(choice.numbers),
        "lengths": [choice.shortest_s, choice.held_s],
        "reading": _READING,
    }
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
