"""``instrument-net COMMAND ...``, or ``python -m instrument_net COMMAND ...``: every command.

A command is imported once it is chosen: the table and ``--version`` come at once.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module

from instrument_net.invocation import CONSOLE_SCRIPT
from instrument_net.runs.refusal import refuse, refuse_missing
from instrument_net.spelling import hint


@dataclass(frozen=True)
class Command:
    """One of the table.

    Attributes:
        module: With a function ``main``, which reads ``sys.argv[1:]`` and returns an exit status,
            ``None`` for 0.
        summary: What it does, in a line.
    """

    module: str
    summary: str


COMMANDS = {
    "predict": Command("instrument_net.predict", "name the instruments in audio files"),
    "embed": Command("instrument_net.embed.__main__", "write a vector a file; find similar files"),
    "demo": Command("instrument_net.demo.__main__", "the same on a page in the browser"),
    "train": Command("instrument_net.train", "train a network and test its best checkpoint"),
    "evaluate": Command("instrument_net.evaluate", "test a checkpoint, also on another corpus"),
    "compare": Command("instrument_net.compare", "say whether two runs differ by more than chance"),
    "cross-validate": Command("instrument_net.cross_validate", "test every clip once, by folds"),
    "search": Command("instrument_net.search.__main__", "choose hyper-parameters"),
    "calibrate": Command(
        "instrument_net.calibrate.__main__", "let a checkpoint say how sure it may be"
    ),
    "ensemble": Command(
        "instrument_net.ensemble.__main__", "make one network of several, their logits averaged"
    ),
    "export": Command("instrument_net.export", "write a checkpoint as an ONNX or PyTorch file"),
    "card": Command("instrument_net.card.__main__", "show what weights are, and their licences"),
    "pack": Command("instrument_net.pack.__main__", "write a corpus as chunks, to train from"),
    "corpora": Command("instrument_net.corpora.__main__", "list, fetch, check published corpora"),
}


def main() -> int:
    """Run the command that the first argument names, and return its exit status."""
    first, *others = sys.argv[1:] or ["--help"]
    if first in ("-h", "--help"):
        print(_help())
        return 0
    if first == "--version":
        from instrument_net import __version__

        print(f"{CONSOLE_SCRIPT} {__version__}")
        return 0
    command = COMMANDS.get(first.replace("_", "-"))
    if command is None:
        kind = "option" if first.startswith("-") else "command"
        refuse(f"{first}: no such {kind}{hint(first, [*COMMANDS, '--help', '--version'])}")
    sys.argv[1:] = others
    try:
        status: int | None = import_module(command.module).main()
    except ModuleNotFoundError as error:
        refuse_missing(error)
    return status or 0


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            f"usage: {CONSOLE_SCRIPT} COMMAND ...",
            "",
            "Train, evaluate and use neural networks that name the instrument in a recording.",
            "",
            *lines,
            "",
            f"{CONSOLE_SCRIPT} COMMAND --help shows what a command takes.",
            f"{CONSOLE_SCRIPT} --version shows which version this is.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
