"""One call writes a figure for a report and, on request, for a paper."""

import re
from functools import partial

import pytest
from matplotlib.figure import Figure

from instrument_net.drawing.formats import FORMATS
from instrument_net.drawing.saving import ONE_COLUMN_IN, TWO_COLUMNS_IN, save_figure
from instrument_net.drawing.titles import add_title


def draw(drawn, width_in=6.0, *, square=False):
    figure = Figure(figsize=(width_in, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    axes.set_xlabel("confidence")
    axes.set_title("a part of it", fontsize="medium")
    axes.set_aspect("equal" if square else "auto")
    add_title(figure, "Test of baseline")
    drawn.append(figure)
    return figure


def test_a_report_needs_only_png(tmp_path):
    save_figure(partial(draw, []), tmp_path / "plot")
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"png"}))
def test_a_paper_gets_the_same_figure_beside_it_and_always_the_same_bytes(tmp_path, form):
    for name in ("plot", "again"):
        save_figure(partial(draw, []), tmp_path / name, figures=form)
    assert sorted(path.suffix[1:] for path in tmp_path.glob("plot.*")) == sorted(["png", form])
    assert (tmp_path / f"plot.{form}").read_bytes() == (tmp_path / f"again.{form}").read_bytes()


@pytest.mark.parametrize(("width_in", "column_in"), [(6, ONE_COLUMN_IN), (11, TWO_COLUMNS_IN)])
def test_a_paper_gets_one_column_or_two_with_embedded_fonts(tmp_path, width_in, column_in):
    save_figure(partial(draw, [], width_in), tmp_path / "plot", figures="pdf")
    content = (tmp_path / "plot.pdf").read_bytes()
    (width_pt,) = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ", content)
    assert float(width_pt) == pytest.approx(72 * column_in, abs=0.01)
    assert b"/CIDFontType2" in content  # how a PDF calls Type 42
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"/Subtype /Image" not in content  # lines and letters, no pixels


def test_in_a_paper_a_figure_has_no_title_but_its_parts_have_and_letters_are_small(tmp_path):
    drawn = []
    save_figure(partial(draw, drawn), tmp_path / "plot", figures="svg")
    screen, paper = drawn
    assert screen.get_suptitle() == "Test of baseline"
    assert screen.axes[0].title.get_fontsize() == 10
    assert paper.get_suptitle() == ""
    assert paper.axes[0].get_title() == "a part of it"
    assert paper.axes[0].title.get_fontsize() == 8


def test_what_is_square_stays_square_and_other_figures_do_not_get_too_low(tmp_path):
    for square, height_in in ((True, 4 * 3.5 / 7), (False, 4 * 0.65)):
        drawn = []
        save_figure(partial(draw, drawn, 7, square=square), tmp_path / "plot", figures="pdf")
        assert drawn[1].get_size_inches().tolist() == pytest.approx([3.5, height_in])
