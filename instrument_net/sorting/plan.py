"""Predictions -> which file goes into which folder, and which stays where it is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from instrument_net.recognition.certainty import UNSURE
from instrument_net.recognition.file_prediction import SILENT, FilePrediction
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
    results: Sequence[FilePrediction], *, threshold: float, inputs: Sequence[Path], by: str
) -> Plan:
    """Return what goes where.

    A file that is named twice, or found a second time behind a link, is sorted once. Links, and
    what lies behind one, are not moved: the file would vanish from a place that nobody named.

    Args:
        results: The files; those that could not be read stay.
        threshold: A file whose best class is less probable goes to ``unsure``, as does one that no
            class explains.
        inputs: Files and folders that were named, in which the files were found.
        by: ``copy``, ``link`` or ``move``.
    """
    plan = Plan()
    if not results:
        return plan
    folders = folder_names(results[0].class_names)
    sorted_as: dict[str, Path] = {}
    for result in results:
        real = os.path.realpath(result.path)
        if result.error is not None:
            plan.left.append((result.path, "cannot be read"))
        elif by == "move" and _behind_link(result.path, inputs):
            plan.left.append((result.path, "a link, or behind one: not moved"))
        elif real in sorted_as:
            plan.left.append((result.path, f"the same file as {sorted_as[real]}"))
        else:
            sorted_as[real] = result.path
            plan.placings.append((result.path, folders[_label(result, threshold)]))
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


def _label(result: FilePrediction, threshold: float) -> str:
    if result.is_silent:
        return SILENT
    ((label, probability),) = result.ranking(1)
    return UNSURE if result.is_unsure or probability < threshold else label


def _behind_link(path: Path, inputs: Sequence[Path]) -> bool:
    for root in inputs:
        if path == root:
            return path.is_symlink()
        if path.is_relative_to(root):
            direct = Path(os.path.realpath(root)) / path.relative_to(root)
            return Path(os.path.realpath(path)) != direct
    return path.is_symlink()
