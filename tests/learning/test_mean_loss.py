"""The mean loss of an epoch."""

import pytest
import torch

from instrument_net.learning.mean_loss import MeanLoss


def test_losses_weigh_by_their_clips():
    mean = MeanLoss()
    mean.update(torch.tensor(1.0), 4)
    mean.update(torch.tensor(4.0), 2)
    assert mean.compute().item() == pytest.approx(2.0)


def test_what_is_no_number_stays():
    mean = MeanLoss()
    mean.update(torch.tensor(float("nan")), 4)
    mean.update(torch.tensor(4.0), 2)
    assert mean.compute().isnan()
