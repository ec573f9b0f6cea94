"""One broken input and what was answered to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

from instrument_net.errors import InputError

ACCEPTED, REFUSED, ANYTHING_ELSE = "accepted", "refused by name", "anything else"
BROKEN_NAME = "a\nb"  # of files and labels; screens show it escaped
_SHOWN = 300  # characters of an answer


class WrongResultError(Exception):
    """Input was accepted, and what came of it cannot be."""


@dataclass(frozen=True)
class Trial:
    """A case that is made, and how it is tried.

    Attributes:
        made: What was made, for people.
        names: A refusal has to hold one of them: the name of the file, the key, the row.
        calls: Name of each public function that is tried, and the call.
        marker: A file that nothing may write.
    """

    made: str
    names: Sequence[str]
    calls: Sequence[tuple[str, Callable[[], object]]] = field(repr=False)
    marker: Path | None = None


class Kind(Protocol):
    """Makes the cases of one kind; made once in a process, with what its cases have in common."""

    def trial(self, random: Random, folder: Path) -> Trial:
        """Return a case of its own, whose files lie in an empty folder."""
        ...


@dataclass(frozen=True)
class Answer:
    """How a case was answered: one of the three verdicts, and the words."""

    verdict: str
    words: str


def answer_to(trial: Trial) -> Answer:
    """Return the worst answer of all calls of a case."""
    verdict, words = ACCEPTED, ""
    for name, call in trial.calls:
        found = _answer(name, call, trial.names)
        if found.verdict == ANYTHING_ELSE:
            return Answer(ANYTHING_ELSE, f"{found.words} [{trial.made}]")
        if found.verdict == REFUSED:
            verdict, words = found.verdict, found.words
    if trial.marker is not None and trial.marker.exists():
        return Answer(ANYTHING_ELSE, f"code of the file was run [{trial.made}]")
    return Answer(verdict, words)


def _answer(name: str, call: Callable[[], object], names: Sequence[str]) -> Answer:
    try:
        call()
    except InputError as error:
        words = str(error)
        if not {"\n", "\r"}.isdisjoint(words.replace(BROKEN_NAME, "")):
            return Answer(ANYTHING_ELSE, f"{name}: more than one line: {words[:_SHOWN]!r}")
        if not any(each in words for each in names):
            return Answer(ANYTHING_ELSE, f"{name}: without a name: {words[:_SHOWN]}")
        return Answer(REFUSED, f"{name}: {words[:_SHOWN]}")
    except Exception as error:  # that is what is looked for
        words = " ".join(str(error).split())
        return Answer(
            ANYTHING_ELSE, f"{name}: {type(error).__name__}: {words[:_SHOWN]} {_place(error)}"
        )
    return Answer(ACCEPTED, "")


def _place(error: BaseException) -> str:
    """Return the last line of ours that an error passed through."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if f"{os.sep}instrument_net{os.sep}" in file:
            place = f"at {Path(file).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
