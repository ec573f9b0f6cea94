"""Where a sample is from: its library, and the instrument in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from instrument_net.data.corpora.sfz.clips import SfzClip
from instrument_net.data.corpora.sfz.names import articulation_in, instrument_in


def libraries(clips: Iterable[SfzClip], root: Path, *, one: bool) -> dict[Path, str]:
    """Return the library of every .sfz file: its outermost folder, or that of all.

    Args:
        clips: Of all files.
        root: Folder of the libraries.
        one: Whether it is a single library.
    """
    samples: dict[Path, set[Path]] = {}
    for clip in clips:
        samples.setdefault(clip.sfz, set()).add(clip.sample)
    if one or any(sfz.parent == root for sfz in samples):
        return dict.fromkeys(samples, root.name)
    library_of = {}
    for sfz, played in samples.items():
        outermost = sfz.relative_to(root).parts[0]
        all_inside = all(sample.is_relative_to(root / outermost) for sample in played)
        library_of[sfz] = outermost if all_inside else root.name
    return library_of


def instrument_id(clip: SfzClip, root: Path, library: str) -> str:
    """Return what has one label in one folder; a folder of one way of playing is none of its own.

    A folder that names an instrument and a way of playing is one all the same.
    """
    folders = clip.sfz.parent.relative_to(root).parts
    kept = [name for name in folders if instrument_in(name) or not articulation_in([name])]
    return "/".join(dict.fromkeys([library, *kept, clip.label.name]))
