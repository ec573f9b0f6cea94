"""Several networks as one: what is averaged, what each learns, what loads them."""

import pytest
import torch

from instrument_net.classifier import InstrumentClassifier
from instrument_net.errors import InputError
from instrument_net.learning.loss import cross_entropy
from instrument_net.models import NETWORKS, Ensemble, build_network, members_of
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.runs.starting_weights import start_from

SMALL = {"n_classes": 3, "n_features": 20, "spectrogram_shape": (1, 83, 80)}
FRONT_END = {"n_frames": 80, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}}


def batch(n_clips=6):
    generator = torch.Generator().manual_seed(1)
    return (
        torch.rand(n_clips, 1, 83, 80, generator=generator),
        torch.randn(n_clips, 20, generator=generator),
        torch.arange(n_clips) % 3,
    )


def classifier(**network):
    torch.manual_seed(0)
    return InstrumentClassifier(
        ["flute", "harp", "oboe"], front_end=FRONT_END, network={"name": "ResidualNet", **network}
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_the_members_differ_and_their_logits_are_averaged(name):
    network = build_network(name, n_members=3, **SMALL).eval()
    spectrogram, features, _ = batch()
    logits = [member(spectrogram, features) for member in members_of(network)]
    assert [type(member).__name__ for member in members_of(network)] == [name] * 3
    assert not torch.allclose(logits[0], logits[1], atol=1e-3)
    mean = (logits[0] + logits[1] + logits[2]) / 3
    torch.testing.assert_close(network(spectrogram, features), mean)


def test_averaged_logits_are_the_geometric_mean_of_the_probabilities():
    network = build_network("PerceptronNet", n_members=2, **SMALL).eval()
    spectrogram, features, _ = batch()
    one, two = (member(spectrogram, features).softmax(dim=1) for member in network.members)
    expected = (one * two).sqrt()
    expected /= expected.sum(dim=1, keepdim=True)
    torch.testing.assert_close(network(spectrogram, features).softmax(dim=1), expected)


def test_one_member_is_the_network_itself():
    network = build_network("PerceptronNet", n_members=1, **SMALL)
    assert type(network).__name__ == "PerceptronNet"
    assert members_of(network) == [network]


@pytest.mark.filterwarnings("ignore:You are trying to `self.log")  # no trainer
def test_each_member_learns_as_if_it_were_alone():
    ensemble = classifier(n_members=2, filters=2, dropout=0.0)
    spectrogram, features, labels = batch()
    loss = ensemble.training_step((spectrogram, features, labels), 0)
    loss.backward()
    losses = []
    for member in members_of(ensemble.network):
        together = [parameter.grad.clone() for parameter in member.parameters()]
        member.zero_grad()
        alone = cross_entropy(member(spectrogram, features), labels)
        alone.backward()
        losses.append(alone.item())
        for gradient, parameter in zip(together, member.parameters(), strict=True):
            torch.testing.assert_close(gradient * 2, parameter.grad)  # half of the mean loss
    assert losses[0] != losses[1]
    assert loss.item() == pytest.approx(sum(losses) / 2, rel=1e-6)


def test_a_checkpoint_restores_all_members(tmp_path):
    ours = classifier(n_members=2, filters=2).eval()
    spectrogram, features, _ = batch()
    ours.fit_feature_scaling(features.mean(0), features.std(0))
    path = tmp_path / "best.ckpt"
    torch.save({"state_dict": ours.state_dict(), "hyper_parameters": dict(ours.hparams)}, path)
    loaded = Recogniser.from_checkpoint(path).network
    assert isinstance(loaded, Ensemble)
    torch.testing.assert_close(loaded(spectrogram, features), ours(spectrogram, features))
    for member in loaded.members:
        torch.testing.assert_close(member.perceptron_branch.scaling.mean, features.mean(0))


def test_a_start_from_another_ensemble_leaves_every_member_s_outputs_new(tmp_path):
    theirs = classifier(n_members=2, filters=2)
    path = tmp_path / "best.ckpt"
    torch.save({"state_dict": theirs.state_dict(), "hyper_parameters": dict(theirs.hparams)}, path)
    torch.manual_seed(1)
    heir = InstrumentClassifier(
        ["flute", "harp", "violin"], front_end=FRONT_END, network=dict(theirs.hparams["network"])
    )
    start_from(heir, path)
    for ours, other in zip(heir.network.members, theirs.network.members, strict=True):
        assert not torch.equal(ours.output.weight, other.output.weight)
        assert torch.equal(
            ours.perceptron_branch.dense[0].weight, other.perceptron_branch.dense[0].weight
        )


@pytest.mark.parametrize("n_members", [0, -1, 1.5, "two"])
def test_an_impossible_number_of_members_is_refused(n_members):
    with pytest.raises(InputError, match=r"n_members is .*whole number"):
        build_network("PerceptronNet", n_members=n_members, **SMALL)


def test_members_of_other_classes_or_alone_are_refused():
    one = build_network("PerceptronNet", **SMALL)
    other = build_network("PerceptronNet", **{**SMALL, "n_classes": 4})
    for members in ([], [one], [one, other]):
        with pytest.raises(InputError, match=r"two or more networks of the same classes"):
            Ensemble(members)
