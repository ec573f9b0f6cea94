"""Show the card of weights, or write weights together with their card.

python -m instrument_net.card
python -m instrument_net.card outputs/weights/run --sources sources.csv --out best.safetensors
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from instrument_net.card.page import card_page
from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line, for_screen
from instrument_net.files import write_atomically
from instrument_net.invocation import command_name
from instrument_net.recognition.named_checkpoint import PRETRAINED, checkpoint_file
from instrument_net.recognition.places import check_places
from instrument_net.recognition.screen_output import print_result
from instrument_net.recognition.weights_file import ENDING, is_weights_file

_MOST_BYTES_OF_FLOAT32 = 3 * 10**6  # larger networks are kept in float16


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog=command_name("card"),
        description="Show what weights are: their classes, what they were trained on, how good "
        "such networks are on sources that they were not trained on, and the lines that the "
        "licences of the recordings ask for. With --out, write weights and card of a training run.",
    )
    parser.add_argument(
        "checkpoint", type=Path, nargs="?", default=PRETRAINED,
        help="weights that have a card (.safetensors; default: those in the package); with --out, "
        "best.ckpt of a training run, calibrated, or the folder of the run",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar=f"FILE{ENDING}",
        help="write the weights to this file, and the card beside it, as .md",
    )  # fmt: skip
    parser.add_argument(
        "--sources", type=Path, metavar="TABLE",
        help="with --out: CSV table of the sources with their licences: source, work, licence, "
        "attribution, copyright, note",
    )  # fmt: skip
    parsed = parser.parse_args(arguments)
    if (parsed.out is None) != (parsed.sources is None):
        parser.error("--out and --sources come together")
    if parsed.out is not None and parsed.out.suffix.lower() != ENDING:
        parser.error(f"--out must end in {ENDING}")
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parse(arguments)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        if options.out is None:
            print_result(_page(checkpoint_file(options.checkpoint)))
        else:
            _write(options, console)
    except InputError as error:
        console.print(error_line(error))
        return WRONG_INPUT_STATUS
    return 0


def _page(file: Path) -> str:
    """Return the card that a file of weights holds.

    Raises:
        InputError: If it holds none.
    """
    from instrument_net.recognition.checkpoint import read_checkpoint, refusals_naming

    content = read_checkpoint(file)
    if not is_weights_file(file) or not content["card"]:
        raise InputError(
            f"{file}: has no card; {command_name('card')} BEST.ckpt --sources TABLE --out "
            f"FILE{ENDING} writes weights with one"
        )
    with refusals_naming(file):
        return card_page(file.name, content["hyper_parameters"], content["card"])


def _write(options: argparse.Namespace, console: Console) -> None:
    """Write weights and card.

    Raises:
        InputError: If the checkpoint was not calibrated or is not in its run folder, a source has
            no licence, or the file cannot be written.
    """
    from instrument_net.card.facts import facts_of
    from instrument_net.recognition.exporters import export_weights
    from instrument_net.recognition.recogniser import Recogniser

    checkpoint, page = checkpoint_file(options.checkpoint), options.out.with_suffix(".md")
    check_places([options.out, page], spared=[checkpoint, options.sources])
    recogniser = Recogniser.from_checkpoint(checkpoint)
    card = facts_of(recogniser, checkpoint, options.sources)
    half = 4 * card["n_parameters"] > _MOST_BYTES_OF_FLOAT32
    difference = export_weights(recogniser, options.out, half=half, card=card)
    write_atomically(page, _page(options.out).encode())
    size = options.out.stat().st_size / 10**6
    kind = "float16" if half else "float32"
    console.print(for_screen(f"weights: {options.out} ({size:.2f} MB, {kind})"))
    console.print(for_screen(f"largest difference of a probability: {difference:.1e}"))
    console.print(for_screen(f"card: {page}"))


if __name__ == "__main__":
    sys.exit(main())
