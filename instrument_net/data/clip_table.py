"""A corpus, and an extra one that is only trained on -> one table of clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from instrument_net.data.corpora import Corpus
from instrument_net.data.extra import check_labels, check_sources, only_shared, with_extra
from instrument_net.data.manifest import Manifest, ManifestError, check_trainable
from instrument_net.data.splits import Everything, SplitOfRun, SplitRule


@dataclass(frozen=True)
class ClipTable:
    """The clips of a corpus, and behind them those of an extra one.

    Attributes:
        clips: One row a clip; with the column ``extra`` (bool) where there is an extra corpus.
        corpus: What the corpus read as.
        extra: What the extra corpus read as, without the clips that are not used.
    """

    clips: pd.DataFrame
    corpus: Manifest
    extra: Manifest | None = None

    @property
    def parts(self) -> list[int]:
        """Number of clips of each corpus."""
        both = (self.corpus, self.extra)
        return [len(manifest.clips) for manifest in both if manifest is not None]

    def own(self, kept: pd.DataFrame) -> pd.DataFrame:
        """Return those of the clips that were kept that the split divides: all but extra ones."""
        return kept if self.extra is None else kept[~kept["extra"]].drop(columns="extra")


def read_clips(
    corpus: Corpus,
    extra: Corpus | None,
    *,
    extra_classes: Literal["all", "shared"],
    split: SplitRule,
) -> ClipTable:
    """Read one or two corpora and check that they go together; nothing is decoded.

    Args:
        corpus: Its clips are divided.
        extra: Its clips are trained on.
        extra_classes: Which of them: ``all``, or those whose class ``corpus`` has too (``shared``).
        split: Divides the clips of ``corpus``.

    Raises:
        ManifestError: What is wrong with either table, or with both together.
        SplitError: If ``extra`` has clips of a source that the split tests.
    """
    manifest = corpus.read()
    if not isinstance(split, Everything | SplitOfRun):  # these train nothing
        check_trainable(manifest)
    if extra is None:
        return ClipTable(manifest.clips, manifest)
    try:
        more = extra.read()
    except ManifestError as error:
        raise ManifestError(f"data.extra: {error}") from error
    check_labels(more, manifest)
    if extra_classes == "shared":
        more = only_shared(more, manifest)
    clips = with_extra(manifest, more)
    check_sources(split, clips)
    return ClipTable(clips, manifest, more)
