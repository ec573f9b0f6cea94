"""The running average of the weights: on paper, and as what a run keeps and tests."""

import functools
import warnings

import lightning
import pytest
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, WeightAveraging
from torch.utils.data import DataLoader

from instrument_net.classifier import InstrumentClassifier
from instrument_net.learning.optimizer import adamw
from instrument_net.learning.weight_averaging import exponential_average_
from instrument_net.recognition.recogniser import Recogniser

FRONT_END = {"n_frames": 40, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}}
NETWORK = {"name": "ResidualNet", "filters": 2, "dense_units": 8}


def average(values, *, decay):
    averaged = [torch.tensor(values[0])]
    for n, value in enumerate(values[1:], start=1):
        exponential_average_(averaged, [torch.tensor(value)], torch.tensor(n), decay=decay)
    return averaged[0]


def test_it_is_the_recursion_on_paper():
    # Kept: 2/11, then min(0.25, 3/12) = 0.25 and min(0.25, 4/13) = 0.25.
    expected = 8.0
    for kept, value in ((2 / 11, 4.0), (0.25, 0.0), (0.25, 1.0)):
        expected = kept * expected + (1 - kept) * value
    assert average([8.0, 4.0, 0.0, 1.0], decay=0.25).item() == pytest.approx(expected)


def test_what_does_not_change_stays_as_it_is_to_the_last_bit():
    value = torch.rand(1000, generator=torch.manual_seed(0)) * 6000
    averaged = [value.clone()]
    for n in range(1, 500):
        exponential_average_(averaged, [value], n, decay=0.999)
    assert torch.equal(averaged[0], value)


def test_whole_numbers_are_those_of_the_current_weights():
    assert average([3, 7, 5], decay=0.99).item() == 5


def batches():
    generator = torch.Generator().manual_seed(1)
    return [
        (
            torch.rand(4, 1, 83, 40, generator=generator),
            torch.randn(4, 20, generator=generator) + 1000,
            torch.arange(4) % 3,
        )
        for _ in range(6)
    ]


def train(folder, *callbacks, epochs, resume_from=None):
    """Return the classifier and the validation loss of every epoch; checkpoints into folder."""
    lightning.seed_everything(0, verbose=False)
    classifier = InstrumentClassifier(
        ["a", "b", "c"],
        front_end=FRONT_END,
        network=NETWORK,
        optimizer=functools.partial(adamw, lr=0.01, weight_decay=0.05),
    )
    features = torch.cat([batch[1] for batch in batches()])
    classifier.fit_feature_scaling(features.mean(0), features.std(0))
    losses = LossesOfValidation()
    callbacks = [
        *callbacks,
        losses,
        WeightAveraging(multi_avg_fn=functools.partial(exponential_average_, decay=0.9)),
        ModelCheckpoint(folder, filename="{epoch}", save_top_k=-1, monitor="validation/loss"),
    ]
    loader = DataLoader(batches(), batch_size=None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = lightning.Trainer(
            accelerator="cpu", logger=False, enable_progress_bar=False, max_epochs=epochs,
            enable_model_summary=False, callbacks=callbacks, num_sanity_val_steps=0,
        )  # fmt: skip
        trainer.fit(classifier, loader, loader, ckpt_path=resume_from, weights_only=True)
    return classifier, losses.seen, folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs with one seed."""
    return [train(tmp_path_factory.mktemp("run"), epochs=3) for _ in range(2)]


class LossesOfValidation(lightning.Callback):
    def __init__(self):
        self.seen = []

    def on_validation_end(self, trainer, pl_module):
        self.seen.append(trainer.callback_metrics["validation/loss"].item())


def test_every_checkpoint_holds_the_averaged_weights_that_validation_measured(runs):
    _, losses, folder = runs[0]
    assert len(losses) == 3
    scaling = torch.cat([batch[1] for batch in batches()]).mean(0)
    example = batches()[0][:2]
    for epoch, expected in enumerate(losses):
        path = folder / f"epoch={epoch}.ckpt"
        loaded = InstrumentClassifier.load_from_checkpoint(path)
        with torch.no_grad():
            measured = [
                torch.nn.functional.cross_entropy(loaded(*batch[:2]), batch[2])
                for batch in batches()
            ]
        assert torch.stack(measured).mean().item() == pytest.approx(expected, rel=1e-5)
        content = torch.load(path, weights_only=True)  # tensors and plain values only
        current, averaged = content["current_model_state"], content["state_dict"]
        assert not torch.equal(current["network.output.weight"], averaged["network.output.weight"])
        variance = next(name for name in averaged if name.endswith("running_var"))
        assert not torch.equal(current[variance], averaged[variance])
        assert torch.equal(averaged["network.perceptron_branch.scaling.mean"], scaling)
        recogniser = Recogniser.from_checkpoint(path)
        assert torch.equal(recogniser.network(*example), loaded(*example))


def test_two_runs_with_one_seed_are_equal_to_the_last_digit(runs):
    (first, _, _), (second, _, _) = runs
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[name]), name


def test_after_training_the_classifier_itself_has_the_averaged_weights(runs):
    classifier, _, folder = runs[0]
    last = InstrumentClassifier.load_from_checkpoint(folder / "epoch=2.ckpt")
    for name, tensor in last.network.state_dict().items():
        assert torch.equal(tensor, classifier.network.state_dict()[name]), name


def test_a_run_goes_on_with_the_average_and_the_weights_that_it_stopped_with(runs, tmp_path):
    class Beginning(lightning.Callback):
        def on_train_start(self, trainer, pl_module):
            self.state = {name: value.clone() for name, value in pl_module.state_dict().items()}

    beginning = Beginning()
    stopped = torch.load(runs[0][2] / "epoch=2.ckpt", weights_only=True)
    train(tmp_path, beginning, epochs=4, resume_from=runs[0][2] / "epoch=2.ckpt")
    for name, value in stopped["current_model_state"].items():
        assert torch.equal(beginning.state[name], value), name
    resumed = torch.load(tmp_path / "epoch=3.ckpt", weights_only=True)
    assert stopped["averaging_state"]["n_averaged"] == 18
    assert resumed["averaging_state"]["n_averaged"] == 24
