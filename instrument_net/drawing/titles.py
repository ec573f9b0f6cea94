"""The title of a figure, which it has on a screen and not in a paper."""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure

from instrument_net.escaping import for_plot

_LETTERS_PER_INCH = 11  # of the title's size, on average


def add_title(figure: Figure, title: str) -> None:
    """Put a title above a figure, in as many lines as it takes.

    It is the figure's own title: :func:`instrument_net.drawing.saving.save_figure` leaves it out
    of what is made for papers. Titles of axes name parts of a figure, and stay.

    Args:
        figure: Of its final size.
        title: Line breaks stay.

    >>> figure = Figure(figsize=(2, 2))
    >>> add_title(figure, "Validation of the baseline, epoch 3")
    >>> print(figure.get_suptitle())
    Validation of the
    baseline, epoch 3
    """
    letters = int(figure.get_figwidth() * _LETTERS_PER_INCH)
    lines = [line for part in title.split("\n") for line in textwrap.wrap(part, letters)]
    figure.suptitle(for_plot("\n".join(lines)))
