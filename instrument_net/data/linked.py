"""Names that belong together because a third thing links them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def linked(names: pd.Series, links: Sequence[pd.Series]) -> pd.Series:
    """Return the names, those that are linked as one, named after the first by name.

    Args:
        names: Of each row.
        links: Rows with the same value in one of these are linked, and whatever these are linked
            with: a may be linked with b by one of them, and b with c by another.
    """
    while True:
        again = names
        for link in links:
            again = again.groupby(link).transform("min")
        if again.equals(names):
            return names
        names = again
