"""A corpus, and extra ones that are only trained on -> one table of clips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from instrument_net.data.corpora import Corpus
from instrument_net.data.extra import (
    EXTRA,
    ExtraClasses,
    check_labels,
    check_sources,
    only_shared,
    with_extra,
)
from instrument_net.data.manifest import Manifest, ManifestError, check_trainable
from instrument_net.data.splits import Everything, SplitOfRun, SplitRule
from instrument_net.data.splits.by_source import SOURCE


@dataclass(frozen=True)
class ClipTable:
    """The clips of a corpus, and behind them those of extra ones.

    Attributes:
        clips: One row a clip; with the column ``extra`` (name of the extra corpus, or blank) where
            there are any.
        corpus: What the corpus read as.
        extra: Name -> what the extra corpus read as, without the clips that are not used.
        auxiliary: Whether classes that only extra corpora have are to be no outputs.
    """

    clips: pd.DataFrame
    corpus: Manifest
    extra: Mapping[str, Manifest] = field(default_factory=dict)
    auxiliary: bool = False

    @property
    def manifests(self) -> list[Manifest]:
        """What all corpora read as, in the order of their clips."""
        return [self.corpus, *self.extra.values()]

    @property
    def parts(self) -> list[int]:
        """Number of clips of each corpus."""
        return [len(manifest.clips) for manifest in self.manifests]

    @property
    def origins(self) -> pd.DataFrame:
        """Of each row of ``clips``: ``corpus``, as ``extra``, and ``source``, blank if unknown."""
        names = [name for name, n in zip(["", *self.extra], self.parts, strict=True)
                 for _ in range(n)]  # fmt: skip
        sources = [manifest.clips[SOURCE].tolist() if SOURCE in manifest.clips.columns
                   else [""] * len(manifest.clips) for manifest in self.manifests]  # fmt: skip
        return pd.DataFrame(
            {"corpus": names, "source": [name for of_one in sources for name in of_one]},
            index=self.clips.index,
        )

    def own(self, kept: pd.DataFrame) -> pd.DataFrame:
        """Return those of the clips that were kept that the split divides: all but extra ones."""
        return kept[kept[EXTRA] == ""].drop(columns=EXTRA) if self.extra else kept


def read_clips(
    corpus: Corpus,
    extra: Mapping[str, Corpus],
    *,
    extra_classes: ExtraClasses,
    split: SplitRule,
) -> ClipTable:
    """Read corpora and check that they go together; nothing is decoded.

    Args:
        corpus: Its clips are divided.
        extra: By name; their clips are trained on.
        extra_classes: See :class:`~instrument_net.data.loading.Loading`.
        split: Divides the clips of ``corpus``.

    Raises:
        ManifestError: What is wrong with one of the tables, or with all together.
        SplitError: If an extra corpus has clips of a source that the split tests.
    """
    manifest = corpus.read()
    if not isinstance(split, Everything | SplitOfRun):  # these train nothing
        check_trainable(manifest)
    if not extra:
        return ClipTable(manifest.clips, manifest)
    more = {name: _read_extra(name, one) for name, one in extra.items()}
    check_labels(manifest, more)
    if extra_classes == "shared":
        more = {name: only_shared(name, one, manifest) for name, one in more.items()}
    clips = with_extra(manifest, more)
    check_sources(split, clips)
    return ClipTable(clips, manifest, more, auxiliary=extra_classes == "auxiliary")


def _read_extra(name: str, corpus: Corpus) -> Manifest:
    try:
        return corpus.read()
    except ManifestError as error:
        raise ManifestError(f"data.extra.{name}: {error}") from error
