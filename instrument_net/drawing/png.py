"""Figures as PNG."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


def png(figure: Figure, *, dots_per_inch: int = 110) -> bytes:
    """Return a figure as PNG."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dots_per_inch)
    return out.getvalue()
