"""The download of a corpus: licence, files with their checksums, unpacked archives."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from instrument_net.corpora.words import size_in_words
from instrument_net.errors import InputError
from instrument_net.escaping import for_screen
from instrument_net.invocation import command_name

if TYPE_CHECKING:
    from instrument_net.data.corpora.published.facts import CorpusFacts, RemoteFile
    from instrument_net.data.corpora.published.registry import CorpusEntry


def add(subcommands: Any) -> None:
    """Add the parser of this subcommand to those of the command."""
    parser = subcommands.add_parser(
        "fetch",
        help="download a corpus, with its checksums, and unpack it",
        description="Download a corpus. By fetching it you accept its licence, which is shown "
        "first. An interrupted download continues where it stopped, by the same command.",
    )
    parser.add_argument("name", metavar="NAME", help="of the corpus")
    parser.add_argument("path", metavar="PATH", type=Path, help="folder for it, which is made")
    parser.add_argument(
        "--only", metavar="TEXT", default="",
        help="only those of its files that have this in their names, as --only test",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, screen: Console) -> int:
    """Download and unpack what is not there yet.

    Raises:
        InputError: If there is no such corpus or no download of it, or a file cannot be downloaded
            or unpacked.
    """
    from instrument_net.corpora.download import download  # late: they import torch
    from instrument_net.corpora.unpacking import unpack
    from instrument_net.data.corpora.published.registry import corpus_entry

    entry = corpus_entry(options.name)
    _show_terms(entry.facts, screen)
    files = _chosen(entry.facts, options.only)
    if not options.only and _is_complete(entry, options.path):
        screen.print(for_screen(f"{options.path}: complete, nothing to download"))
        return 0
    for file in files:
        path = download(file, options.path, screen)
        if file.is_archive:
            unpack(path, options.path, screen)
            screen.print(for_screen(f"{path}: unpacked; the archive is not needed any more"))
    if entry.facts.ask:
        screen.print(for_screen(f"not downloaded: {entry.facts.ask}"))
    screen.print(for_screen(f"{command_name('corpora')} check {options.name} {options.path}"))
    return 0


def _show_terms(facts: CorpusFacts, screen: Console) -> None:
    size = f", {size_in_words(facts.size)}" if facts.size is not None else ""
    screen.print(for_screen(f"{facts.title}{size}, from {facts.page}"))
    screen.print(for_screen(f"licence: {facts.licence}"))
    screen.print(for_screen(f"cite: {facts.citation}"))


def _chosen(facts: CorpusFacts, only: str) -> list[RemoteFile]:
    if not facts.files:
        raise InputError(f"{facts.name}: cannot be downloaded by this command: {facts.ask}")
    chosen = [file for file in facts.files if only in file.name]
    if not chosen:
        names = ", ".join(file.name for file in facts.files)
        raise InputError(f"--only {only}: none of the files of {facts.name} ({names})")
    return chosen


def _is_complete(entry: CorpusEntry, path: Path) -> bool:
    from instrument_net.corpora.completeness import missing

    try:
        listed = entry.corpus(path).listed()
    except InputError:  # no folder, or no metadata in it
        return False
    return len(listed) > 0 and next(missing(listed, path, entry.facts), None) is None
