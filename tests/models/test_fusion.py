"""Fusions on paper: what a gate, a weight, a missing branch does."""

import math

import pytest
import torch

from instrument_net.models.fusion import Attention, BranchDropout, Concatenate, Gated

S = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
F = torch.tensor([[5.0, 0.0], [7.0, 1.0]])


def test_concatenation_puts_the_spectrogram_first():
    assert Concatenate(2)(S, F).tolist() == [[1, 2, 5, 0], [0, 3, 7, 1]]


@pytest.mark.parametrize(("bias", "expected"), [(50.0, S.tanh()), (-50.0, F.tanh())])
def test_an_open_gate_lets_the_spectrogram_through_and_a_shut_one_the_features(bias, expected):
    gated = Gated(2)
    with torch.no_grad():
        for layer in (gated.from_spectrogram, gated.from_features):
            layer.weight.copy_(torch.eye(2))
            layer.bias.zero_()
        gated.gate.weight.zero_()
        gated.gate.bias.fill_(bias)
    torch.testing.assert_close(gated(S, F), expected)


def test_the_gate_is_set_by_both_branches_and_mixes_in_between():
    gated = Gated(1)
    with torch.no_grad():
        for layer in (gated.from_spectrogram, gated.from_features):
            layer.weight.fill_(1)
            layer.bias.zero_()
        gated.gate.weight.copy_(torch.tensor([[1.0, -1.0]]))
        gated.gate.bias.zero_()
    z = 1 / (1 + math.exp(-(0.5 - 0.2)))
    expected = z * math.tanh(0.5) + (1 - z) * math.tanh(0.2)
    joint = gated(torch.tensor([[0.5]]), torch.tensor([[0.2]]))
    assert joint.item() == pytest.approx(expected, rel=1e-6)


def test_attention_weights_a_branch_by_its_score():
    attention = Attention(2)
    with torch.no_grad():
        for score, value in zip(attention.scores, (math.log(3), 0.0), strict=True):
            score[2].weight.zero_()
            score[2].bias.fill_(value)
    # softmax(log 3, 0) = 3/4, 1/4
    torch.testing.assert_close(attention(S, F), 0.75 * S + 0.25 * F)


def test_in_training_a_share_of_the_clips_loses_the_whole_branch_and_the_rest_stays_as_it_is():
    torch.manual_seed(0)
    dropout, branch = BranchDropout(0.3), torch.rand(20_000, 3) + 0.5
    out = dropout(branch)
    lost = (out == 0).all(dim=1)
    assert lost.float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert torch.equal(out[~lost], branch[~lost])
    assert torch.equal(dropout.eval()(branch), branch)
    assert torch.equal(BranchDropout(0.0)(branch), branch)
