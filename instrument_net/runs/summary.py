"""The summary of several folds, written once by the processes that share them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from instrument_net.files import write_atomically
from instrument_net.run_folder import RunFolder
from instrument_net.runs.screen import print_next, shown_path


class Summary:
    """Of which folds there is a summary, and since when.

    Args:
        folder: Of the cross-validation.
        folds: That the summary is to be of.
    """

    def __init__(self, folder: RunFolder, folds: Sequence[int | str]) -> None:
        self._folder = folder
        self._folds = [str(fold) for fold in folds]
        self._before = _content(folder.summarised)

    def is_written_since(self) -> bool:
        """Return whether another process has written it since this object was made."""
        now = _content(self._folder.summarised)
        return now != self._before and json.loads(now or "{}").get("folds") == self._folds

    @contextmanager
    def written(self) -> Iterator[None]:
        """Have it written inside; what is interrupted leaves none that counts."""
        self._folder.summarised.unlink(missing_ok=True)
        yield
        content = json.dumps({"folds": self._folds, "number": uuid4().hex})
        write_atomically(self._folder.summarised, content.encode())

    def print_place(self, console: Console) -> None:
        """Say that another process has written it, and where."""
        console.print("all folds are done; another process has written their summary")
        shown = RunFolder(shown_path(self._folder.path))
        print_next(
            console,
            {
                "report": shown.report_page,
                "the same in a browser": shown.html_page,
                "metrics of each fold": shown.folds,
            },
        )


def _content(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None
