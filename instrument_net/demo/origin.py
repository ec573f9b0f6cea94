"""What is known about the training of a checkpoint, from the run folder around it."""

from __future__ import annotations

from pathlib import Path

from omegaconf import OmegaConf

from instrument_net.own_table import read_own_table
from instrument_net.recognition.named_checkpoint import checkpoint_file
from instrument_net.recognition.weights_file import is_weights_file, read_weights_file
from instrument_net.run_folder import RunFolder

UNKNOWN = "what it was trained on is unknown: no run folder around the checkpoint"


def describe_origin(checkpoint: Path) -> str:
    """Return the experiment, the corpus and the number of training clips, in one phrase.

    A checkpoint holds none of this; its run folder does. Exported weights may hold a card.

    Args:
        checkpoint: ``<run>/checkpoints/<name>.ckpt``, or ``<run>``, or ``pretrained``, or a lone
            file, for which the phrase says that nothing is known.
    """
    file = checkpoint_file(checkpoint)
    try:
        if is_weights_file(file):
            return str(read_weights_file(file)["card"]["summary"])
        run = RunFolder.of_checkpoint(file)
        config = OmegaConf.to_container(OmegaConf.load(run.config))
        assert isinstance(config, dict)
        experiment, data = config["name"], config["data"]
        path = data.get("path")
        n_clips = int((read_own_table(run.splits)["split"] == "train").sum())
    except Exception:  # the page works without these facts, too
        return UNKNOWN
    corpus = Path(path).name if path else "the synthetic corpus (no real instruments)"
    return f"experiment {experiment}, trained on {n_clips:,} clips of {corpus}"
