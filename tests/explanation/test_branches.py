"""Each branch without the other, on a copy."""

import gc
import weakref

import pytest
import torch
from small_networks import small_batch, small_network
from torch import nn

from instrument_net.explanation import DissectedNetwork, branch_logits


def test_a_branch_alone_is_the_output_layer_on_its_activations_beside_zeros():
    network, (spectrogram, features) = small_network(), small_batch()
    logits = branch_logits(DissectedNetwork(network), spectrogram, features)
    with torch.no_grad():
        images = network.spectrogram_branch(spectrogram)
        numbers = network.perceptron_branch(features)
        weight, bias = network.output.weight, network.output.bias
        torch.testing.assert_close(logits["both"], network(spectrogram, features))
        # The first 8 columns of the joint layer belong to the spectrogram's branch.
        torch.testing.assert_close(logits["spectrogram alone"], images @ weight[:, :8].T + bias)
        torch.testing.assert_close(logits["features alone"], numbers @ weight[:, 8:].T + bias)
    assert list(logits) == ["both", "spectrogram alone", "features alone"]


@pytest.mark.parametrize(
    ("name", "alone"),
    [("SpectrogramNet", "spectrogram alone"), ("PerceptronNet", "features alone")],
)
def test_a_single_branch_is_the_network_itself(name, alone):
    network, batch = small_network(name), small_batch()
    logits = branch_logits(DissectedNetwork(network), *batch)
    assert list(logits) == [alone]
    torch.testing.assert_close(logits[alone], network(*batch).detach())


def test_a_held_branch_is_not_computed():
    network, batch = small_network(), small_batch()
    passes = []
    network.spectrogram_branch.groups.register_forward_hook(lambda *_: passes.append("groups"))
    dissected = DissectedNetwork(network)
    held = dissected.activations(*batch)
    assert len(passes) == 1
    logits = dissected.logits(*batch, held=held)
    assert len(passes) == 1
    torch.testing.assert_close(logits, network(*batch).detach())


def test_what_is_held_once_is_not_held_in_the_next_call():
    network, batch = small_network(), small_batch()
    dissected = DissectedNetwork(network)
    silence = {name: torch.zeros(4, 8) for name in dissected.branches}
    assert torch.equal(dissected.logits(*batch, held=silence)[0], network.output.bias)
    torch.testing.assert_close(dissected(*batch), network(*batch))


def test_the_copy_is_freed_as_soon_as_nothing_refers_to_it():
    dissected = DissectedNetwork(small_network())
    dissected.activations(*small_batch())
    copies = [weakref.ref(branch) for (branch,) in dissected.branches.values()]
    gc.disable()  # references in a circle would wait for it, on a GPU among other things
    try:
        del dissected
        assert [copy() for copy in copies] == [None, None]
    finally:
        gc.enable()


def test_any_network_with_these_attributes_can_be_split():
    class Product(nn.Module):
        """Fused by multiplication, in training mode a random number."""

        def __init__(self):
            super().__init__()
            self.spectrogram_branch = nn.Sequential(nn.AvgPool2d((110, 112)), nn.Flatten())
            self.perceptron_branch = nn.Linear(20, 1)

        def forward(self, spectrogram, features):
            if self.training:
                return torch.randn(len(features), 1)
            return self.spectrogram_branch(spectrogram) * self.perceptron_branch(features)

    network, (spectrogram, features) = Product(), small_batch()
    logits = branch_logits(DissectedNetwork(network), spectrogram, features)
    expected = spectrogram.mean((2, 3)) * network.perceptron_branch(features)
    torch.testing.assert_close(logits["both"], expected.detach())
    assert not logits["spectrogram alone"].any()
    assert not logits["features alone"].any()
    assert network.training


def test_a_branch_that_is_none_is_no_branch():
    network = small_network("SpectrogramNet")
    network.perceptron_branch = None
    assert list(DissectedNetwork(network).branches) == ["spectrogram"]


def test_a_network_without_a_known_branch_is_refused():
    with pytest.raises(ValueError, match=r"Linear cannot be explained.*spectrogram_branch"):
        DissectedNetwork(nn.Linear(2, 2))
