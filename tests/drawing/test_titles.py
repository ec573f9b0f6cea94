"""Titles fit the width of their figure, and show names as they are."""

from matplotlib.figure import Figure

from instrument_net.drawing.png import png
from instrument_net.drawing.titles import add_title


def test_a_long_title_is_broken_into_lines_that_fit():
    figure = Figure(figsize=(5, 3), layout="constrained")
    figure.subplots()
    title = "outputs/orchestra/2026-11-01_10-00-00/checkpoints/best.ckpt on the run's own split"
    add_title(figure, f"{title}\nA$AP_$1.wav")
    assert figure.get_suptitle().endswith("split\nA\\$AP_\\$1.wav")
    assert png(figure)
    box = figure._suptitle.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= 5 * figure.dpi
