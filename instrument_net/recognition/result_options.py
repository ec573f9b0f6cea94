"""Results as the command line asks for them: its options, and what they make of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from instrument_net.errors import InputError
from instrument_net.files import printable
from instrument_net.recognition.listing import Listing
from instrument_net.recognition.listings import LISTINGS
from instrument_net.recognition.result_files import ResultFiles, Written
from instrument_net.recognition.shard import Shard
from instrument_net.recognition.timelines import timeline_listing

if TYPE_CHECKING:
    from instrument_net.recognition.recogniser import Recogniser

_FORMATS = {
    **{f".{name}": name for name in LISTINGS if name != "table"},
    ".txt": "table",
    "": "table",
}
_DECIDE_RESULTS = ("top", "coverage", "format", "window", "shard", "timeline", "picture")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is written, and where, to those of a command."""
    parser.add_argument("--top", type=int, default=3, help="classes a file (default: 3)")
    parser.add_argument(
        "--coverage", type=float, metavar="SHARE",
        help="also name a set of classes a file, which holds the right one for this share of the "
        "files of unseen sources: 0.8, 0.9 or 0.95; the checkpoint must have been calibrated",
    )  # fmt: skip
    parser.add_argument(
        "--format", choices=list(LISTINGS),
        help="default: that of the ending of --out (.csv, .json, .jsonl, .txt), else table",
    )  # fmt: skip
    parser.add_argument(
        "--window", choices=["slide", "whole"], default="slide",
        help="slide (default): windows over the whole file, overlapping by half, averaged by "
        "level and certainty; whole: the file's beginning as one clip, as in training",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="FILE",
        help="write the results to this file, not to the screen; it is FILE.part until it is whole",
    )  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true",
        help="go on where the same command was killed, if it was; needs --out",
    )  # fmt: skip
    parser.add_argument(
        "--shard", default="1/1", metavar="K/N",
        help="classify the K-th of N shares of the files, in one of N processes",
    )  # fmt: skip
    parser.add_argument(
        "--timeline", type=Path, metavar="FILE",
        help="write each window's probabilities to this CSV; to a .txt, what plays from when to "
        "when, as labels for Audacity or Sonic Visualiser",
    )  # fmt: skip
    parser.add_argument(
        "--picture", type=Path, metavar="FOLDER",
        help="draw the spectrogram of each file that is longer than a window, and what plays when",
    )  # fmt: skip


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Fill in what other options decide, and end the command where options do not fit."""
    if options.top < 1:
        parser.error("--top must be at least 1")
    if options.format is None:
        options.format = _FORMATS.get("" if options.out is None else options.out.suffix.lower())
    try:
        options.shard = Shard.parsed(options.shard)
    except InputError as error:
        parser.error(str(error))
    if options.resume and (options.out is None or options.format == "table"):
        parser.error("--resume needs --out FILE.csv, FILE.json or FILE.jsonl")


def check_endings(options: argparse.Namespace) -> None:
    """Refuse files whose ending promises what is not written.

    Raises:
        InputError: Naming the file and what its ending may be.
    """
    if options.format is None:
        *others, last = filter(None, _FORMATS)
        raise InputError(
            f"{printable(options.out)}: no results are written as {options.out.suffix}; let it end "
            f"in {', '.join(others)} or {last}, or name a --format"
        )
    if options.timeline and options.timeline.suffix.lower() not in (".csv", ".txt", ""):
        raise InputError(
            f"{printable(options.timeline)}: no timeline is written as {options.timeline.suffix}; "
            "let it end in .csv or .txt"
        )


def listing(
    options: argparse.Namespace, recogniser: Recogniser, screen: TextIO | None = None
) -> Listing:
    """Return what results are written as; ``screen``: where a table will be printed."""
    make, with_sets = LISTINGS[options.format], options.coverage is not None
    return make(len(recogniser.class_names), options.top, with_sets=with_sets, screen=screen)


def result_files(options: argparse.Namespace, recogniser: Recogniser) -> ResultFiles:
    """Open what results are written into.

    Raises:
        InputError: See :class:`~instrument_net.recognition.result_files.ResultFiles`.
    """
    from instrument_net.recognition.digest import digest_of  # late: --help comes without PyTorch

    written = []
    for place in (options.out, options.timeline):
        if options.shard.count > 1 and not options.resume and place and place.is_file():
            raise InputError(
                f"{printable(place)}: exists, and shares are not written over one another; name a "
                "file for each --shard, or remove this one"
            )
    if options.out:
        written.append(Written(options.out, listing(options, recogniser)))
    if options.timeline:
        windows = timeline_listing(options.timeline, recogniser.class_names)
        written.append(Written(options.timeline, windows))
    decided = {name: getattr(options, name) for name in _DECIDE_RESULTS}
    certainty = recogniser.certainty
    facts = {
        "the checkpoint": digest_of(recogniser),
        "the classes": ", ".join(recogniser.class_names),
        "the calibration": None if certainty is None else json.dumps(certainty.plain()),
        "FILE|FOLDER": " ".join(map(printable, options.inputs)),
        **{
            f"--{name}": value if isinstance(value, int | float | None) else str(value)
            for name, value in decided.items()
        },
    }
    return ResultFiles(written, facts, resume=options.resume)
