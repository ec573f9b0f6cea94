"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from instrument_net.escaping import for_markdown


def markdown_table(table: pd.DataFrame, *, markdown: Collection[str] = ()) -> str:
    """Return a table as Markdown, without its index; every text in it is shown as it is.

    Args:
        table: Its columns have different names.
        markdown: Columns whose texts are Markdown themselves.
    """
    shown = table.astype(str).apply(
        lambda column: column if column.name in markdown else column.map(for_markdown)
    )
    rows = [list(map(for_markdown, table.columns)), *shown.to_numpy().tolist()]
    rows.insert(1, ["---"] * len(table.columns))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
