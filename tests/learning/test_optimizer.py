"""AdamW: what decays, and by how much."""

import pytest
import torch

from instrument_net.learning.optimizer import adamw
from instrument_net.models import build_network

SHAPE = (1, 64, 48)


def test_weights_decay_and_vectors_do_not():
    network = build_network("ResidualNet", n_classes=3, spectrogram_shape=SHAPE, filters=2)
    optimizer = adamw(network.parameters(), lr=1e-3, weight_decay=0.1)
    decays, stays = optimizer.param_groups
    assert (decays["weight_decay"], stays["weight_decay"]) == (0.1, 0)
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    groups = [{names[id(p)] for p in group["params"]} for group in (decays, stays)]
    assert groups[0] | groups[1] == set(names.values())
    assert not groups[0] & groups[1]
    norms = {
        f"{name}.{part}"
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.BatchNorm2d)
        for part in ("weight", "bias")
    }
    biases = {name for name in names.values() if name.endswith(".bias")}
    assert groups[1] == norms | biases
    assert len(norms) > 10


def test_one_step_is_that_of_loshchilov_and_hutter():
    weight = torch.nn.Parameter(torch.tensor([[2.0]]))
    bias = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = adamw([weight, bias], lr=0.1, weight_decay=0.5, eps=0.0)
    (weight.sum() + bias.sum()).backward()
    optimizer.step()
    # The first step of Adam is as long as the step size; the decay is lr * weight_decay * weight.
    assert weight.item() == pytest.approx(2 - 0.1 * 0.5 * 2 - 0.1)
    assert bias.item() == pytest.approx(2 - 0.1)


def test_a_frozen_or_single_kind_of_parameter_is_no_error():
    assert len(adamw([torch.nn.Parameter(torch.ones(3))], lr=1e-3, weight_decay=0.1).param_groups)
