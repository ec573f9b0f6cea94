"""What both commands are told: where the clips are, and where results go."""

from __future__ import annotations

import argparse
from pathlib import Path


def parser_of(module: str, description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options of both.

    Args:
        module: Below ``benchmarks``.
        description: What the command does.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("table", type=Path, help="CSV table of clips with a column source")
    parser.add_argument(
        "--banks", type=Path, default=Path("/usr/share/sounds/sf2"),
        help="a SoundFont, or a folder of them (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--folder", type=Path, default=Path("outputs/unheard"), help="of all trials (%(default)s)"
    )
    return parser
