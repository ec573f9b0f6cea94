"""What every corpus offers."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from instrument_net.data.manifest import Manifest
from instrument_net.errors import InputError


@runtime_checkable
class Corpus(Protocol):
    """A collection of labelled clips."""

    def read(self) -> Manifest:
        """Return the checked table of clips, making or finding the files first if need be.

        What is special about the corpus, and what scores on it do not say, is the manifest's
        ``caveat``.
        """
        ...


def check_corpus(value: object, name: str) -> None:
    """Refuse what is no corpus, for example the path of one.

    Raises:
        InputError: Naming what was given.
    """
    if not isinstance(value, Corpus):
        raise InputError(
            f"{name} must be a corpus, chosen by its name in conf/data or one of the classes in "
            f"instrument_net.data.corpora, got {value!r}"
        )
