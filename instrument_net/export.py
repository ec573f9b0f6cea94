"""Checkpoint -> one file that takes a waveform and gives probabilities, or its weights alone.

python -m instrument_net.export outputs/quickstart/.../checkpoints/best.ckpt --to onnx
python -m instrument_net.export outputs/quickstart/.../checkpoints/best.ckpt --to safetensors
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line, for_screen
from instrument_net.extras import install
from instrument_net.invocation import command_name

if TYPE_CHECKING:
    from instrument_net.recognition.recogniser import Recogniser

_WEIGHTS = "safetensors"
_ENDINGS = {"onnx": ".onnx", "torch": ".pt2", _WEIGHTS: ".safetensors"}


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog=command_name("export"),
        description="Write a trained network as one file. ONNX and PyTorch files take a waveform "
        "and give probabilities; beside them are the weights, with a JSON of all settings. A file "
        "of weights alone, safetensors, takes the place of the checkpoint in every command: it "
        "holds the settings, and no code.",
    )
    parser.add_argument(
        "checkpoint", type=Path,
        help="best.ckpt of a training run, or its folder; pretrained: the weights in the package",
    )  # fmt: skip
    parser.add_argument("--to", choices=list(_ENDINGS), default="onnx", help="default: onnx")
    parser.add_argument(
        "--half", action="store_true", help="safetensors: weights in float16, half of the size"
    )
    parser.add_argument(
        "--out", type=Path, help="the file (default: beside the checkpoint, with its name)"
    )
    parsed = parser.parse_args(arguments)
    if parsed.half and parsed.to != _WEIGHTS:
        parser.error(f"--half comes with --to {_WEIGHTS}")
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parse(arguments)
    console = Console(soft_wrap=True, highlight=False)
    try:
        lines = _export(options, console)
    except ModuleNotFoundError as error:
        console.print(error_line(f"{error}: {install('export')}"))
        return WRONG_INPUT_STATUS
    except InputError as error:
        console.print(error_line(error))
        return WRONG_INPUT_STATUS
    for what, text in lines.items():
        console.print(f"{what:16}{for_screen(text)}")
    return 0


def _export(options: argparse.Namespace, console: Console) -> dict[str, str]:
    """Write the files, and return what to say about them.

    Raises:
        InputError: If the checkpoint cannot be used, or the file not be written.
    """
    from instrument_net.recognition.exporters import (
        EXPORTERS,
        LARGEST_DIFFERENCE,
        LARGEST_DIFFERENCE_OF_HALVED,
        export_settings,
        export_weights,
    )
    from instrument_net.recognition.named_checkpoint import PRETRAINED_FILE, checkpoint_file
    from instrument_net.recognition.places import check_places
    from instrument_net.recognition.recogniser import Recogniser

    checkpoint = checkpoint_file(options.checkpoint)
    # Of the weights in the package, into the working folder: nothing is written into a package.
    beside = Path(checkpoint.name) if checkpoint == PRETRAINED_FILE else checkpoint
    out = options.out or beside.with_suffix(_ENDINGS[options.to])
    weights = out.with_suffix(_ENDINGS[_WEIGHTS])
    check_places([out], spared=[checkpoint, PRETRAINED_FILE])
    recogniser = Recogniser.from_checkpoint(checkpoint)
    most = LARGEST_DIFFERENCE_OF_HALVED if options.half else LARGEST_DIFFERENCE
    with console.status(f"Exporting to {options.to}"):
        if options.to == _WEIGHTS:
            difference = export_weights(recogniser, out, half=options.half)
            return _about(recogniser, out, difference, most)
        difference = EXPORTERS[options.to](recogniser, out)
    lines = _about(recogniser, out, difference, most)
    if weights.exists() and weights.samefile(checkpoint):
        return lines  # they are there already
    export_weights(recogniser, weights)
    export_settings(recogniser, out.with_suffix(".json"))
    return lines | {"weights": f"{weights}, settings in {out.with_suffix('.json')}"}


def _about(recogniser: Recogniser, out: Path, difference: float, most: float) -> dict[str, str]:
    front_end = recogniser.front_end
    return {
        "file": f"{out} ({out.stat().st_size / 2**20:.1f} MiB)",
        "waveform": f"(batch, {front_end.num_samples}) float32 at {front_end.sample_rate_hz} Hz",
        "probabilities": f"(batch, {len(recogniser.class_names)}) of "
        f"{', '.join(recogniser.class_names)}",
        "against PyTorch": f"largest difference {difference:.1e} (at most {most})",
    }


if __name__ == "__main__":
    sys.exit(main())
