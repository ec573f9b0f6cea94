"""Predictions -> which file goes into which folder, and which stays where it is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from instrument_net.recognition.answer import Answer
from instrument_net.recognition.certainty import UNSURE
from instrument_net.sorting.folder_names import folder_names


@dataclass
class Plan:
    """What a sorting is to do.

    Attributes:
        placings: File and name of its folder, in the order of the files.
        left: File and why it stays where it is.
    """

    placings: list[tuple[Path, str]] = field(default_factory=list)
    left: list[tuple[Path, str]] = field(default_factory=list)


def plan_sorting(
    answers: Iterable[Answer],
    class_names: Sequence[str],
    *,
    threshold: float,
    inputs: Sequence[Path],
    by: str,
) -> Plan:
    """Return what goes where.

    A file that is named twice, or found a second time behind a link, is sorted once. Links, and
    what lies behind one, are not moved: the file would vanish from a place that nobody named.

    Args:
        answers: What the files were named; those that could not be read stay.
        class_names: Of the network.
        threshold: A file whose best class is less probable goes to ``unsure``, as does one that no
            class explains.
        inputs: Files and folders that were named, in which the files were found.
        by: ``copy``, ``link`` or ``move``.
    """
    plan = Plan()
    folders = folder_names(class_names)
    sorted_as: dict[str, Path] = {}
    for answer in answers:
        path, label = answer.path, answer.label
        real = os.path.realpath(path)
        if label is None:
            plan.left.append((path, "cannot be read"))
        elif by == "move" and _behind_link(path, inputs):
            plan.left.append((path, "a link, or behind one: not moved"))
        elif real in sorted_as:
            plan.left.append((path, f"the same file as {sorted_as[real]}"))
        else:
            sorted_as[real] = path
            if answer.probability is not None and answer.probability < threshold:
                label = UNSURE
            plan.placings.append((path, folders[label]))
    return plan


def is_sorted(path: Path, target: Path, class_names: Sequence[str]) -> bool:
    """Return whether a file lies in one of the folders that it could be sorted into."""
    place = Path(os.path.realpath(path.parent)) / path.name
    try:
        below = place.relative_to(os.path.realpath(target))
    except ValueError:
        return False
    folders = {name.casefold() for name in folder_names(class_names).values()}
    return len(below.parts) > 1 and below.parts[0].casefold() in folders


def _behind_link(path: Path, inputs: Sequence[Path]) -> bool:
    for root in inputs:
        if path == root:
            return path.is_symlink()
        if path.is_relative_to(root):
            direct = Path(os.path.realpath(root)) / path.relative_to(root)
            return Path(os.path.realpath(path)) != direct
    return path.is_symlink()
