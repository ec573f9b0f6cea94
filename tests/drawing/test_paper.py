"""Figures on a light and on a dark page."""

import matplotlib as mpl
import pytest
from matplotlib.colors import to_rgb

from instrument_net.drawing.paper import DARK, LIGHT, blues, shade, shades


def luminance(colour):
    """Relative luminance, by WCAG 2."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("settings", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_can_be_read_and_shades_rise_from_paper_to_ink(settings):
    with mpl.rc_context(dict(settings)):
        paper, ink = mpl.rcParams["figure.facecolor"], mpl.rcParams["text.color"]
        assert contrast(paper, ink) > 12
        for key in ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"):
            assert contrast(paper, mpl.rcParams[key]) > 12, key
        assert shade(0) == pytest.approx(to_rgb(paper))
        assert shade(1) == pytest.approx(to_rgb(ink))
        against_paper = [contrast(paper, shade(share)) for share in (0, 0.1, 0.5, 1)]
        assert against_paper == sorted(against_paper)
        for colours in (shades(), blues()):
            assert contrast(paper, colours(0.0)[:3]) < 1.1
            assert contrast(paper, colours(1.0)[:3]) > 7


def test_a_light_figure_has_the_greys_that_matplotlib_calls_by_number():
    assert shade(0.12) == pytest.approx(to_rgb("0.88"))
