"""Several classified files -> a list in which each can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from instrument_net.demo.answer import problem
from instrument_net.escaping import one_line
from instrument_net.recognition.file_prediction import FilePrediction

_MOST_CLASSES = 3


def listing(results: Sequence[FilePrediction], *, n_files: int, chosen: int | None = None) -> str:
    """Return a button a file, as HTML: its name, and its classes or why it has none.

    Args:
        results: What is classified so far, in order.
        n_files: Files in all.
        chosen: Number of the one that is shown below, from 0.
    """
    done = f"{len(results)} of {n_files} files" if len(results) < n_files else f"{n_files} files"
    rows = "".join(
        f'<button data-file="{k}"{_CURRENT if k == chosen else ""}>'
        f"<b>{escape(one_line(result.path.name))}</b> {_cell(result)}</button>"
        for k, result in enumerate(results)
    )
    return (
        f"<h2>{done}</h2><p>Choose one to hear it and to see why.</p><div class=rows>{rows}</div>"
    )


_CURRENT = ' aria-current="true"'


def _cell(result: FilePrediction) -> str:
    reason = problem(result).removeprefix(f"{result.path.name}: ")
    if reason:
        return f"<span class=problem>{escape(one_line(reason))}</span>"
    first, *others = (f"{name} {value:.0%}" for name, value in result.ranking(_MOST_CLASSES))
    unsure = "unsure: " if result.is_unsure else ""
    return (
        f"<span><strong>{escape(unsure + first)}</strong> "
        f"<small>{escape(', '.join(others))}</small></span>"
    )
