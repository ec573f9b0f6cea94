"""What of a copy of a published corpus is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from instrument_net.data.corpora.published.facts import CorpusFacts
from instrument_net.files import printable


def incompleteness(
    listed: pd.DataFrame, there: np.ndarray, folder: Path, facts: CorpusFacts
) -> str:
    """Return what is missing, in words; empty if nothing is known to be.

    Args:
        listed: One row a clip that the corpus lists, with ``path`` and ``label``.
        there: Whether the file of each row is there, bool ``(n_rows,)``.
        folder: Of the copy.
        facts: Of the corpus.
    """
    said = [f"{part} ({n} clips)" for part, n in missing_parts(folder, facts).items()]
    said += [f"{label} ({n} clips)" for label, n in too_few(listed["label"], facts).items()]
    absent = listed["path"][~there]
    if len(absent):
        said.append(
            f"{len(absent)} of {len(listed)} listed clips, the first is {printable(absent.iloc[0])}"
        )
    if not said:
        return ""
    return (
        f"missing of {facts.title}: {'; '.join(said)}: this is a partial copy, and scores on it "
        "are not scores on the corpus"
    )


def missing_parts(folder: Path, facts: CorpusFacts) -> dict[str, int]:
    """Return the parts of a corpus that are not there, with their numbers of clips."""
    return {part: n for part, n in facts.parts.items() if not (folder / part).exists()}


def too_few(labels: pd.Series, facts: CorpusFacts) -> dict[str, int]:
    """Return how many clips are missing of each class that has fewer than are published."""
    counts = labels.value_counts()
    short = {label: n - int(counts.get(label, 0)) for label, n in facts.clips_per_class.items()}
    return {label: n for label, n in short.items() if n > 0}
