"""What each feature adds to a logit, against pencil and paper."""

import pytest
import torch
from small_networks import small_batch, small_network
from torch import nn

from instrument_net.explanation import DissectedNetwork, feature_contributions


@pytest.mark.parametrize("name", ["TwoBranchNet", "PerceptronNet"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_contributions_sum_to_the_logit_minus_that_of_mean_features(name, seed):
    network, (spectrogram, features) = small_network(name, seed=seed), small_batch(8, seed=seed)
    # Without biases, as it starts, a network of ReLUs has no kink on the path from the mean.
    for layer in (network.perceptron_branch.dense[0], network.perceptron_branch.dense[2]):
        nn.init.normal_(layer.bias)
    target = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
    contributions = feature_contributions(DissectedNetwork(network), spectrogram, features, target)
    mean = network.perceptron_branch.scaling.mean.expand_as(features)
    with torch.no_grad():
        moved = network(spectrogram, features) - network(spectrogram, mean)
    moved = moved.gather(1, target[:, None])[:, 0]
    assert moved.abs().max() > 0.4
    torch.testing.assert_close(contributions.sum(dim=1), moved, atol=0.01, rtol=0)


def network_that_reads_feature_3():
    """Return a network whose logit of class 1 is 2 (z + 50), z the scaled feature 3."""
    network = small_network("PerceptronNet")
    first, second = network.perceptron_branch.dense[0], network.perceptron_branch.dense[2]
    with torch.no_grad():
        for layer in (first, second, network.output):
            layer.weight.zero_()
            layer.bias.zero_()
        first.weight[0, 3], first.bias[0] = 1, 50  # far from the ReLU's kink
        second.weight[0, 0] = 1
        network.output.weight[1, 0] = 2
    return network


def test_a_linear_networks_contributions_are_its_weights_times_the_scaled_features():
    network, (spectrogram, features) = network_that_reads_feature_3(), small_batch()
    features[2, 3] = network.perceptron_branch.scaling.mean[3]
    scaled = (features - network.perceptron_branch.scaling.mean) / (
        network.perceptron_branch.scaling.std
    )
    expected = torch.zeros(4, 20)
    expected[:, 3] = 2 * scaled[:, 3]
    expected[3] = 0  # its target is a class that reads nothing
    target = torch.tensor([1, 1, 1, 0])
    contributions = feature_contributions(DissectedNetwork(network), spectrogram, features, target)
    torch.testing.assert_close(contributions, expected, atol=1e-4, rtol=1e-4)
    assert contributions[2].abs().max() < 1e-6  # at its mean


def test_a_batch_equals_its_clips_one_by_one():
    network, (spectrogram, features) = DissectedNetwork(small_network()), small_batch()
    target = torch.tensor([2, 0, 1, 1])
    together = feature_contributions(network, spectrogram, features, target)
    for k in range(4):
        one = slice(k, k + 1)
        alone = feature_contributions(network, spectrogram[one], features[one], target[one])
        torch.testing.assert_close(alone, together[one], atol=1e-5, rtol=1e-4)


def test_the_spectrogram_branch_is_computed_once():
    network, passes = small_network(), []
    network.spectrogram_branch.register_forward_hook(lambda *_: passes.append(1))
    network.spectrogram_branch.groups.register_forward_hook(lambda *_: passes.append(2))
    feature_contributions(DissectedNetwork(network), *small_batch(), torch.zeros(4).long())
    assert passes.count(2) == 1
