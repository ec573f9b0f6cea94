"""What a run's data are, in words for screen and report."""

from __future__ import annotations

import numpy as np
import pandas as pd

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.left_out import LeftOut
from instrument_net.data.manifest import Manifest

_ROUNDING_S = 0.05  # a header's length may be a little more than what is decoded


def describe_corpus(corpus: Manifest, clips: pd.DataFrame, *, left_out: LeftOut) -> str:
    """Return one line about a corpus: where it is from, how large it is, what was left out.

    Args:
        corpus: What it read as.
        clips: Those of its clips that were decoded.
        left_out: What could not be, and what lies beside them.
    """
    caveat = f"; {corpus.caveat}" if corpus.caveat else ""
    return (
        f"{corpus.origin.name}, {len(clips)} clips of {clips['label'].nunique()} classes, "
        f"{left_out.describe()}{caveat}"
    )


def describe_use(available_s: np.ndarray, clip_s: float) -> str:
    """Return how much of the files is used, to be joined to a line; empty where all of it is.

    Args:
        available_s: Seconds that each file, or its excerpt, has; NaN where that is not known.
        clip_s: Seconds that a clip takes of them.
    """
    known = available_s[~np.isnan(available_s)]
    n_longer = int((known > clip_s + _ROUNDING_S).sum())
    if n_longer == 0:
        return ""
    share = np.minimum(known, clip_s).sum() / known.sum()
    return (
        f"; {n_longer} of {len(available_s)} are longer than {clip_s:.1f} s, of which the first "
        f"{clip_s:.1f} s that sound are used: {share:.0%} of all sound"
    )


def describe_extra(extra: Manifest | None, clips: pd.DataFrame) -> str | None:
    """Return one line about an extra corpus: what it adds, and which classes only it has.

    Args:
        extra: What it read as; ``None`` without one.
        clips: The decoded clips of both corpora, with the column ``extra``.
    """
    if extra is None:
        return None
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
