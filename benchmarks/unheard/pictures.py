"""What the networks of all seeds say together -> the confusion matrix, and how sure it may be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.unheard.scores import Key, together
from instrument_net.drawing.saving import save_figure
from instrument_net.evaluation import Predictions, measure
from instrument_net.evaluation.how_sure_section import write_how_sure
from instrument_net.evaluation.plots import plot_confusion
from instrument_net.files import write_atomically


def draw_pictures(parts: Mapping[Key, Predictions], folder: Path) -> None:
    """Write ``confusion.png``, ``how_sure.md`` and the pictures that it shows.

    Args:
        parts: Seed and fold -> predictions, of one recipe.
        folder: Where they go.
    """
    whole = together(parts)
    n_sources = whole.clips["source"].nunique()
    title = (
        f"{len(whole.clips):,} clips of {n_sources} sources, "
        "none of which their network was trained on"
    )
    draw = partial(plot_confusion, measure(whole).confusion, normalise=True, title=title)
    save_figure(draw, folder / "confusion")
    section = "\n\n".join(write_how_sure(whole, folder).values())
    write_atomically(folder / "how_sure.md", f"{section}\n".encode())
