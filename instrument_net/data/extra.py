"""A second corpus that is trained on and nothing else: its clips behind those of the first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from instrument_net.data.label_spelling import other_spelling
from instrument_net.data.manifest import Manifest, ManifestError
from instrument_net.data.splits import BySource, LeaveOneSourceOut, SplitError, SplitRule
from instrument_net.data.splits.by_source import SOURCE

EXTRA = "extra"


def with_extra(corpus: Manifest, extra: Manifest) -> pd.DataFrame:
    """Return the clips of both corpora in one table, those of ``extra`` behind.

    The same label, source or other value means the same in both: a flute is a flute.

    Returns:
        The columns of ``corpus``, blank where ``extra`` does not have one, and ``extra`` (bool).
        The rows of ``extra`` are numbered from the last one of ``corpus`` on. Columns that only
        ``extra`` has are dropped: they would be blank for every clip that is tested.

    Raises:
        ManifestError: If a file is in both corpora, because it could be trained on and tested; or
            if ``corpus`` has a column of that name.
    """
    if EXTRA in corpus.clips.columns:
        raise ManifestError(
            f"{corpus.origin}: its column {EXTRA!r} could be mistaken for the one that says which "
            "clips are of data.extra: rename it"
        )
    known = set(_files(corpus))
    both = [path for path in _files(extra) if path in known]
    if both:
        raise ManifestError(
            f"data.extra: {len(both)} of its clips are of files that are also in {corpus.origin} "
            f"and may be tested, the first is {both[0]}: remove them from one of the two"
        )
    more = extra.clips.copy()
    more[corpus.clips.columns.difference(more.columns)] = ""
    more = more[corpus.clips.columns]
    first = int(corpus.clips.index.max()) + 1
    more.index = pd.RangeIndex(first, first + len(more), name=corpus.clips.index.name)
    return pd.concat([corpus.clips.assign(extra=False), more.assign(extra=True)])


def only_shared(extra: Manifest, corpus: Manifest) -> Manifest:
    """Return those clips of ``extra`` whose class ``corpus`` has, too.

    Raises:
        ManifestError: If there is none, with the classes of both.
    """
    shared = extra.clips["label"].isin(corpus.clips["label"])
    if not shared.any():
        raise ManifestError(
            f"data.extra: none of its classes ({', '.join(extra.class_names)}) is in "
            f"{corpus.origin} ({', '.join(corpus.class_names)}): give the same classes the same "
            "names, leave it out by data/extra=null, or add its classes by data.extra_classes=all"
        )
    return replace(extra, clips=extra.clips[shared])


def check_labels(extra: Manifest, corpus: Manifest) -> None:
    """Refuse a label of ``extra`` that ``corpus`` spells otherwise.

    Raises:
        ManifestError: Naming both spellings.
    """
    problem = other_spelling(extra.clips["label"], corpus.clips["label"], origin=corpus.origin)
    if problem is not None:
        raise ManifestError(f"data.extra: {extra.origin}: {problem}")


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
    sources = set(clips[SOURCE][~clips[EXTRA]])
    tested: Collection[str] = ()
    if isinstance(rule, LeaveOneSourceOut):
        tested = sources  # each in its turn
    elif isinstance(rule, BySource):
        tested = rule.test
    trained_on = sorted(set(clips[SOURCE][clips[EXTRA]]) & set(tested))
    if trained_on:
        raise SplitError(
            f"data.extra has clips of the source {', '.join(trained_on)}, which is tested with "
            "networks that were not trained on it: remove them"
        )


def _files(manifest: Manifest) -> list[Path]:
    return [Path(path).resolve() for path in manifest.clips["path"]]
