"""Paper and ink: the two colours that the greys of a figure lie between."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import matplotlib as mpl
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb

_PAPER, _INK = "#18181b", "#f4f4f5"
_IN_INK = (
    "text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color",
)  # fmt: skip

LIGHT: Mapping[str, str] = MappingProxyType({})
DARK: Mapping[str, str] = MappingProxyType(
    {"figure.facecolor": _PAPER, "axes.facecolor": _PAPER, **dict.fromkeys(_IN_INK, _INK)}
)
"""Settings of matplotlib for a figure on a dark page; ``LIGHT`` are those that it has."""


def shade(share: float) -> tuple[float, float, float]:
    """Return a colour between the paper and the ink of the settings that hold now.

    Args:
        share: Of the ink, from 0, the paper, to 1, the ink.

    >>> shade(0.25)
    (0.75, 0.75, 0.75)
    """
    paper, ink = (to_rgb(mpl.rcParams[key]) for key in ("axes.facecolor", "text.color"))
    red, green, blue = ((1 - share) * p + share * i for p, i in zip(paper, ink, strict=True))
    return red, green, blue


def shades() -> Colormap:
    """Return the colours from the paper, 0, to the ink, 1."""
    return LinearSegmentedColormap.from_list("shades", [shade(0), shade(1)])


def blues() -> Colormap:
    """Return the blues from the paper, 0, to the one that differs most from it, 1."""
    light = sum(shade(0)) > sum(shade(1))
    if light:
        return mpl.colormaps["Blues"]
    return LinearSegmentedColormap.from_list(
        "blues", [shade(0), to_rgb("#2171b5"), to_rgb("#deebf7")]
    )
