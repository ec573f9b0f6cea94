"""Name what of a corpus is not used or renamed, on screen and in ``rejected.csv``."""

from __future__ import annotations

from rich.console import Console

from instrument_net.data import InstrumentDataModule
from instrument_net.escaping import for_screen
from instrument_net.files import write_atomically
from instrument_net.run_folder import RunFolder


def name_left_out(datamodule: InstrumentDataModule, folder: RunFolder) -> None:
    """Write the table of what is left out into a run folder, and print a line for each clip.

    Args:
        datamodule: Set up.
        folder: Of the run or evaluation.
    """
    left_out = datamodule.left_out
    write_atomically(folder.rejected, left_out.table().to_csv().encode())
    for line in left_out.lines():
        Console().print(
            f"[yellow]left out:[/yellow] {for_screen(line)}", highlight=False, soft_wrap=True
        )
    for line in datamodule.describe_renaming():
        Console().print(for_screen(line), highlight=False, soft_wrap=True)
