"""A SoundFont, or a folder with some -> open banks."""

from __future__ import annotations

from pathlib import Path

from instrument_net.data.corpora.soundfont.bank import Bank, open_bank
from instrument_net.data.manifest import ManifestError
from instrument_net.files import PassedOver, printable

_ENDINGS = (".sf2", ".sf3")


def open_banks(path: Path) -> tuple[dict[str, Bank], list[PassedOver]]:
    """Return file -> bank, SF2 before SF3, and the files that cannot be read.

    Files below a folder are named from there. A file that several links name is read once.

    Raises:
        ManifestError: If nothing is there, a folder holds no SoundFont, or none can be read.
    """
    if path.is_file():
        return {printable(path.name): open_bank(path)}, []
    if not path.is_dir():
        raise ManifestError(
            f"{path}: no such file or folder; data.path must be a SoundFont (.sf2, .sf3) or a "
            "folder with some"
        )
    found = sorted(one for one in path.rglob("*") if one.suffix.lower() in _ENDINGS)
    # A file itself before the links to it, so that it has its own name.
    files = {one.resolve(): one for one in sorted(found, key=lambda one: not one.is_symlink())}
    banks, unreadable = {}, []
    # Of a recording that several banks hold, the first is taken: SF2 before the lossy SF3.
    for file in sorted(files.values(), key=lambda one: (one.suffix.lower(), one)):
        try:
            banks[printable(file.relative_to(path))] = open_bank(file)
        except ManifestError as error:
            unreadable.append(PassedOver(str(error), "SoundFont that cannot be read"))
    if not banks:
        reason = unreadable[0].path if unreadable else "it holds no .sf2 or .sf3 file"
        raise ManifestError(f"{path}: no SoundFont that can be read: {reason}")
    return banks, unreadable
