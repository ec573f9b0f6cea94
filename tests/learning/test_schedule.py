"""The learning rate over the steps of a run."""

from functools import partial

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


@pytest.mark.parametrize("steps", [1, 2, 3, 19, 20, 21])
@pytest.mark.parametrize("warm_up", [0, 0.05, 0.5, 0.95])
def test_a_cosine_of_few_steps_has_a_rate_for_each_and_never_above_the_highest(steps, warm_up):
    seen = rates(partial(cosine, warm_up=warm_up), steps)
    assert len(seen) == steps
    assert 0 < max(seen) <= 1e-3
    assert max(seen) > 3e-5


def test_a_warm_up_of_a_single_step_begins_at_the_highest_rate():
    seen = rates(partial(cosine, warm_up=0.05), 20)  # PyTorch would divide by zero
    assert seen[0] == pytest.approx(1e-3)
    assert seen == sorted(seen, reverse=True)
