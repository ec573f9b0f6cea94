"""A checkpoint in its run folder -> what its card says, as plain values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from instrument_net.card.sources import licensed_sources
from instrument_net.data.equal_content import DIGEST
from instrument_net.data.extra import EXTRA
from instrument_net.errors import InputError
from instrument_net.invocation import command_name
from instrument_net.models import members_of
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.run_folder import RunFolder, read_splits

_SEEN = ("train", "validation")


def facts_of(recogniser: Recogniser, checkpoint: Path, sources: Path) -> dict[str, Any]:
    """Return what is known about a network and its training.

    Args:
        recogniser: Of the checkpoint.
        checkpoint: In its run folder, calibrated: what it keeps says how good such networks are.
        sources: Table of licences, see
            :func:`~instrument_net.card.sources.licensed_sources`.

    Raises:
        InputError: If the checkpoint was not calibrated, is not in its run folder, or a source
            lacks its licence.
    """
    certainty = recogniser.certainty
    if certainty is None or not certainty.measured:
        raise InputError(
            f"{checkpoint}: nothing is known of its scores on unseen sources: "
            f"{command_name('calibrate')} {checkpoint} CROSS_VALIDATION measures them"
        )
    run = RunFolder.of_checkpoint(checkpoint)
    clips = read_splits(run)
    if clips is None:
        raise InputError(
            f"{checkpoint}: what it was trained on is not known: {run.splits} is missing"
        )
    seen = clips[clips["split"].isin(_SEEN)]
    is_extra = seen[EXTRA] != "" if EXTRA in seen else pd.Series(False, index=seen.index)
    members = members_of(recogniser.network)
    facts: dict[str, Any] = {
        "network": type(members[0]).__name__,
        "n_members": len(members),
        "n_parameters": sum(p.numel() for p in recogniser.network.parameters()),
        "n_recordings": int((~is_extra).sum()),
        "n_extra": int(is_extra.sum()),
        "sources": licensed_sources(seen[~is_extra], sources),
        "extra_sources": licensed_sources(seen[is_extra], sources) if is_extra.any() else [],
        "measured": {**certainty.measured, "origin": certainty.origin},
        "clips": sorted(seen[DIGEST]) if DIGEST in seen else [],
    }
    return {**facts, "summary": _summary(facts)}


def _summary(facts: dict[str, Any]) -> str:
    """Return in half a sentence what it was trained on and how good such networks are."""
    measured = facts["measured"]
    extra = f" and {facts['n_extra']:,} notes of SoundFonts" * (facts["n_extra"] > 0)
    return (
        f"trained on {facts['n_recordings']:,} recordings of {len(facts['sources'])} sources{extra}"
        f"; on sources that they were not trained on, such networks have a macro recall of "
        f"{measured['scores']['macro_recall']:.2f} over {len(measured['classes'])} classes"
    )
