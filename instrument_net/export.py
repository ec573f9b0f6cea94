"""Checkpoint -> one file that takes a waveform and gives probabilities.

python -m instrument_net.export outputs/quickstart/.../checkpoints/best.ckpt --to onnx
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line, for_screen
from instrument_net.extras import install
from instrument_net.invocation import command_name

_ENDINGS = {"onnx": ".onnx", "torch": ".pt2"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog=command_name("export"),
        description="Write a trained network as one file: waveform in, probabilities out. The "
        "weights alone are written beside it, as safetensors with a JSON of all settings.",
    )
    parser.add_argument("checkpoint", type=Path, help="best.ckpt of a training run")
    parser.add_argument("--to", choices=list(_ENDINGS), default="onnx", help="default: onnx")
    parser.add_argument(
        "--out", type=Path, help="the file (default: beside the checkpoint, with its name)"
    )
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False)
    from instrument_net.recognition.exporters import EXPORTERS, LARGEST_DIFFERENCE, export_weights
    from instrument_net.recognition.recogniser import Recogniser

    out = options.out or options.checkpoint.with_suffix(_ENDINGS[options.to])
    try:
        recogniser = Recogniser.from_checkpoint(options.checkpoint)
        with console.status(f"Exporting to {options.to}"):
            difference = EXPORTERS[options.to](recogniser, out)
        export_weights(recogniser, out.with_suffix(".safetensors"))
    except ModuleNotFoundError as error:
        console.print(error_line(f"{error}: {install('export')}"))
        return WRONG_INPUT_STATUS
    except InputError as error:
        console.print(error_line(error))
        return WRONG_INPUT_STATUS
    front_end = recogniser.front_end
    for what, text in {
        "file": f"{out} ({out.stat().st_size / 2**20:.1f} MiB)",
        "waveform": f"(batch, {front_end.num_samples}) float32 at {front_end.sample_rate_hz} Hz",
        "probabilities": f"(batch, {len(recogniser.class_names)}) of "
        f"{', '.join(recogniser.class_names)}",
        "against PyTorch": f"largest difference {difference:.1e} (at most {LARGEST_DIFFERENCE})",
        "weights": f"{out.with_suffix('.safetensors')}, settings in {out.with_suffix('.json')}",
    }.items():
        console.print(f"{what:16}{for_screen(text)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
