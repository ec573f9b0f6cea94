"""Names that a column of a table of clips cannot have: reports need them, or cannot use them."""

from __future__ import annotations

from collections.abc import Iterable

from instrument_net.escaping import one_line

# What runs and reports add to the clips: the split's table, predictions, scores of parts.
_OURS = {
    "group": "the recordings that stay in one split",
    "kept_whole": "what a split of a published corpus keeps whole",
    "digest": "the content of each clip",
    "same_recording": "near duplicates",
    "reason": "why a clip was left out",
    "predicted": "predictions",
    "correct": "predictions",
    "confidence": "predictions",
    "true_probability": "predictions",
    "accuracy": "scores of parts",
    "macro_recall": "scores of parts",
    "log_loss": "scores of parts",
    "n_clips": "scores of parts",
}
_LONGEST = 200  # bytes; file systems allow 255 for by_<column>.csv, with an ending while written


def unusable_column(columns: Iterable[str]) -> str | None:
    """Return which column has a name that a report cannot take, and why; ``None`` if none has.

    Args:
        columns: Of a table of clips, as its user named them.

    >>> unusable_column(["path", "label", "correct"])
    "the column 'correct' has the name of one that runs add (predictions): rename it"
    >>> unusable_column(["path", "label", "mic/room"])
    "the column 'mic/room' cannot name a file of the report, because of '/': rename it"
    """
    for name in columns:
        added = "probabilities" if name.startswith("p(") and name.endswith(")") else _OURS.get(name)
        if added:
            return f"the column {name!r} has the name of one that runs add ({added}): rename it"
        wrong = next((c for c in name if c in "/\\" or one_line(c) != c), None)
        if wrong is not None:
            return (
                f"the column {name!r} cannot name a file of the report, because of {wrong!r}: "
                "rename it"
            )
        n_bytes = len(name.encode(errors="replace"))
        if n_bytes > _LONGEST:
            return (
                f"the column '{name[:20]}...' has a name of {len(name)} characters, {n_bytes} "
                f"bytes, which cannot name a file of the report: rename it, {_LONGEST} at most"
            )
    return None
