"""Auxiliary classes: trained with the others, and nowhere to be seen afterwards."""

import torch
from torch.nn import functional

from instrument_net.classifier import InstrumentClassifier
from instrument_net.learning.auxiliary import AuxiliaryOutputs
from instrument_net.models import build_network
from instrument_net.recognition.recogniser import Recogniser

NAMES, AUXILIARY = ["flute", "oboe"], ["drum", "sitar", "organ"]
NETWORK = {"name": "PerceptronNet", "n_features": 20}


def classifier(**options):
    torch.manual_seed(0)
    return InstrumentClassifier(NAMES, network={"name": "PerceptronNet"}, **options)


def batch(*labels):
    generator = torch.Generator().manual_seed(1)
    n = len(labels)
    features = torch.randn(n, 20, generator=generator)
    return torch.zeros(n, 1, 560, 256), features, torch.tensor(labels)


def test_the_loss_of_training_is_over_all_classes_and_every_other_figure_over_the_outputs():
    module = classifier(auxiliary_classes=AUXILIARY)
    module.log = module.log_dict = lambda *_, **__: None  # no trainer
    inputs = batch(0, 4, 1, 2)
    spectrogram, features, labels = inputs
    (answer,) = module.auxiliary.answers(module.network, spectrogram, features)
    assert answer.shape == (4, 5)
    torch.testing.assert_close(answer[:, :2], module(spectrogram, features))
    loss = module.training_step(inputs, 0)
    torch.testing.assert_close(loss, functional.cross_entropy(answer, labels))
    own = torch.tensor([0, 2])
    accuracy = module.metrics["train_metrics"].compute()["train/accuracy"]
    assert accuracy == (answer[own, :2].argmax(1) == labels[own]).float().mean()
    assert module(spectrogram, features).shape == (4, 2)
    loss.backward()
    assert all(weight.grad is not None for weight in module.auxiliary.parameters())


def test_a_batch_of_auxiliary_clips_alone_is_trained_on_and_counts_in_no_metric():
    module = classifier(auxiliary_classes=AUXILIARY)
    module.log = module.log_dict = lambda *_, **__: None
    assert module.training_step(batch(2, 3), 0).isfinite()
    assert not module.metrics["train_metrics"]["accuracy"].update_called


def test_each_member_of_an_ensemble_has_a_layer_of_its_own():
    network = build_network(**NETWORK, n_classes=2, n_members=3)
    auxiliary = AuxiliaryOutputs(network, 3)
    spectrogram, features, _ = batch(0, 0)
    answers = auxiliary.answers(network, spectrogram, features)
    assert [answer.shape for answer in answers] == [(2, 5)] * 3
    assert not torch.equal(answers[0][:, 2:], answers[1][:, 2:])


def test_without_auxiliary_classes_nothing_changes():
    module, plain = classifier(auxiliary_classes=()), classifier()
    assert list(module.state_dict()) == list(plain.state_dict())
    assert not [name for name in module.state_dict() if name.startswith("auxiliary")]


def test_a_checkpoint_brings_the_outputs_back_and_nothing_else_is_said_of_the_rest(tmp_path):
    module = classifier(auxiliary_classes=AUXILIARY)
    path = tmp_path / "best.ckpt"
    content = {"state_dict": module.state_dict(), "hyper_parameters": dict(module.hparams),
               "pytorch-lightning_version": "2.6.6"}  # fmt: skip
    torch.save(content, path)
    spectrogram, features, _ = batch(0, 1)
    recogniser = Recogniser.from_checkpoint(path)
    assert recogniser.class_names == ("flute", "oboe")
    torch.testing.assert_close(
        recogniser.network(spectrogram, features), module(spectrogram, features)
    )
    loaded = InstrumentClassifier.load_from_checkpoint(path)
    assert loaded.auxiliary.n_classes == 3
