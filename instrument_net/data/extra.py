"""A second corpus that is trained on and nothing else: its clips behind those of the first."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from instrument_net.data.manifest import Manifest, ManifestError
from instrument_net.data.splits import BySource, LeaveOneSourceOut, SplitError, SplitRule
from instrument_net.data.splits.by_source import SOURCE

EXTRA = "extra"


def with_extra(corpus: Manifest, extra: Manifest) -> pd.DataFrame:
    """Return the clips of both corpora in one table, those of ``extra`` behind.

    What is written the same means the same in both: a flute is a flute, a source a source.

    Returns:
        The columns of ``corpus``, blank where ``extra`` lacks one, and ``extra`` (bool). The rows
        of ``extra`` are numbered on from the last one of ``corpus``. Columns that only ``extra``
        has are dropped: they could say nothing about a clip that is tested.

    Raises:
        ManifestError: If a file is in both corpora, for it could be trained on and tested; or if
            ``corpus`` has a column of that name.
    """
    if EXTRA in corpus.clips.columns:
        raise ManifestError(
            f"{corpus.origin}: its column {EXTRA!r} could be taken for what says which clips are "
            "of data.extra: rename it"
        )
    known = set(_files(corpus))
    both = [path for path in _files(extra) if path in known]
    if both:
        raise ManifestError(
            f"data.extra: {len(both)} of its clips are of files that are also in {corpus.origin} "
            f"and may be tested, the first is {both[0]}: remove them from one of both"
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
            f"{corpus.origin} ({', '.join(corpus.class_names)}): give what is the same the same "
            "name, leave it out by data/extra=null, or add its classes by data.extra_classes=all"
        )
    return Manifest(extra.clips[shared], extra.origin)


def check_sources(rule: SplitRule, clips: pd.DataFrame) -> None:
    """Refuse extra clips of a source that a rule promises to be unheard.

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
    heard = sorted(set(clips[SOURCE][clips[EXTRA]]) & set(tested))
    if heard:
        raise SplitError(
            f"data.extra has clips of the source {', '.join(heard)}, which is tested by networks "
            "that have not heard it: remove them"
        )


def describe_extra(clips: pd.DataFrame) -> str:
    """Return in a few words what an extra corpus adds, and which classes only it has.

    Args:
        clips: Of :func:`with_extra`.
    """
    own, extra = clips["label"][~clips[EXTRA]], clips["label"][clips[EXTRA]]
    alone = sorted(set(extra) - set(own))
    return f"{len(extra)} clips of {extra.nunique()} classes, on the training side alone" + (
        f"; only it has {', '.join(alone)}, which are never tested" if alone else ""
    )


def _files(manifest: Manifest) -> list[Path]:
    return [Path(path).resolve() for path in manifest.clips["path"]]
