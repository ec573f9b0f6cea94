"""What is known about the training of a checkpoint, from the run folder around it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from omegaconf import OmegaConf

UNKNOWN = "what it was trained on is unknown: no run folder around the checkpoint"


def describe_origin(checkpoint: Path) -> str:
    """Return the experiment, the corpus and the number of training clips, in one phrase.

    A checkpoint holds none of this; its run folder does (``.hydra/config.yaml``, ``splits.csv``).

    Args:
        checkpoint: ``<run>/checkpoints/<name>.ckpt``, or a lone file, for which the phrase says
            that nothing is known.
    """
    try:
        run = checkpoint.resolve().parents[1]
        config = OmegaConf.to_container(OmegaConf.load(run / ".hydra" / "config.yaml"))
        assert isinstance(config, dict)
        experiment, data = config["name"], config["data"]
        path = data.get("path")
        n_clips = int((pd.read_csv(run / "splits.csv")["split"] == "train").sum())
    except Exception:  # whatever these files lack, the page does without them
        return UNKNOWN
    corpus = Path(path).name if path else "the synthetic corpus (no real instruments)"
    return f"experiment {experiment}, trained on {n_clips:,} clips of {corpus}"
