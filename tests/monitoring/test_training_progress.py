"""The progress bar shows whatever metric is monitored."""

import types

import pytest
import torch

from instrument_net.monitoring import TrainingProgress

LOGGED = {
    "train/loss": torch.tensor(1.23456),
    "train/accuracy": torch.tensor(0.5),
    "validation/loss": torch.tensor(0.75),
    "validation/accuracy": torch.tensor(0.25),
    "validation/macro_f1": torch.tensor(0.125),
    "validation/macro_recall": torch.tensor(0.375),
    "clips_per_s": torch.tensor(123.456),
}


def trainer(logged, *, training=False, is_last_batch=False):
    return types.SimpleNamespace(
        callback_metrics=logged, training=training, is_last_batch=is_last_batch
    )


@pytest.mark.parametrize(
    ("monitor", "shown"),
    [
        ("validation/macro_f1", {"val. macro F1": "0.125"}),
        ("validation/macro_recall", {"val. macro recall": "0.375"}),
        ("validation/accuracy", {"val. accuracy": "0.250"}),
        ("validation/loss", {}),
    ],
)
def test_rate_and_losses_are_shown_and_the_monitored_metric_once(monitor, shown):
    always = {"clips/s": "123.5", "loss": "1.235", "val. loss": "0.750"}
    assert TrainingProgress(monitor).get_metrics(trainer(LOGGED), None) == always | shown


def test_before_the_first_validation_only_what_is_known_is_shown():
    logged = {"train/loss": LOGGED["train/loss"]}
    assert TrainingProgress().get_metrics(trainer(logged), None) == {"loss": "1.235"}


def test_within_a_second_of_training_nothing_is_read_again_but_at_the_end_of_an_epoch():
    progress = TrainingProgress()
    first = progress.get_metrics(trainer(LOGGED, training=True), None)
    changed = LOGGED | {"train/loss": torch.tensor(0.5)}
    assert progress.get_metrics(trainer(changed, training=True), None) == first
    last = progress.get_metrics(trainer(changed, training=True, is_last_batch=True), None)
    assert last == first | {"loss": "0.500"}
