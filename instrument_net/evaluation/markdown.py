"""Tables as Markdown."""

from __future__ import annotations

import pandas as pd

from instrument_net.escaping import for_markdown


def markdown_table(table: pd.DataFrame) -> str:
    """Return a table as Markdown, without its index; every text in it is shown as it is."""
    rows = [list(map(for_markdown, row)) for row in (table.columns, *table.astype(str).to_numpy())]
    rows.insert(1, ["---"] * len(table.columns))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
