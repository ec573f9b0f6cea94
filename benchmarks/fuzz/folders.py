"""Odd folder trees: names, links and loops, what is empty, unreadable, deep or no audio."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import soundfile
import torch

from benchmarks.fuzz.recogniser import FRONT_END, check_probabilities, small_recogniser
from benchmarks.fuzz.tables import check_divided
from benchmarks.fuzz.trial import Trial, WrongResultError
from instrument_net.data import InstrumentDataModule
from instrument_net.files import find_audio, printable
from instrument_net.frontend import FrontEnd
from instrument_net.recognition.files import predict_files

_NAMES = (
    *("flute", "Flute", "flute ", " oboe", "ob oe", "x.wav", "harp.flac", "__MACOSX", ".hidden"),
    *("@eaDir", "a'b", 'a"b', "[red]", "$x$", "${name}", "a=b", "a,b", "a\nb", "\x1b[31m", "ä"),
    *("a\u0308", "弦", "🎻", "%s", "{}", "~", "-rf", "--top", "*", "CON", "nul", "NA", "x" * 250),
    *(os.fsdecode(b"caf\xe9"), os.fsdecode(b"\xff.wav"), "a|b", "a\\b", "...", "\u202e", "\u2028"),
)
_FILES = ("a.wav", "b.WAV", "c.wav.wav", "d", ".e.wav", "f.txt", "g.mp3", "h.m4a", "Thumbs.db")
_DEEPER_THAN_ANY = 120


class FolderCases:
    """Trees of folders, and what is found in them.

    Args:
        folder: For what is decoded.
    """

    def __init__(self, folder: Path) -> None:
        self._store = folder / "store"
        self._front_end = FrontEnd(**FRONT_END)
        self._recogniser = small_recogniser()

    def trial(self, random: Random, folder: Path) -> Trial:
        """Return a tree with a few usual classes and many odd entries."""
        root = folder / random.choice(("corpus", *_NAMES))
        root.mkdir()
        for label in ("violin", "gong", "drum")[: random.choice((0, 1, 2, 3, 3, 3))]:
            for number in range(random.choice((0, 1, *[6] * 8))):
                _put(root / label / f"{number}.wav", _sound(random))
        names = []
        for _ in range(random.choice((0, 1, 4, 12))):
            oddity = random.choice(_ODDITIES)
            names.append(oddity.__name__.removeprefix("_"))
            with suppress(OSError):  # a name of an earlier oddity, or one that is too long here
                oddity(_place(root, random), random)
        return Trial(
            f"{printable(root.name)}: {', '.join(names)}",
            [str(root), printable(root), *(f"class {p.name.strip()!r}" for p in root.iterdir())],
            [
                ("from_folder", lambda: self._set_up(root)),
                ("predict_files", lambda: self._predict(root)),
            ],
        )

    def _set_up(self, root: Path) -> None:
        data = InstrumentDataModule.from_folder(
            root, front_end=self._front_end, store_dir=self._store
        )
        data.setup()
        check_divided(data)
        data.clips.to_csv().encode()
        used = {*data.clips["path"], *data.left_out.table()["path"]}
        forgotten = [path for path in _files_below(root) if not _is_in(path, used)]
        if forgotten:
            raise WrongResultError(f"neither used nor named: {forgotten[:3]}")

    def _predict(self, root: Path) -> None:
        found = find_audio([root])
        n_results = 0
        for result in predict_files(self._recogniser, found.audio):
            n_results += 1
            if result.problem is None:
                check_probabilities(torch.stack(result.windows), len(result.class_names))
            elif str(result.path) not in result.problem:
                raise WrongResultError(f"without a name: {result.problem}")
        if n_results != len(found.audio):
            raise WrongResultError(f"{n_results} results of {len(found.audio)} files")


def _files_below(root: Path) -> list[str]:
    """Return the files of a tree, links not followed."""
    return [
        printable(Path(folder).resolve() / name)
        for folder, _, names in os.walk(root)
        for name in names
    ]


def _is_in(path: str, used: set[str]) -> bool:
    """Return whether a file, or a folder that it lies in, is among these."""
    return path in used or any(str(parent) in used for parent in Path(path).parents)


def _sound(random: Random) -> bytes:
    generator = np.random.default_rng(random.randrange(2**32))
    file = io.BytesIO()
    soundfile.write(file, 0.1 * generator.standard_normal(8_000), 44_100, format="WAV")
    return file.getvalue()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _place(root: Path, random: Random) -> Path:
    """Return a path below the root that need not exist, one to three levels down."""
    folders = [Path(folder) for folder, _, _ in os.walk(root)]
    if random.random() < 0.8:  # a class of few clips ends it all
        folders = folders[1:] or folders
    return random.choice(folders) / random.choice(_NAMES)


def _sounds(path: Path, random: Random) -> None:
    for number in range(random.choice((1, 3, 6))):
        _put(path / f"{number}.wav", _sound(random))


def _file(path: Path, random: Random) -> None:
    content = random.choice((b"", b"no audio", _sound(random), _sound(random)[:1_000]))
    _put(path / random.choice((*_FILES, *_NAMES)), content)


def _file_of_that_name(path: Path, random: Random) -> None:
    _put(path, random.choice((b"", b"no audio", _sound(random))))


def _empty(path: Path, random: Random) -> None:
    (path / random.choice(("", "a", "a/b/c"))).mkdir(parents=True)


def _link(path: Path, random: Random) -> None:
    target = random.choice((".", "..", "../..", "nowhere", "/dev/null", "/dev/zero", path.name))
    path.symlink_to(target)


def _link_to_a_sound(path: Path, random: Random) -> None:
    _put(path.with_name("linked.wav"), _sound(random))
    path.with_name("link.wav").symlink_to("linked.wav")


def _pipe(path: Path, random: Random) -> None:
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path.with_name(random.choice(("pipe", "pipe.wav"))))


def _socket(path: Path, random: Random) -> None:
    del random
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path.with_name("s.wav")))


def _unreadable(path: Path, random: Random) -> None:
    _sounds(path, random)
    (path / "0.wav").chmod(0)
    path.chmod(random.choice((0, 0o700)))


def _deep(path: Path, random: Random) -> None:
    for _ in range(random.choice((5, _DEEPER_THAN_ANY))):
        path = path / "d"
    _put(path / "a.wav", _sound(random))


def _the_same(path: Path, random: Random) -> None:
    content = _sound(random)
    for number in range(4):
        _put(path / f"{number}.wav", content)


_ODDITIES: tuple[Callable[[Path, Random], None], ...] = (
    _sounds, _sounds, _sounds, _file, _file, _file_of_that_name, _empty, _link, _link,
    _link_to_a_sound, _pipe, _socket, _unreadable, _deep, _the_same,
)  # fmt: skip
