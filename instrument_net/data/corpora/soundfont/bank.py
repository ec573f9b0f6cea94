"""SoundFont file -> its tables, checked; the samples stay in the file, which is memory-mapped."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from instrument_net.data.manifest import ManifestError

COMPRESSED = 0x10  # bit in the kind of a sample: Ogg Vorbis, by SF3

_NAME = "S20"
# SoundFont specification 2.04, section 7: the records of the nine tables below pdta.
_RECORDS = {
    b"phdr": [("name", _NAME), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("_", "V12")],
    b"pbag": [("gen", "<u2"), ("mod", "<u2")],
    b"pmod": [("_", "V10")],
    b"pgen": [("oper", "<u2"), ("amount", "<u2")],
    b"inst": [("name", _NAME), ("bag", "<u2")],
    b"ibag": [("gen", "<u2"), ("mod", "<u2")],
    b"imod": [("_", "V10")],
    b"igen": [("oper", "<u2"), ("amount", "<u2")],
    b"shdr": [
        ("name", _NAME), ("start", "<u4"), ("end", "<u4"), ("loop_start", "<u4"),
        ("loop_end", "<u4"), ("rate", "<u4"), ("root_key", "u1"), ("correction", "i1"),
        ("link", "<u2"), ("kind", "<u2"),
    ],
}  # fmt: skip
_LINKS = ((b"phdr", "bag", b"pbag"), (b"pbag", "gen", b"pgen"), (b"inst", "bag", b"ibag"),
          (b"ibag", "gen", b"igen"))  # fmt: skip


@dataclass(frozen=True)
class Bank:
    """An open SoundFont.

    Attributes:
        path: The file.
        tables: Name of a table, such as ``phdr`` -> its records, with the last one, which only
            ends the table.
        waves: The bytes of all samples, in the file.
        low_bytes: The lowest 8 of 24 bits of each sample; empty in a bank of 16 bits.
    """

    path: Path
    tables: dict[str, np.ndarray]
    waves: memoryview
    low_bytes: memoryview

    @property
    def headers(self) -> np.ndarray:
        """Return the records of the samples: name, place, loop, rate, root key, link, kind."""
        return self.tables["shdr"][:-1]

    def name_of(self, sample: int) -> str:
        """Return what the bank calls a sample."""
        return text(self.headers["name"][sample])


def open_bank(path: Path) -> Bank:
    """Open a SoundFont and check that its tables refer to each other rightly.

    Raises:
        ManifestError: If it cannot be opened, is none, is cut, lacks a table, or has links that
            lead out of one.
    """
    content = _mapped(path)
    if bytes(content[:4]) != b"RIFF" or bytes(content[8:12]) != b"sfbk":
        raise ManifestError(f"{path}: no SoundFont; SF2 and SF3 files begin with RIFF and sfbk")
    chunks = dict(_chunks(path, content[12:]))
    missing = [name.decode() for name in (b"smpl", *_RECORDS) if name not in chunks]
    if missing:
        raise ManifestError(
            f"{path}: a SoundFont without {', '.join(missing)}: damaged; copy it again"
        )
    tables = {}
    for name, fields in _RECORDS.items():
        record = np.dtype(fields)
        size = len(chunks[name])
        if size % record.itemsize or size < record.itemsize:
            raise ManifestError(
                f"{path}: its table {name.decode()} has {size} bytes, which is no whole number of "
                f"records of {record.itemsize}: damaged; copy it again"
            )
        tables[name.decode()] = np.frombuffer(chunks[name], record)
    _check_links(path, tables)
    waves, low_bytes = chunks[b"smpl"], chunks.get(b"sm24", memoryview(b""))
    # By the specification, low bytes that are too few are no part of the bank.
    enough = len(low_bytes) >= len(waves) // 2
    return Bank(path, tables, waves, low_bytes if enough else memoryview(b""))


def text(name: bytes) -> str:
    """Return a name in a SoundFont as one line of text."""
    decoded = name.split(b"\0")[0].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in decoded).split())


def _mapped(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        reason = error.strerror or error
        raise ManifestError(f"{path}: the SoundFont cannot be opened: {reason}") from error
    except ValueError as error:  # nothing to map
        raise ManifestError(f"{path}: the file is empty; copy the SoundFont again") from error


def _chunks(path: Path, content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield name and content of every chunk, those in lists one by one.

    Raises:
        ManifestError: If one reaches beyond the end of what it lies in.
    """
    while len(content) >= 8:
        name, size = bytes(content[:4]), int.from_bytes(content[4:8], "little")
        body = content[8 : 8 + size]
        if len(body) < size:
            raise ManifestError(
                f"{path}: its part {name.decode('latin-1')!a} should have {size} bytes and has"
                f" {len(body)}: the SoundFont is cut or damaged; copy it again"
            )
        if name == b"LIST":
            yield from _chunks(path, body[4:])
        else:
            yield name, body
        # Behind an odd number of bytes there should be one more, a zero; some SF3 lack it.
        is_padded = size % 2 and bytes(content[8 + size : 9 + size]) == b"\0"
        content = content[8 + size + is_padded :]


def _check_links(path: Path, tables: dict[str, np.ndarray]) -> None:
    for table, column, target in _LINKS:
        places = tables[table.decode()][column].astype(np.int64)
        if (np.diff(places) < 0).any() or places[-1] >= len(tables[target.decode()]):
            raise ManifestError(
                f"{path}: its table {table.decode()} leads out of {target.decode()}: the SoundFont "
                "is damaged; copy it again"
            )
    if len(tables["phdr"]) < 2:
        raise ManifestError(f"{path}: holds no preset: it is of no use here")
