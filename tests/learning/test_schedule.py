"""The learning rate over the steps of a run."""

import pytest
import torch

from instrument_net.learning.schedule import constant, cosine


def rates(schedule, steps):
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=1e-3)
    scheduler = schedule(optimizer, steps)
    seen = []
    for _ in range(steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


def test_the_constant_rate_does_not_change():
    assert rates(constant, 10) == [1e-3] * 10


def test_the_cosine_rises_to_the_optimizers_rate_and_falls_to_nearly_zero():
    seen = rates(cosine, 101)
    top = seen.index(max(seen))
    assert max(seen) == pytest.approx(1e-3, rel=1e-3)
    assert 2 <= top <= 6
    assert seen[:top] == sorted(seen[:top])
    assert seen[top:] == sorted(seen[top:], reverse=True)
    assert seen[top + 48] == pytest.approx(0.5e-3, rel=0.05)
    assert seen[-1] < 1e-6
