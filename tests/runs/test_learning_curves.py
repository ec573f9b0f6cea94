"""The section of a report with the learning curves of its run."""

import numpy as np
import pandas as pd
import pytest

from instrument_net.run_folder import RunFolder
from instrument_net.runs import learning_curves as module
from instrument_net.runs.learning_curves import learning_curves
from instrument_net.runs.monitor import Monitor

CURVES = pd.DataFrame(
    {
        "train/loss": [2.0, 1.0, 0.5, 0.4],
        "validation/loss": [1.0, 0.9, 1.2, 1.3],
        "validation/macro_recall": [0.2, np.nan, 0.6, 0.6],
    }
).rename_axis("epoch")


@pytest.mark.parametrize(
    ("monitor", "said"),
    [
        ("validation/macro_recall", "epoch 2 (the first is 0), the best by `validation/macro_rec"),
        ("validation/loss", "epoch 1 (the first is 0), the best by `validation/loss`, 0.9000"),
    ],
)
def test_the_best_epoch_is_the_first_with_the_best_value(monkeypatch, tmp_path, monitor, said):
    monkeypatch.setattr(module, "read_curves", lambda _: CURVES)
    folder = RunFolder(tmp_path)
    folder.tensorboard.mkdir()
    sections = learning_curves(folder, Monitor.named(monitor), figures="svg")
    assert said in sections["Learning curves"]
    assert sections["Learning curves"].startswith("![loss, macro recall by epoch](learning_")
    assert sorted(path.name for path in folder.report.iterdir()) == [
        "learning_curves.csv", "learning_curves.png", "learning_curves.svg"
    ]  # fmt: skip


def test_a_run_that_logs_elsewhere_has_no_such_section(tmp_path):
    monitor = Monitor.named("validation/loss")
    assert learning_curves(RunFolder(tmp_path), monitor, figures="png") == {}
