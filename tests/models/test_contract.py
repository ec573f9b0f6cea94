"""Every network keeps to the contract of models/network.py."""

import pytest
import torch
from torch import nn

from instrument_net.models import NETWORKS, build_network, members_of
from instrument_net.models.network import Network
from instrument_net.models.perceptron_branch import PerceptronBranch

SHAPE = (1, 288, 320)
BRANCHES = ("spectrogram_branch", "perceptron_branch")
every_network = pytest.mark.parametrize("name", NETWORKS)
every_network_and_ensemble = pytest.mark.parametrize(
    ("name", "n_members"), [*((name, 1) for name in NETWORKS), ("TwoBranchNet", 2)]
)


def network_of(name, n_members=1):
    """Return a network in evaluation mode, where its clips are independent."""
    torch.manual_seed(0)
    return build_network(
        name, n_classes=5, n_features=6, spectrogram_shape=SHAPE, n_members=n_members
    ).eval()


def batch(seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.rand(2, *SHAPE, generator=generator), torch.randn(2, 6, generator=generator)]


@torch.no_grad()
def reads(network, branch, *, zeroed=False):
    """Return whether the logits depend on a branch's input, its activations zeroed or not."""
    hooks = []
    if zeroed:
        for member in members_of(network):
            module = getattr(member, branch)
            hooks.append(module.register_forward_hook(lambda _, __, output: output * 0))
    inputs, others = batch(seed=1), batch(seed=2)
    logits = network(*inputs)
    inputs[BRANCHES.index(branch)] = others[BRANCHES.index(branch)]
    differ = not torch.equal(network(*inputs), logits)
    for hook in hooks:
        hook.remove()
    return differ


def check_branch(network, branch):
    """Assert that a branch is the only module that reads its input, or is None and none does."""
    branches = [getattr(member, branch) for member in members_of(network)]
    if branches[0] is None:
        assert branches == [None] * len(branches)
        assert not reads(network, branch)
        return
    assert all(isinstance(module, nn.Module) for module in branches)
    assert reads(network, branch)
    assert not reads(network, branch, zeroed=True)


def check_output(network):
    """Assert that the last layer alone gives the logits, one row a class."""
    with torch.no_grad():
        for member in members_of(network):
            assert isinstance(member.output, nn.Linear)
            assert member.output.out_features == 5
            member.output.weight.zero_()
            member.output.bias.copy_(torch.arange(5.0))
        assert torch.equal(network(*batch(seed=1)), torch.arange(5.0).expand(2, 5))


def test_there_are_networks_with_both_branches_and_with_either():
    has = {
        tuple(getattr(network_of(name), branch) is not None for branch in BRANCHES)
        for name in NETWORKS
    }
    assert len(NETWORKS) >= 6
    assert has == {(True, True), (True, False), (False, True)}


@every_network_and_ensemble
@pytest.mark.parametrize("branch", BRANCHES)
def test_a_branch_is_the_only_module_that_reads_its_input(name, n_members, branch):
    check_branch(network_of(name, n_members), branch)


@every_network_and_ensemble
def test_the_output_is_the_last_layer_with_one_row_a_class(name, n_members):
    check_output(network_of(name, n_members))


@every_network_and_ensemble
@torch.no_grad()
def test_the_embedding_is_what_the_output_layers_read(name, n_members):
    network = network_of(name, n_members)
    read = []
    for member in members_of(network):
        member.output.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
    network(*batch(seed=1))
    embedding = network.embedding(*batch(seed=1))
    assert len(read) == n_members  # the output layers were not called again
    assert torch.equal(embedding, torch.cat(read, dim=1))


def test_an_ensemble_has_no_part_of_its_own_but_its_members():
    ensemble = network_of("TwoBranchNet", n_members=2)
    assert [getattr(ensemble, part) for part in (*BRANCHES, "output")] == [None, None, None]


@every_network
def test_feature_maps_lie_in_the_spectrogram_where_the_branch_says(name):
    network = network_of(name)
    branch = network.spectrogram_branch
    if branch is None:
        pytest.skip("reads no spectrogram")
    seen = []
    branch.feature_maps.register_forward_hook(lambda _, __, maps: seen.append(maps))
    spectrogram, features = batch(seed=1)
    network(spectrogram.requires_grad_(), features)
    (maps,) = seen  # called once
    assert maps.ndim == 4
    assert maps.min() >= 0
    # The pixels on which one pixel of the maps depends lie around its centre.
    row, column = maps.shape[2] // 2, maps.shape[3] // 2
    maps[:, :, row, column].sum().backward()
    reached = spectrogram.grad.abs().sum(dim=(0, 1)).nonzero()
    first, last = reached.amin(dim=0), reached.amax(dim=0)
    assert first.min() > 0
    assert (last < torch.tensor(SHAPE[1:]) - 1).all()
    middle = ((first + last) / 2).tolist()
    centre = [branch.receptive_field_centre(position) for position in (row, column)]
    assert middle == pytest.approx(centre, abs=2)


class Broken(Network):
    """Reads the spectrogram beside its branches, and has a layer after its output."""

    def __init__(self):
        super().__init__(5, 6, spectrogram_shape=SHAPE)
        self.spectrogram_branch = nn.Sequential(nn.Flatten(), nn.Linear(288 * 320, 8))
        self.perceptron_branch = PerceptronBranch(n_features=6, dense_units=8)
        self.output = nn.Linear(8, 5)

    def logits(self, spectrogram, features):
        joint = self.spectrogram_branch(spectrogram) + self.perceptron_branch(features)
        return 2 * self.output(joint) + spectrogram.mean(dim=(1, 2, 3))[:, None]


@pytest.mark.parametrize(
    "check", [lambda network: check_branch(network, "spectrogram_branch"), check_output]
)
def test_a_network_that_breaks_the_contract_is_found(check):
    torch.manual_seed(0)
    network = Broken().eval()
    check_branch(network, "perceptron_branch")  # this part of it is right
    with pytest.raises(AssertionError):
        check(network)


def test_a_branch_that_is_hidden_is_found():
    network = network_of("TwoBranchNet")
    network.hidden = network.spectrogram_branch
    network.spectrogram_branch = None
    network.logits = lambda spectrogram, features: network.output(
        torch.cat([network.hidden(spectrogram), network.perceptron_branch(features)], dim=1)
    )
    with pytest.raises(AssertionError):
        check_branch(network, "spectrogram_branch")
