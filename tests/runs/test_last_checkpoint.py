"""When a checkpoint is written within an epoch."""

from types import SimpleNamespace

import lightning
import pytest
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from torch.utils.data import DataLoader

from instrument_net.data.balanced_sampler import BalancedSampler, Part
from instrument_net.data.resumable_batches import ResumableBatches
from instrument_net.runs.last_checkpoint import LastCheckpoint


@pytest.fixture
def epoch(tmp_path):
    """Take one of three batches; return the path of the checkpoint and what happens at its end."""

    def after_a_batch(*, n_batches=1, every_s, sigterm=False, num_workers=0):
        batches = ResumableBatches(BalancedSampler([Part.of(torch.zeros(6))]), 2)
        order = iter(batches)
        for _ in range(n_batches):
            next(order)
        trainer = SimpleNamespace(
            train_dataloader=SimpleNamespace(batch_sampler=batches, num_workers=num_workers),
            received_sigterm=sigterm, is_global_zero=True, global_rank=0, world_size=1,
            strategy=SimpleNamespace(root_device=torch.device("cpu")),
            save_checkpoint=lambda path: torch.save(batches.state_dict(), path),
        )  # fmt: skip
        callback = LastCheckpoint(tmp_path / "last.ckpt", {}, every_s=every_s)
        callback.on_train_start(trainer, None)
        callback.on_train_batch_end(trainer, None)
        return (tmp_path / "last.ckpt").is_file()

    return after_a_batch


def test_within_an_epoch_it_is_written_when_the_last_one_is_old(epoch):
    assert not epoch(every_s=600)
    assert epoch(every_s=0)


def test_it_is_written_when_sigterm_ends_the_run(epoch):
    assert epoch(every_s=600, sigterm=True)


def test_it_is_left_to_the_end_of_the_epoch_where_that_has_come(epoch):
    assert not epoch(every_s=0, n_batches=3)


def test_it_is_not_written_where_workers_draw_random_numbers(epoch):
    assert not epoch(every_s=0, num_workers=1, sigterm=True)


class Rising(lightning.LightningModule):
    """Its metric is the number of the epoch: the last is the best so far."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch):
        return self.layer(batch).sum()

    def validation_step(self, batch):
        self.log("metric", float(self.current_epoch))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


@pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated")  # Lightning's own affair
@pytest.mark.filterwarnings("ignore:.*does not have many workers")
def test_the_state_after_an_epoch_knows_that_this_epoch_is_the_best(tmp_path):
    last = tmp_path / "last.ckpt"
    watched = {"monitor": "metric", "mode": "max"}
    trainer = lightning.Trainer(
        accelerator="cpu", max_epochs=3, logger=False, enable_progress_bar=False,
        enable_model_summary=False, default_root_dir=tmp_path,
        callbacks=[
            ModelCheckpoint(tmp_path, **watched), EarlyStopping(**watched),
            LastCheckpoint(last, {}, every_s=600),
        ],
    )  # fmt: skip
    clips = DataLoader(torch.ones(2, 1))
    trainer.fit(Rising(), clips, clips)
    states = torch.load(last, weights_only=True)["callbacks"]
    best = {name.partition("{")[0]: state for name, state in states.items()}
    assert best["ModelCheckpoint"]["best_model_score"] == 2
    assert best["EarlyStopping"]["best_score"] == 2
    assert isinstance(trainer.checkpoint_callback, ModelCheckpoint)
