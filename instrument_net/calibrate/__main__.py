"""Let a checkpoint say how sure it may be of sources that it was not trained on.

python -m instrument_net.calibrate BEST.ckpt outputs/residual/cross_validation_1a2b3c4d
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line, for_screen
from instrument_net.invocation import command_name

if TYPE_CHECKING:
    from instrument_net.evaluation.how_sure import HowSure
    from instrument_net.recognition.certainty import Certainty


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog=command_name("calibrate"),
        description="Let a checkpoint say how sure it may be of sources that it was not trained "
        "on: its probabilities are scaled, `predict --coverage` names sets of classes, and what no "
        "class explains is called unsure. All of it is fitted on the predictions of a "
        "cross-validation with split=leave_one_source_out, and kept in the checkpoint.",
    )
    parser.add_argument("checkpoint", type=Path, help="best.ckpt of a training run, or its folder")
    parser.add_argument(
        "cross_validation", type=Path, metavar="FOLDER",
        help="of the cross-validation: outputs/<experiment>/cross_validation_<digest>; or of runs "
        "with split=by_source",
    )  # fmt: skip
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parse(arguments)
    console = Console(soft_wrap=True, highlight=False)
    try:
        with console.status("Fitting on the predictions of the cross-validation"):
            checkpoint, certainty, measured = _calibrate(options)
    except InputError as error:
        console.print(error_line(error))
        return WRONG_INPUT_STATUS
    for what, text in _lines(checkpoint, certainty, measured).items():
        console.print(f"{what:20}{for_screen(text)}")
    return 0


def _calibrate(options: argparse.Namespace) -> tuple[Path, Certainty, HowSure]:
    """Return the checkpoint that was calibrated, what it keeps now, and how well that holds.

    Raises:
        InputError: If checkpoint and cross-validation cannot be used, or not together.
    """
    from instrument_net.calibrate.cross_validation import (
        check_same_classes,
        check_same_network,
        unseen_predictions,
    )
    from instrument_net.calibrate.keeping import check_keeps, keep_certainty
    from instrument_net.evaluation.how_sure import how_sure
    from instrument_net.evaluation.kept_scores import kept_scores
    from instrument_net.evaluation.source_certainty import describe_origin, fit_certainty
    from instrument_net.recognition.named_checkpoint import checkpoint_file
    from instrument_net.recognition.recogniser import Recogniser

    checkpoint = checkpoint_file(options.checkpoint)
    check_keeps(checkpoint)
    recogniser = Recogniser.from_checkpoint(checkpoint)
    predictions, experiment, n_networks = unseen_predictions(options.cross_validation)
    check_same_classes(options.cross_validation, predictions, recogniser.class_names)
    check_same_network(options.cross_validation, recogniser.settings, n_networks)
    try:
        measured = how_sure(predictions)
        origin = describe_origin(predictions, experiment, n_networks)
    except InputError as error:
        raise InputError(f"{options.cross_validation}: {error}") from error
    certainty = replace(
        fit_certainty(predictions, origin), measured=kept_scores(predictions, measured)
    )
    keep_certainty(checkpoint, certainty)
    return checkpoint, certainty, measured


def _lines(checkpoint: Path, certainty: Certainty, measured: HowSure) -> dict[str, str]:
    before, after = measured.errors.T["calibration error"].tolist()
    rows = zip(measured.sets.index.tolist(), measured.sets.to_dict("records"), strict=True)
    sets = {
        f"sets of {100 * stated:g} %": f"hold the true class of "
        f"{100 * row['coverage']:.1f} % of the clips, {row['mean_size']:.1f} classes on average"
        for stated, row in rows
    }
    return {
        "checkpoint": f"{checkpoint} keeps it",
        "from": certainty.origin,
        "temperature": f"{certainty.temperature:.2f}",
        "calibration error": f"{before:.3f} -> {after:.3f}, each source scaled by the others",
        **sets,
        "unsure": f"below {certainty.unsure_below:.2f}: {100 * measured.unsure:.1f} % of the clips",
        "next": f"{command_name('predict')} {checkpoint} FILE|FOLDER --coverage 0.9",
    }


if __name__ == "__main__":
    sys.exit(main())
