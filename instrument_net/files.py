"""Files that are either complete or absent; the audio in a folder, and what else lies there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from instrument_net.errors import InputError

# By these endings a file is meant to be audio; what it holds is for its reader to find out.
AUDIO_SUFFIXES = frozenset(
    {".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au"}
)
_OF_SYSTEMS = ("__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found")
EMPTY_FOLDER = "folder without audio"
_SHOWN = 5
_DEEPEST = 100


def unfinished(path: Path) -> Path:
    """Return a name beside a path for what is not complete yet, which no other process has.

    The number of a process is not enough: on another node, or in another container, one may have
    the same.
    """
    return path.with_name(f"{path.name}.{os.getpid()}_{secrets.token_hex(4)}.part")


@contextmanager
def written_atomically(path: Path) -> Iterator[Path]:
    """Yield a temporary name to write a file under; it is renamed to ``path`` when it is complete.

    Missing folders are created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = unfinished(path)
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file at once, see :func:`written_atomically`."""
    with written_atomically(path) as part:
        part.write_bytes(content)


@dataclass(frozen=True)
class PassedOver:
    """What a walk over a folder found and did not take for audio.

    Attributes:
        path: The file or folder, printable.
        kind: Why, as a noun: ``no audio``, ``hidden``, ...
    """

    path: str
    kind: str


@dataclass
class FoundFiles:
    """What a walk over folders found.

    Attributes:
        audio: Files, sorted within each folder that was named.
        passed_over: Everything else.
    """

    audio: list[Path] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)

    def pass_over(self, path: Path, kind: str) -> None:
        """Remember a file or folder that is no audio, or may not be."""
        self.passed_over.append(PassedOver(printable(path), kind))


def printable(path: str | os.PathLike[str]) -> str:
    r"""Return a path as text that can be written in UTF-8: other bytes in it as ``\xff``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def described(passed_over: Iterable[PassedOver]) -> list[str]:
    """Return one line a kind of what was passed over: how many, and the first few of them.

    >>> described([PassedOver("a.txt", "no audio"), PassedOver("b.pdf", "no audio")])
    ['2 passed over, no audio: a.txt, b.pdf']
    """
    paths: dict[str, list[str]] = {}
    for entry in passed_over:
        paths.setdefault(entry.kind, []).append(entry.path)
    return [
        f"{len(of_kind)} passed over, {kind}: {', '.join(of_kind[:_SHOWN])}"
        + (", ..." if len(of_kind) > _SHOWN else "")
        for kind, of_kind in sorted(paths.items())
    ]


def find_audio(inputs: Iterable[Path]) -> FoundFiles:
    """Return the files that are named, of any kind, and what the folders that are named hold."""
    found = FoundFiles()
    for entry in inputs:
        if entry.is_dir():
            below = find_audio_below(entry)
            found.audio += below.audio
            found.passed_over += below.passed_over
        else:
            found.audio.append(entry)
    return found


def find_audio_below(folder: Path) -> FoundFiles:
    """Walk over a folder and all below it.

    Audio is what has one of its usual endings, and whatever else can be opened. Symbolic links are
    followed, but not back into a folder that they lie in, be it below ``folder`` or around it.

    Raises:
        InputError: If the folder itself cannot be opened.
    """
    found = FoundFiles()
    try:
        _walk(folder, found, _Way(_around(folder)))
    except OSError as error:
        raise InputError(f"{folder}: cannot be opened: {error.strerror or error}") from error
    if found.passed_over and found.passed_over[-1] == PassedOver(printable(folder), EMPTY_FOLDER):
        found.passed_over.pop()  # for the caller to say
    found.audio.sort()
    return found


def _around(folder: Path) -> frozenset[object]:
    """Return the identities of the folders that a folder lies in."""
    around = set()
    for outer in folder.resolve().parents:
        with suppress(OSError):  # one that may not be looked at is none that a link leads into
            around.add(_identity(outer))
    return frozenset(around)


@dataclass(frozen=True)
class _Way:
    """How a walk came to a folder: identities of other folders.

    Attributes:
        around: Those that the folder lies in where the walk began.
        above: Those that the walk came through.
        followed: Those of the links that were followed; ``None`` on no link.
    """

    around: frozenset[object]
    above: tuple[object, ...] = ()
    followed: set[object] | None = None


def _walk(folder: Path, found: FoundFiles, way: _Way) -> None:
    """Add what a folder holds; ``way`` led to it."""
    n_audio, n_passed_over = len(found.audio), len(found.passed_over)
    way = replace(way, above=(*way.above, _identity(folder)))
    for entry in sorted(folder.iterdir()):
        try:
            kind = _by_name(entry)
            if kind is None and entry.is_dir():
                kind = _by_place(entry, way)
                if kind is None:
                    begins = entry.is_symlink() and way.followed is None
                    _walk(entry, found, replace(way, followed=set()) if begins else way)
                    continue
            elif kind is None:
                kind = _no_audio(entry)
        except OSError as error:
            kind = f"cannot be opened ({error.strerror})"
        if kind is None:
            found.audio.append(entry)
        else:
            found.pass_over(entry, kind)
    if len(found.audio) == n_audio:
        # Of folders in one another that are all empty, the outermost is named.
        inner = found.passed_over[n_passed_over:]
        found.passed_over[n_passed_over:] = [one for one in inner if one.kind != EMPTY_FOLDER]
        found.pass_over(folder, EMPTY_FOLDER)


def _by_name(entry: Path) -> str | None:
    """Return why a file or folder is passed over for its name; ``None`` if it is not."""
    if printable(entry.name) != entry.name:
        return "name that is not UTF-8 (rename it)"
    if entry.name in _OF_SYSTEMS:
        return "folder of the system"
    return "hidden" if entry.name.startswith(".") else None


def _by_place(folder: Path, way: _Way) -> str | None:
    """Return why a folder is passed over for where it lies; ``None`` if it is not."""
    if len(way.above) > _DEEPEST:
        return f"folder more than {_DEEPEST} deep"
    if not folder.is_symlink():
        return None
    target = _identity(folder)
    if target in way.above or target in way.around:
        return "link to a folder that it lies in"
    if way.followed is not None:  # many links that point at each other's folders have no end
        if target in way.followed:
            return "link to a folder that was followed before"
        way.followed.add(target)
    return None


def _identity(folder: Path) -> object:
    found = folder.stat()
    return found.st_dev, found.st_ino


def _no_audio(entry: Path) -> str | None:
    """Return why a file is no audio; ``None`` if it is."""
    if not entry.is_file():
        return "broken link" if entry.is_symlink() else "neither file nor folder"
    ending = entry.suffix.lower()
    if ending in AUDIO_SUFFIXES:
        return None  # what is wrong with it, its reader says
    if entry.stat().st_size == 0:
        return "empty file"
    # Late: walks that meet nothing else, and commands that read no audio, do without it.
    from instrument_net.audio.codecs import ADVICE, SOUND_SUFFIXES, lacks_codecs
    from instrument_net.audio.opening import opens

    if lacks_codecs(entry):
        return f"{ending[1:]} (not read: {ADVICE})"
    return None if ending in SOUND_SUFFIXES or opens(entry) else "no audio"
