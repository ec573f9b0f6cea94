"""Figures as files: PNG for reports, and SVG or PDF for papers. No caller knows formats."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from instrument_net.drawing.png import png
from instrument_net.files import write_atomically

ONE_COLUMN_IN, TWO_COLUMNS_IN = 3.5, 7.16  # of IEEE's journals; others differ by millimetres
_WIDEST_IN = 7.5  # on a screen, of what fits into one column
_TALLEST_IN = 9.0  # a page has room for this much and a caption
_LEAST_SHRINKING = 0.65  # of the height: letters do not shrink with the width
_LARGEST_PT, _SMALLEST_PT = 8.0, 5.0
_NO_DATE = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}  # the same figure, the same file


def save_figure(draw: Callable[[], Figure], path: Path, *, figures: str = "png") -> None:
    """Write a figure as PNG and, where another format is asked for, in that one beside it.

    What is made for papers has no title, is exactly one or two columns wide, its letters have at
    most 8 points, and its fonts are embedded (PDF: as Type 42) or drawn (SVG). It consists of
    lines and areas, except spectrograms, which are pixels.

    Args:
        draw: Makes the figure, with relative sizes of letters (``"small"``) and its title from
            :func:`~instrument_net.drawing.titles.add_title`. Called once for each file.
        path: Without an ending.
        figures: One of :data:`~instrument_net.drawing.formats.FORMATS`; ``png`` alone makes no
            second file.
    """
    figure = draw()
    write_atomically(path.with_name(f"{path.name}.png"), png(figure))
    if figures != "png":
        content = _for_paper(draw, figure.get_figwidth(), figures)
        write_atomically(path.with_name(f"{path.name}.{figures}"), content)


def _for_paper(draw: Callable[[], Figure], screen_width_in: float, form: str) -> bytes:
    width_in = ONE_COLUMN_IN if screen_width_in <= _WIDEST_IN else TWO_COLUMNS_IN
    shrinking = width_in / screen_width_in
    settings: dict[str, object] = {
        "font.size": min(_LARGEST_PT, max(_SMALLEST_PT, 20 * shrinking)),  # many classes, small
        "pdf.fonttype": 42,  # publishers refuse Type 3
        "svg.fonttype": "path",
        "svg.hashsalt": "instrument_net",
    }
    with mpl.rc_context(settings):  # type: ignore[arg-type]
        figure = draw()
        if figure.get_suptitle():
            figure.suptitle("", in_layout=False)
        square = any(axes.get_aspect() != "auto" for axes in figure.axes)
        of_height = shrinking if square else max(shrinking, _LEAST_SHRINKING)
        figure.set_size_inches(width_in, min(figure.get_figheight() * of_height, _TALLEST_IN))
        out = io.BytesIO()
        figure.savefig(out, format=form, dpi=300, metadata=_NO_DATE[form])
    return out.getvalue()
