"""Corpora that are trained on and nothing else: their clips behind those of the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pandas as pd

from instrument_net.data.label_spelling import other_spelling
from instrument_net.data.manifest import Manifest, ManifestError
from instrument_net.data.splits import BySource, LeaveOneSourceOut, SplitError, SplitRule
from instrument_net.data.splits.by_source import SOURCE

ExtraClasses = Literal["all", "shared", "auxiliary"]

EXTRA = "extra"  # column: the name of the extra corpus of a clip, blank for the first corpus


def with_extra(corpus: Manifest, extra: Mapping[str, Manifest]) -> pd.DataFrame:
    """Return the clips of all corpora in one table, those of ``extra`` behind.

    The same label, source or other value means the same in all: a flute is a flute.

    Returns:
        The columns of ``corpus``, blank where an extra corpus does not have one, and ``extra``: its
        name, blank for ``corpus``. The rows of extra corpora are numbered from the last one of
        ``corpus`` on. Columns that only they have are dropped: they would be blank for every clip
        that is tested.

    Raises:
        ManifestError: If a file is in two of the corpora, because it could be trained on and
            tested, or count twice; or if ``corpus`` has a column of that name.
    """
    if EXTRA in corpus.clips.columns:
        raise ManifestError(
            f"{corpus.origin}: its column {EXTRA!r} could be mistaken for the one that says which "
            "clips are of data.extra: rename it"
        )
    _refuse_common_files(corpus, extra)
    tables = [corpus.clips.assign(**{EXTRA: ""})]
    first = int(corpus.clips.index.max()) + 1
    for name, manifest in extra.items():
        more = manifest.clips.copy()
        more[corpus.clips.columns.difference(more.columns)] = ""
        more = more[corpus.clips.columns]
        more.index = pd.RangeIndex(first, first + len(more), name=corpus.clips.index.name)
        first += len(more)
        tables.append(more.assign(**{EXTRA: name}))
    return pd.concat(tables)


def only_shared(name: str, extra: Manifest, corpus: Manifest) -> Manifest:
    """Return those clips of an extra corpus whose class ``corpus`` has, too.

    Raises:
        ManifestError: If there is none, with the classes of both.
    """
    shared = extra.clips["label"].isin(corpus.clips["label"])
    if not shared.any():
        raise ManifestError(
            f"data.extra.{name}: none of its classes ({', '.join(extra.class_names)}) is in "
            f"{corpus.origin} ({', '.join(corpus.class_names)}): give the same classes the same "
            f"names (data.extra.{name}.labels), leave it out of data/extra, or add its classes by "
            "data.extra_classes=all"
        )
    return replace(extra, clips=extra.clips[shared])


def check_labels(corpus: Manifest, extra: Mapping[str, Manifest]) -> None:
    """Refuse a label of an extra corpus that another corpus before it spells otherwise.

    Raises:
        ManifestError: Naming both spellings.
    """
    before = [corpus]
    for name, manifest in extra.items():
        for other in before:
            problem = other_spelling(
                manifest.clips["label"], other.clips["label"], origin=other.origin
            )
            if problem is not None:
                raise ManifestError(f"data.extra.{name}: {manifest.origin}: {problem}")
        before.append(manifest)


def check_sources(rule: SplitRule, clips: pd.DataFrame) -> None:
    """Refuse extra clips of a source that a rule tests with networks that never trained on it.

    Args:
        rule: That divides the clips of the corpus.
        clips: Of :func:`with_extra`.

    Raises:
        SplitError: Naming the sources.
    """
    if SOURCE not in clips.columns:
        return
    own = clips[EXTRA] == ""
    sources = set(clips[SOURCE][own])
    tested: Collection[str] = ()
    if isinstance(rule, LeaveOneSourceOut):
        tested = sources  # each in its turn
    elif isinstance(rule, BySource):
        tested = rule.test
    trained_on = sorted(set(clips[SOURCE][~own]) & set(tested))
    if trained_on:
        raise SplitError(
            f"data.extra has clips of the source {', '.join(trained_on)}, which is tested with "
            "networks that were not trained on it: remove them"
        )


def _refuse_common_files(corpus: Manifest, extra: Mapping[str, Manifest]) -> None:
    known = dict.fromkeys(_files(corpus), f"{corpus.origin} and may be tested")
    for name, manifest in extra.items():
        files = _files(manifest)
        both = [path for path in files if path in known]
        if both:
            raise ManifestError(
                f"data.extra.{name}: {len(both)} of its clips are of files that are also in "
                f"{known[both[0]]}, the first is {both[0]}: remove them from one of the two"
            )
        known.update(dict.fromkeys(files, f"data.extra.{name}"))


def _files(manifest: Manifest) -> list[Path]:
    return [Path(path).resolve() for path in manifest.clips["path"]]
