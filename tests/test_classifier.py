import warnings
from contextlib import contextmanager

import lightning
import pytest
import torch
from torch.utils.data import DataLoader

from instrument_net.classifier import InstrumentClassifier
from instrument_net.frontend import FEATURE_NAMES, FrontEnd
from instrument_net.learning.optimizer import spec_adam
from instrument_net.models import NETWORKS
from instrument_net.recognition.checkpoint import CheckpointError

SMALL = {"n_frames": 80, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}}
NAMES = ["flute", "harp", "oboe"]


def small_classifier(**options):
    lightning.seed_everything(0, verbose=False)
    return InstrumentClassifier(NAMES, front_end=SMALL, **options)


@contextmanager
def quiet_trainer(**options):
    """Give a trainer that writes nothing; its advice about loaders is not what is tested."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield lightning.Trainer(
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            **options,
        )


def save(classifier, path):
    """Write the checkpoint that a trainer writes."""
    with quiet_trainer() as trainer:
        trainer.strategy.connect(classifier)
        trainer.save_checkpoint(path)
    return path


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(1)
    front_end = FrontEnd(**SMALL)
    waveforms = torch.randn(6, front_end.num_samples, generator=generator)
    return *front_end(waveforms), torch.arange(6) % 3


@pytest.mark.parametrize("name", NETWORKS)
def test_a_checkpoint_alone_gives_everything_back(tmp_path, batch, name):
    network = {"name": name, "dense_units": 16}
    classifier = small_classifier(network=network, log_base="10").eval()
    classifier.fit_feature_scaling(batch[1].mean(0), batch[1].std(0))
    path = save(classifier, tmp_path / "x.ckpt")
    loaded = InstrumentClassifier.load_from_checkpoint(path)
    assert not loaded.training
    assert loaded.class_names == tuple(NAMES)
    assert loaded.front_end.settings == classifier.front_end.settings
    assert loaded.front_end.num_samples == 512 + 79 * 256
    assert type(loaded.network).__name__ == name
    assert loaded.hparams["log_base"] == "10"
    assert torch.equal(loaded(*batch[:2]), classifier(*batch[:2]))


def test_the_folder_of_a_run_stands_for_its_best_checkpoint(tmp_path, batch):
    classifier = small_classifier().eval()
    (tmp_path / "checkpoints").mkdir()
    save(classifier, tmp_path / "checkpoints" / "best.ckpt")
    loaded = InstrumentClassifier.load_from_checkpoint(tmp_path)
    assert torch.equal(loaded(*batch[:2]), classifier(*batch[:2]))


def test_a_checkpoint_holds_tensors_and_plain_values_only(tmp_path):
    path = save(small_classifier(), tmp_path / "x.ckpt")
    content = torch.load(path, weights_only=True)
    assert content["hyper_parameters"]["class_names"] == NAMES
    assert content["hyper_parameters"]["network"] == {"name": "TwoBranchNet"}


class Exploit:
    def __reduce__(self):
        return (print, ("code from a checkpoint ran",))


def test_a_checkpoint_with_foreign_code_is_refused_and_not_run(tmp_path, capsys):
    path = save(small_classifier(), tmp_path / "x.ckpt")
    content = torch.load(path, weights_only=True)
    torch.save(content | {"callbacks": Exploit()}, path)
    with pytest.raises(CheckpointError, match=r"x\.ckpt: .* what could run code"):
        InstrumentClassifier.load_from_checkpoint(path)
    with pytest.raises(CheckpointError, match=r"x\.ckpt: .* what could run code"):
        InstrumentClassifier.load_from_checkpoint(path, weights_only=False)
    assert "ran" not in capsys.readouterr().out


# A step outside a trainer has nowhere to log to.
outside_a_trainer = pytest.mark.filterwarnings("ignore:You are trying to `self.log")


@outside_a_trainer
def test_the_loss_is_the_cross_entropy_of_the_logits(batch):
    classifier = small_classifier()
    logits = classifier(*batch[:2]).double()
    expected = -logits.log_softmax(1)[torch.arange(6), batch[2]].mean()
    assert classifier.training_step(batch, 0).item() == pytest.approx(expected.item(), rel=1e-5)


@outside_a_trainer
def test_a_base_of_ten_only_rescales_the_loss(batch):
    natural = small_classifier().training_step(batch, 0)
    decadic = small_classifier(log_base="10").training_step(batch, 0)
    torch.testing.assert_close(decadic * 2.302585092994046, natural)


@outside_a_trainer
def test_smoothing_and_weights_are_of_training_alone(batch):
    options = {"label_smoothing": 0.2, "class_weights": [1.0, 2.0, 3.0]}
    classifier = small_classifier(**options)
    logits = classifier(*batch[:2])
    plain = torch.nn.functional.cross_entropy(logits, batch[2])
    trained_by = torch.nn.functional.cross_entropy(
        logits, batch[2], weight=torch.tensor([1.0, 2.0, 3.0]), label_smoothing=0.2
    )
    torch.testing.assert_close(classifier.training_step(batch, 0), trained_by)
    torch.testing.assert_close(classifier._step("validation", batch), plain)
    assert (plain - trained_by).abs() > 1e-4
    assert classifier.hparams["label_smoothing"] == 0.2
    assert classifier.hparams["class_weights"] == [1.0, 2.0, 3.0]


def test_a_checkpoint_from_before_there_were_such_options_is_still_read(tmp_path, batch):
    classifier = small_classifier().eval()
    path = save(classifier, tmp_path / "x.ckpt")
    content = torch.load(path, weights_only=True)
    for newer in ("label_smoothing", "class_weights", "feature_names"):
        del content["hyper_parameters"][newer]
    content["hyper_parameters"]["front_end"] = {
        "sample_rate_hz": 44_100, "n_fft": 512, "hop_length": 256, "n_bins": 83, "n_frames": 80,
        "scale": "log", "top_db": 80.0, "n_mels": 40,
    }  # fmt: skip
    torch.save(content, path)
    loaded = InstrumentClassifier.load_from_checkpoint(path)
    assert torch.equal(loaded(*batch[:2]), classifier(*batch[:2]))
    assert loaded.front_end.settings == classifier.front_end.settings


def test_a_checkpoint_of_other_features_or_of_another_project_is_refused(tmp_path):
    path = save(small_classifier(), tmp_path / "x.ckpt")
    content = torch.load(path, weights_only=True)
    assert content["hyper_parameters"]["feature_names"] == list(FEATURE_NAMES)
    content["hyper_parameters"]["feature_names"][0] = "loudness"
    torch.save(content, path)
    with pytest.raises(
        CheckpointError, match=r"x\.ckpt: .*\(only there: loudness; only here: rms\)"
    ):
        InstrumentClassifier.load_from_checkpoint(path)
    torch.save({"state_dict": {}}, path)
    with pytest.raises(CheckpointError, match=r"x\.ckpt: not a checkpoint of instrument_net"):
        InstrumentClassifier.load_from_checkpoint(path)
    path.write_bytes(b"PK")
    with pytest.raises(CheckpointError, match=r"x\.ckpt: no checkpoint, damaged"):
        InstrumentClassifier.load_from_checkpoint(path)
    with pytest.raises(CheckpointError, match=r"none\.ckpt: no such checkpoint"):
        InstrumentClassifier.load_from_checkpoint(tmp_path / "none.ckpt")


@outside_a_trainer
def test_a_mixture_costs_by_its_shares_and_counts_as_its_larger_share(batch):
    spectrogram, features, label = batch
    shares = torch.full((6, 3), 0.1)
    shares[torch.arange(6), label] = 0.8
    classifier = small_classifier()
    logits = classifier(spectrogram, features)
    expected = -(shares * logits.log_softmax(1)).sum(1).mean()
    loss = classifier.training_step((spectrogram, features, shares), 0)
    torch.testing.assert_close(loss, expected)
    hard = small_classifier()
    hard.training_step(batch, 0)
    values, expected = (c.metrics["train_metrics"].compute() for c in (classifier, hard))
    assert values == expected
    assert values["train/accuracy"] == (logits.argmax(1) == label).float().mean()


def test_adam_is_set_as_in_the_design():
    optimizer = spec_adam([torch.nn.Parameter(torch.zeros(1))])
    group = optimizer.param_groups[0]
    assert isinstance(optimizer, torch.optim.Adam)
    assert (group["lr"], group["betas"], group["eps"]) == (1e-3, (0.9, 0.999), 1e-7)
    assert group["weight_decay"] == 0


def test_feature_scaling_reaches_the_network(batch):
    classifier = small_classifier(network={"name": "PerceptronNet"}).eval()
    before = classifier(*batch[:2])
    classifier.fit_feature_scaling(batch[1].mean(0), 2 * batch[1].std(0))
    scaled = (batch[0], (batch[1] - batch[1].mean(0)) / (2 * batch[1].std(0)))
    unscaled = small_classifier(network={"name": "PerceptronNet"}).eval()
    torch.testing.assert_close(classifier(*batch[:2]), unscaled(*scaled), rtol=1e-4, atol=1e-5)
    assert not torch.allclose(before, classifier(*batch[:2]))


def test_a_trainer_trains_it_to_recognise_three_classes(batch):
    classifier = small_classifier()
    classifier.fit_feature_scaling(batch[1].mean(0), batch[1].std(0))
    loader = DataLoader([batch], batch_size=None)
    with quiet_trainer(max_epochs=60) as trainer:
        trainer.fit(classifier, loader)
        trainer.test(classifier, loader, verbose=False)
    assert trainer.callback_metrics["test/macro_f1"] == 1
    assert torch.equal(classifier(*batch[:2]).argmax(1), batch[2])


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (["a"], {}, "two or more different names"),
        (["a", "a"], {}, "two or more different names"),
        (NAMES, {"network": {"name": "TwoBranchNets"}}, "TwoBranchNet"),
        (NAMES, {"front_end": {"spectrogram": {"scale": "mel"}}}, "log, power"),
        (NAMES, {"label_smoothing": 2}, "label_smoothing is 2; expected a share from 0 to 1"),
        (NAMES, {"log_base": "2"}, "log_base is '2'"),
        (NAMES, {"class_weights": [1.0, 2.0]}, "class_weights must be 3 numbers above 0"),
        (NAMES, {"class_weights": [1.0, 2.0, 0.0]}, "class_weights must be 3 numbers above 0"),
    ],
)
def test_what_cannot_be_built_is_refused(names, options, said):
    with pytest.raises(ValueError, match=said):
        InstrumentClassifier(names, **options)
