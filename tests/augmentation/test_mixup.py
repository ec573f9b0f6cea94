"""Mixup: labels mixed in the proportion of the amplitudes."""

import pytest
import torch

from instrument_net.augmentation import Mixup
from instrument_net.augmentation.mixup import mix

NUM_SAMPLES = 4410
TIME_S = torch.arange(NUM_SAMPLES) / 44_100
LOW, HIGH = (torch.sin(2 * torch.pi * hz * TIME_S) for hz in (500.0, 1700.0))  # whole periods
YES, NO = torch.eye(2)


def amplitude(mixture, tone):
    return (mixture @ tone) / (tone @ tone)


@pytest.mark.parametrize(("level", "share"), [(1.0, 0.8), (0.02, 0.5), (30.0, 0.1), (1.0, 1.0)])
def test_the_label_has_the_shares_of_the_amplitudes_whatever_the_levels_were(level, share):
    mixed, label = mix(LOW[None], YES[None], level * HIGH[None], NO[None], torch.tensor([share]))
    low, high = amplitude(mixed[0], LOW), amplitude(mixed[0], HIGH)
    assert (low / (low + high)).item() == pytest.approx(share, abs=1e-4)
    torch.testing.assert_close(label, torch.tensor([[share, 1 - share]]))
    torch.testing.assert_close(mixed[0], low * LOW + high * HIGH, rtol=0, atol=1e-4)


def test_a_silent_clip_has_no_share():
    silence = torch.zeros(1, NUM_SAMPLES)
    half = torch.tensor([0.5])
    for clip, partner in ((LOW[None], silence), (silence, LOW[None]), (silence, silence)):
        mixed, label = mix(clip, YES[None], partner, NO[None], half)
        assert torch.equal(mixed, clip)
        assert torch.equal(label, YES[None])


def test_partners_come_from_the_batch_and_rows_sum_to_1():
    torch.manual_seed(0)
    n = 12
    tones = torch.stack([torch.sin(2 * torch.pi * 100 * (k + 1) * TIME_S) for k in range(n)])
    mixed, label = Mixup(probability=1, alpha=1)(tones, torch.eye(n))
    torch.testing.assert_close(label.sum(dim=1), torch.ones(n))
    assert label.diagonal().min() > 0
    measured = mixed @ tones.T / tones.square().sum(dim=1)
    torch.testing.assert_close(measured, label, rtol=0, atol=1e-4)
    others = label - torch.diag(label.diagonal())
    assert ((others > 0).sum(dim=1) == 1).all()  # a partner, and not the clip itself
    assert len(set(others.argmax(dim=1).tolist())) >= 5


def test_a_clip_alone_in_its_batch_does_not_change():
    mixed, label = Mixup(probability=1, alpha=1)(LOW[None], YES[None])
    torch.testing.assert_close(mixed, LOW[None])
    torch.testing.assert_close(label, YES[None])


@pytest.mark.parametrize(("alpha", "deviation"), [(1, 12**-0.5), (0.2, (1 / 5.6) ** 0.5)])
def test_shares_are_drawn_from_the_beta_distribution(alpha, deviation):
    torch.manual_seed(0)
    n = 2000
    _, label = Mixup(probability=1, alpha=alpha)(torch.ones(n, 2), torch.eye(n))
    share = label.diagonal()
    assert share.mean().item() == pytest.approx(0.5, abs=0.03)
    # Var Beta(a, a) = 1 / (4 (2 a + 1))
    assert share.std().item() == pytest.approx(deviation, abs=0.02)
