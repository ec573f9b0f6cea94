import os

import pytest
from torch.utils.tensorboard import SummaryWriter

from instrument_net.run_folder import RunFolderError, newest_run, read_curves


def make_run(folder, *, ended_s):
    for name in ("checkpoints/best.ckpt", "report/predictions.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    os.utime(folder / "report/predictions.csv", (ended_s, ended_s))
    return folder


def test_the_newest_run_is_the_one_that_ended_last(tmp_path):
    make_run(tmp_path / "baseline/2026-02-01_10-00-00", ended_s=1_000)
    newest = make_run(tmp_path / "a_sweep/2026-01-01_10-00-00_sweep/0", ended_s=2_000)
    make_run(tmp_path / "z/2026-01-01_10-00-00", ended_s=1_500)
    # Still training: a checkpoint, but no report.
    running = make_run(tmp_path / "z/2026-03-01_10-00-00", ended_s=3_000)
    (running / "report/predictions.csv").unlink()
    assert newest_run(tmp_path) == newest


def test_where_no_run_has_finished_the_message_says_how_to_make_one(tmp_path):
    with pytest.raises(RunFolderError, match=r"no finished run .*instrument_net\.train"):
        newest_run(tmp_path)


def test_curves_have_one_row_an_epoch_at_whatever_step_they_were_logged(tmp_path):
    # Three steps an epoch: the rate is logged before the first, all else at the last one; the
    # third epoch is broken off after its rate and a step.
    with SummaryWriter(tmp_path / "tensorboard") as writer:
        for epoch in range(2):
            writer.add_scalar("lr-Adam", 0.1 / (1 + epoch), 3 * epoch)
            writer.add_scalar("train/loss", 9.0, 3 * epoch + 1)
            writer.add_scalar("train/loss", 2.0 - epoch, 3 * epoch + 2)
            writer.add_scalar("epoch", epoch, 3 * epoch + 2)
        writer.add_scalar("validation/loss", 3.0, 5)
        writer.add_scalar("lr-Adam", 0.01, 6)
        writer.add_scalar("test/accuracy", 0.5, 0)
    curves = read_curves(tmp_path)
    assert curves.index.tolist() == [0, 1]
    assert set(curves.columns) == {"lr-Adam", "train/loss", "validation/loss"}
    assert curves["train/loss"].tolist() == [2.0, 1.0]
    assert curves["lr-Adam"].tolist() == pytest.approx([0.1, 0.05])
    assert curves["validation/loss"].isna().tolist() == [True, False]


@pytest.mark.parametrize("folder", ["tensorboard", "elsewhere"])
def test_a_folder_without_a_training_has_no_curves(tmp_path, folder):
    with SummaryWriter(tmp_path / folder) as writer:
        writer.add_scalar("test/accuracy", 0.5, 0)
    with pytest.raises(RunFolderError, match="no curves of a training run"):
        read_curves(tmp_path)
