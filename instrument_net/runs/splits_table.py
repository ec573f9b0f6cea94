"""The clips of a run in their splits -> the table of its run folder."""

from __future__ import annotations

from pathlib import Path

from instrument_net.data import InstrumentDataModule
from instrument_net.data.packed import PackedDataModule
from instrument_net.files import write_atomically, written_atomically


def write_splits(datamodule: InstrumentDataModule, path: Path) -> None:
    """Write the table of all clips; that of a pack file by file, without holding it.

    Args:
        datamodule: Set up.
        path: Of the table.
    """
    if not isinstance(datamodule, PackedDataModule):
        write_atomically(path, datamodule.clips.to_csv().encode())
        return
    with written_atomically(path) as part, part.open("wb") as out:
        for number, table in enumerate(datamodule.table_files()):
            with table.open("rb") as rows:
                header = rows.readline()
                out.writelines([header] if number == 0 else [])
                out.writelines(rows)
