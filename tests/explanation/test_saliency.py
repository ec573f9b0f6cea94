"""Saliency, against networks whose receptive field is known."""

import pytest
import torch
import torch.nn.functional as F
from captum.attr import LayerGradCam
from small_networks import SHAPE, small_batch, small_network
from torch import nn

from instrument_net.explanation import DissectedNetwork, saliency_map
from instrument_net.models import SpectrogramNet
from instrument_net.models import layout as layout_module


def network_that_looks_at_one_cell(row, column, weight=1.0):
    """Return a network whose logit of class 1 is the mean around one cell of 4 x 3."""
    network = SpectrogramNet(2, spectrogram_shape=(1, 163, 136), filters=1, dense_units=1)
    branch = network.spectrogram_branch
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        for group in branch.groups:
            group.convolution_1.weight.fill_(1 / 9)
            group.convolution_2.weight.fill_(1 / 9)
        branch.dense[0].weight.view(4, 3)[row, column] = 1
        branch.dense[2].weight[0, 0] = 1
        network.output.weight[1, 0] = weight
    return network


def test_saliency_lies_where_the_network_looks_and_nowhere_else():
    network = network_that_looks_at_one_cell(2, 1)
    spectrogram = torch.rand(1, 1, 163, 136, generator=torch.Generator().manual_seed(0))
    features = torch.zeros(1, 20)
    saliency = saliency_map(DissectedNetwork(network), spectrogram, features, torch.tensor([1]))[0]
    # On paper: cells are centred on pixel 39 + 27 k and see 39 pixels to either side.
    centre = (39 + 27 * 2, 39 + 27 * 1)
    assert divmod(int(saliency.argmax()), 136) == centre
    assert saliency[centre] == 1
    rows, columns = saliency.amax(dim=1).nonzero()[:, 0], saliency.amax(dim=0).nonzero()[:, 0]
    assert (int(rows[0]), int(rows[-1])) == (centre[0] - 26, centre[0] + 26)
    assert (int(columns[0]), int(columns[-1])) == (centre[1] - 26, centre[1] + 26)
    assert saliency[centre[0], centre[1] + 9] == pytest.approx(2 / 3, abs=1e-6)

    # The witness: nothing outside those 39 pixels changes the answer, what is inside does.
    with torch.no_grad():
        answer = network(spectrogram, features)[0, 1]
        seen = torch.zeros(163, 136, dtype=torch.bool)
        seen[centre[0] - 39 : centre[0] + 40, centre[1] - 39 : centre[1] + 40] = True
        outside, inside = spectrogram.clone(), spectrogram.clone()
        outside[0, 0, ~seen] = 1
        inside[0, 0, centre[0] - 39, centre[1] - 39 : centre[1] + 40] = 50
        assert network(outside, features)[0, 1] == answer
        assert network(inside, features)[0, 1] != answer


def test_the_last_pixels_take_what_the_outermost_cell_has():
    network = network_that_looks_at_one_cell(3, 0)
    batch = torch.rand(1, 1, 163, 136), torch.zeros(1, 20)
    saliency = saliency_map(DissectedNetwork(network), *batch, torch.tensor([1]))[0]
    assert saliency[39 + 3 * 27 :, :40].eq(1).all()


def test_evidence_against_a_class_and_no_evidence_are_not_salient():
    batch = torch.rand(1, 1, 163, 136), torch.zeros(1, 20)
    against = DissectedNetwork(network_that_looks_at_one_cell(2, 1, weight=-1.0))
    assert saliency_map(against, *batch, torch.tensor([1])).eq(0).all()
    towards = DissectedNetwork(network_that_looks_at_one_cell(2, 1))
    assert saliency_map(towards, *batch, torch.tensor([0])).eq(0).all()
    silence = torch.zeros(1, 1, 163, 136), torch.zeros(1, 20)
    assert saliency_map(towards, *silence, torch.tensor([1])).eq(0).all()


class AveragingNet(nn.Module):
    """Padded convolution, ReLU, mean over time and frequency, output layer."""

    def __init__(self):
        super().__init__()
        self.spectrogram_branch = nn.Sequential()
        self.spectrogram_branch.add_module("convolution", nn.Conv2d(1, 6, 3, stride=8, padding=1))
        self.spectrogram_branch.add_module("feature_maps", nn.ReLU(inplace=True))
        self.spectrogram_branch.add_module("mean", nn.AdaptiveAvgPool2d(1))
        self.spectrogram_branch.add_module("flatten", nn.Flatten())
        self.output = nn.Linear(6, 3)

    def forward(self, spectrogram, features):
        return self.output(self.spectrogram_branch(spectrogram))


def test_where_maps_are_averaged_it_is_grad_cam_spread_evenly_over_the_spectrogram():
    torch.manual_seed(0)
    network, (spectrogram, features) = AveragingNet(), small_batch()
    target = torch.tensor([0, 1, 2, 0])
    method = LayerGradCam(network, network.spectrogram_branch.feature_maps)
    cells = method.attribute(
        spectrogram, target, additional_forward_args=features, relu_attributions=True
    )
    expected = F.interpolate(cells.detach(), SHAPE[1:], mode="bilinear")[:, 0]
    expected = expected / expected.amax(dim=(1, 2), keepdim=True)
    saliency = saliency_map(DissectedNetwork(network), spectrogram, features, target)
    torch.testing.assert_close(saliency, expected, atol=1e-5, rtol=1e-4)
    assert saliency.std() > 0.05


@pytest.mark.parametrize("capability", ["AVX512", "AVX2"])
def test_every_layout_of_the_convolutions_gives_the_same_saliency(monkeypatch, capability):
    if capability == "AVX2" and not torch.backends.mkldnn.is_available():
        pytest.skip("this build of PyTorch is without oneDNN")
    maps = []
    for used in ("DEFAULT", capability):
        monkeypatch.setattr(layout_module, "_CPU_CAPABILITY", used)
        batch, target = small_batch(), torch.tensor([0, 1, 2, 0])
        maps.append(saliency_map(DissectedNetwork(small_network(seed=3)), *batch, target))
    torch.testing.assert_close(*maps, atol=1e-4, rtol=1e-4)
    assert maps[0].std() > 0.05


def test_a_batch_equals_its_clips_one_by_one():
    network, (spectrogram, features) = DissectedNetwork(small_network(seed=3)), small_batch()
    target = torch.tensor([2, 0, 1, 1])
    together = saliency_map(network, spectrogram, features, target)
    for k in range(4):
        one = slice(k, k + 1)
        alone = saliency_map(network, spectrogram[one], features[one], target[one])
        torch.testing.assert_close(alone, together[one], atol=1e-4, rtol=1e-4)
