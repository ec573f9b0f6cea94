"""Read back the tables that runs write: every value as it was written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

# What a table of clips holds as numbers; all else is text, whatever it looks like.
_NUMBERS = ["start_s", "duration_s"]


def read_own_table(path: Path) -> pd.DataFrame:
    """Return a table that a run wrote.

    A label ``NA``, a source ``01`` and a group ``1e5`` are text and stay as they are: pandas left
    to guess would read a missing value, 1 and 100000.

    Args:
        path: CSV file, UTF-8, with column names in its first row.

    Returns:
        ``start_s`` and ``duration_s`` as numbers, NaN where blank; every other column as text.

    Raises:
        ValueError: If the file is empty, not text, has rows of different lengths, or something else
            than a number in a column of numbers.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False)
    for column in table.columns.intersection(_NUMBERS):
        table[column] = as_numbers(table[column])
    return table


def as_numbers(texts: pd.Series) -> pd.Series:
    """Return texts as numbers, a blank one as NaN.

    Raises:
        ValueError: If one is neither.
    """
    return texts.where(texts != "", "nan").astype(float)
