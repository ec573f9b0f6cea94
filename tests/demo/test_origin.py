"""What is known about the training of a checkpoint."""

from pathlib import Path

import pandas as pd

from instrument_net.demo.origin import UNKNOWN, describe_origin
from instrument_net.recognition.weights_file import write_weights_file


def test_the_origin_of_a_checkpoint_is_described_by_its_run_folder(tmp_path):
    checkpoint = tmp_path / "checkpoints" / "best.ckpt"
    checkpoint.parent.mkdir()
    assert describe_origin(checkpoint) == UNKNOWN
    pd.DataFrame({"split": ["train"] * 3 + ["test"]}).to_csv(tmp_path / "splits.csv")
    config = tmp_path / ".hydra" / "config.yaml"
    config.parent.mkdir()
    config.write_text("name: night\ndata: {path: /srv/secret/strings}\n")
    assert describe_origin(checkpoint) == "experiment night, trained on 3 clips of strings"
    checkpoint.touch()
    assert describe_origin(tmp_path) == describe_origin(checkpoint)
    config.write_text("name: night\ndata: {seed: 0}\n")
    assert describe_origin(checkpoint).endswith(
        "3 clips of the synthetic corpus (no real instruments)"
    )
    config.write_text("name: [night\n")
    assert describe_origin(checkpoint) == UNKNOWN


def test_exported_weights_bring_their_origin_along(tmp_path):
    weights = tmp_path / "a.safetensors"
    write_weights_file(weights, {}, {}, card={"summary": "trained on noise"})
    assert describe_origin(weights) == "trained on noise"
    write_weights_file(weights, {}, {})
    assert describe_origin(weights) == UNKNOWN
    assert describe_origin(Path("pretrained")).startswith("trained on ")
