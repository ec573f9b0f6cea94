"""What a run's data are, in words for screen and report."""

from __future__ import annotations

from collections.abc import Mapping

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
    renaming = f"; {corpus.renaming}" if corpus.renaming else ""
    return (
        f"{corpus.origin.name}, {len(clips)} clips of {clips['label'].nunique()} classes, "
        f"{left_out.describe()}{renaming}{caveat}"
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


def describe_extra(
    extra: Mapping[str, Manifest],
    clips: pd.DataFrame,
    drawn: pd.Series | None,
    *,
    auxiliary: bool,
) -> str:
    """Return what each corpus adds to the training, and which classes only extra ones have.

    Args:
        extra: Name -> what it read as; at least one.
        clips: The decoded clips of all corpora: ``label``, ``corpus`` (blank for the first one) and
            ``source`` (blank where it is not known).
        drawn: How many clips an epoch has of each corpus; ``None`` where that is not known.
        auxiliary: Whether classes that only extra corpora have are no outputs.
    """
    names = clips["corpus"]
    shares = {} if drawn is None else (drawn / drawn.sum()).to_dict()
    parts = []
    for name, manifest in extra.items():
        caveat = f" ({manifest.caveat})" if manifest.caveat else ""
        part = _part(clips[names == name], shares.get(name))
        parts.append(f"{name}: {manifest.origin.name}{caveat}, {part}")
    untested = sorted(set(clips["label"][names != ""]) - set(clips["label"][names == ""]))
    fate = "learnt beside the others, no outputs" if auxiliary else "never tested"
    without_test = f"; only they have {', '.join(untested)}: {fate}" if untested else ""
    own = "" if drawn is None else f"; {shares.get('', 0):.0%} of it are clips of the corpus itself"
    return f"for training only: {'; '.join(parts)}{own}{without_test}"


def _part(clips: pd.DataFrame, share: float | None) -> str:
    sources = clips["source"][clips["source"] != ""].nunique()
    known = f"{sources} sources" if sources > 1 else f"{sources or 'unknown'} source"
    of_epoch = "" if share is None else f", {share:.0%} of an epoch"
    return f"{len(clips)} clips of {clips['label'].nunique()} classes, {known}{of_epoch}"


def describe_augmentation(augmentation: AugmentationChain | None, n_views: int | None) -> str:
    """Return what training changes about its clips, and whether in every epoch or once."""
    if augmentation is None:
        return "none"
    words = augmentation.describe()
    return words if n_views is None else f"{words}; {n_views} rendered views a clip"
