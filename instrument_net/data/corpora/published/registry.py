"""The published corpora by name: one line for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from instrument_net.data.corpora.published import (
    good_sounds,
    irmas,
    medley_solos_db,
    nsynth,
    openmic,
    orchideasol,
    philharmonia,
    tinysol,
)
from instrument_net.data.corpora.published.facts import CorpusFacts, NamedCorpus
from instrument_net.data.corpora.published.iowa import corpus as iowa
from instrument_net.errors import InputError
from instrument_net.spelling import hint


@dataclass(frozen=True)
class CorpusEntry:
    """A published corpus.

    Attributes:
        facts: What is known of it.
        corpus: Folder -> the corpus in it, with its default options.
    """

    facts: CorpusFacts
    corpus: Callable[[Path], NamedCorpus]


CORPORA = {
    entry.facts.name: entry
    for entry in (
        CorpusEntry(good_sounds.FACTS, good_sounds.GoodSoundsCorpus),
        CorpusEntry(iowa.FACTS, iowa.IowaMisCorpus),
        CorpusEntry(irmas.FACTS, irmas.IrmasCorpus),
        CorpusEntry(medley_solos_db.FACTS, medley_solos_db.MedleySolosDbCorpus),
        CorpusEntry(nsynth.FACTS, nsynth.NSynthCorpus),
        CorpusEntry(openmic.FACTS, openmic.OpenMicCorpus),
        CorpusEntry(orchideasol.FACTS, orchideasol.OrchideaSolCorpus),
        CorpusEntry(philharmonia.FACTS, philharmonia.PhilharmoniaCorpus),
        CorpusEntry(tinysol.FACTS, tinysol.TinySolCorpus),
    )
}  # fmt: skip


def corpus_entry(name: str) -> CorpusEntry:
    """Return a published corpus by its name.

    Raises:
        InputError: If there is none of that name.
    """
    if name not in CORPORA:
        raise InputError(f"no corpus {name!r}{hint(name, CORPORA)}")
    return CORPORA[name]
