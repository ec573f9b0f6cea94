"""What a run's data are, in words for screen and report."""

from __future__ import annotations

import pandas as pd

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.manifest import Manifest


def describe_corpus(corpus: Manifest, clips: pd.DataFrame, *, n_left_out: int) -> str:
    """Return one line about a corpus: where it is from, how large it is, what was left out.

    Args:
        corpus: What it read as.
        clips: Those of its clips that were decoded.
        n_left_out: How many files could not be.
    """
    caveat = f"; {corpus.caveat}" if corpus.caveat else ""
    return (
        f"{corpus.origin.name}, {len(clips)} clips of {clips['label'].nunique()} classes, "
        f"{n_left_out} left out (rejected.csv){caveat}"
    )


def describe_extra(extra: Manifest, clips: pd.DataFrame) -> str:
    """Return one line about an extra corpus: what it adds, and which classes only it has.

    Args:
        extra: What it read as.
        clips: The decoded clips of both corpora, with the column ``extra``.
    """
    own, added = clips["label"][~clips["extra"]], clips["label"][clips["extra"]]
    caveat = f" ({extra.caveat})" if extra.caveat else ""
    untested = sorted(set(added) - set(own))
    without_test = f"; only it has {', '.join(untested)}: never tested" if untested else ""
    return (
        f"{extra.origin.name}{caveat}, {len(added)} clips of {added.nunique()} classes, for "
        f"training only{without_test}"
    )


def describe_augmentation(augmentation: AugmentationChain | None, n_views: int | None) -> str:
    """Return what training changes about its clips, and whether in every epoch or once."""
    if augmentation is None:
        return "none"
    words = augmentation.describe()
    return words if n_views is None else f"{words}; {n_views} rendered views a clip"
