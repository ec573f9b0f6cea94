"""Make one network of several that were trained apart: their logits are averaged.

python -m instrument_net.ensemble outputs/best/RUN outputs/best/RUN2 --out outputs/best/ensemble
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line, for_screen
from instrument_net.invocation import command_name


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog=command_name("ensemble"),
        description="Make one network of several that were trained apart, as with other seeds: "
        "their logits are averaged. On unseen sources, three runs of `best` together were right "
        "more often than each alone; they take three times as long. The folder that is written "
        "stands for a run in every command.",
    )
    parser.add_argument(
        "runs", type=Path, nargs="+", metavar="RUN",
        help="two or more folders of training runs, which differ in seed, corpus or training, "
        "not in front end, network or classes",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="a new folder, or an empty one"
    )
    parsed = parser.parse_args(arguments)
    if len(parsed.runs) < 2:
        parser.error("an ensemble needs two runs or more")
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parse(arguments)
    console = Console(soft_wrap=True, highlight=False)
    try:
        lines = _combine(options)
    except InputError as error:
        console.print(error_line(error))
        return WRONG_INPUT_STATUS
    for what, text in lines.items():
        console.print(f"{what:12}{for_screen(text)}")
    return 0


def _combine(options: argparse.Namespace) -> dict[str, str]:
    """Write the folder, and return what to say about it.

    Raises:
        InputError: If the networks do not go together, or the folder cannot be written.
    """
    from instrument_net.ensemble.averaging import averaged_checkpoint
    from instrument_net.ensemble.folder import check_is_new, write_folder
    from instrument_net.recognition.named_checkpoint import checkpoint_file

    files = [checkpoint_file(run) for run in options.runs]
    check_is_new(options.out)
    content = averaged_checkpoint(files)
    divided = write_folder(options.out, files, content)
    n_members = content["hyper_parameters"]["network"]["n_members"]
    n_parameters = sum(weight.numel() for weight in content["state_dict"].values())
    return {
        "checkpoint": f"{options.out} ({n_members} networks, {n_parameters / 1e6:.2f} M weights)",
        "clips": divided,
        "calibrate": f"{command_name('calibrate')} {options.out} FOLDER, of as many seeds",
        "use": f"{command_name('predict')} {options.out} FILE|FOLDER",
    }


if __name__ == "__main__":
    sys.exit(main())
