"""Figures -> pictures in a page: drawn for its light and for its dark theme."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from threading import Lock

import matplotlib as mpl
from matplotlib.figure import Figure

from instrument_net.drawing.paper import DARK, LIGHT
from instrument_net.drawing.png import png

_THEMES = {"light": LIGHT, "dark": DARK}
_DOTS_PER_INCH = 160  # sharp also on a screen with twice the usual density
_drawing = Lock()  # matplotlib's settings are those of the process, and visitors are in threads


def pictures(
    draw: Callable[[], Sequence[Figure]], *, descriptions: Sequence[str], kind: str
) -> list[str]:
    """Return figures as HTML, each in both themes; the style of the page shows one of them.

    Args:
        draw: Makes the figures; called once a theme.
        descriptions: What is to be seen in each, for those who do not see it.
        kind: A name for the style to select by.
    """
    drawn: dict[str, list[bytes]] = {}
    for theme, settings in _THEMES.items():
        with _drawing, mpl.rc_context(dict(settings)):  # type: ignore[arg-type]
            drawn[theme] = [png(figure, dots_per_inch=_DOTS_PER_INCH) for figure in draw()]
    return [
        f'<div class="{kind}">{_images(description, {t: drawn[t][number] for t in _THEMES})}</div>'
        for number, description in enumerate(descriptions)
    ]


def _images(description: str, of_theme: dict[str, bytes]) -> str:
    return "".join(
        f'<img class="on-{theme}" alt="{escape(description)}" '
        f'src="data:image/png;base64,{b64encode(content).decode()}">'
        for theme, content in of_theme.items()
    )
