"""All that is known of a corpus."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console

from instrument_net.corpora.words import NOT_KNOWN, known, size_in_words
from instrument_net.escaping import for_screen
from instrument_net.invocation import command_name

if TYPE_CHECKING:
    from instrument_net.data.corpora.published.facts import CorpusFacts


def add(subcommands: Any) -> None:
    """Add the parser of this subcommand to those of the command."""
    parser = subcommands.add_parser("show", help="all facts of a corpus, with its citation")
    parser.add_argument("name", metavar="NAME", help="of the corpus")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, screen: Console) -> int:
    """Print a line a fact.

    Raises:
        InputError: If there is no such corpus.
    """
    del screen  # facts are the command's result, not a message
    from instrument_net.data.corpora.published.registry import (
        corpus_entry,  # late: it imports torch
    )

    output = Console(soft_wrap=True, highlight=False)
    for fact, value in facts_in_words(corpus_entry(options.name).facts):
        output.print(f"[bold]{for_screen(fact)}:[/bold] {for_screen(value)}")
    return 0


def facts_in_words(facts: CorpusFacts) -> Iterator[tuple[str, str]]:
    """Yield each fact of a corpus: what it is, and its value."""
    yield facts.name, facts.title
    yield "classes", known(facts.n_classes)
    yield "clips", known(facts.n_clips)
    yield "hours", NOT_KNOWN if facts.hours is None else f"{facts.hours:.1f}"
    yield "licence", facts.licence
    yield "cite", facts.citation
    yield "page", facts.page
    yield "official split", facts.official_split
    if facts.keeps_whole:
        yield "a split keeps whole", " and ".join(facts.keeps_whole)
    yield "beware", facts.beware
    yield "files below data.path", facts.layout
    for file in facts.files:
        yield "download", f"{file.url} ({file.checksum or 'no checksum is published'})"
    if facts.files:
        yield "size of the download", size_in_words(facts.size)
    if facts.ask:
        yield "where to ask", facts.ask
    yield "command", f"{command_name('train')} data={facts.name} data.path=FOLDER"
