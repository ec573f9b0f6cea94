"""The network that a command works with: its options, and what they open."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.console import Console

from instrument_net.escaping import for_screen
from instrument_net.recognition.named_checkpoint import describe_pretrained

if TYPE_CHECKING:
    from instrument_net.recognition.recogniser import Recogniser

# What may stand for a network, for the help of an argument.
CHECKPOINT_HELP = (
    "best.ckpt of a training run, the folder of the run, or exported weights (.safetensors); "
    "default: the weights in the package"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a network works to those of a command."""
    parser.add_argument(
        "--batch-size", type=int, default=16, help="windows at a time (default: 16)"
    )
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda, cuda:1, mps")


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End the command where an option cannot be."""
    if options.batch_size < 1:
        parser.error("--batch-size must be at least 1")


def open_recogniser(options: argparse.Namespace, screen: Console) -> Recogniser:
    """Return the recogniser of ``options.checkpoint`` on its device; say which, if nobody named it.

    Raises:
        InputError: If the checkpoint or the device cannot be used.
    """
    # Late: they import PyTorch, which takes longer than all that --help needs.
    from instrument_net.recognition.device import choose_device
    from instrument_net.recognition.recogniser import Recogniser

    recogniser = Recogniser.from_checkpoint(options.checkpoint)
    if which := describe_pretrained(options.checkpoint, recogniser.card):
        screen.print(for_screen(which))
    recogniser.to(choose_device(options.device))
    return recogniser
