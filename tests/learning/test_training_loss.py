"""The loss of a training beside the plain one."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from instrument_net.errors import InputError
from instrument_net.learning.training_loss import TrainingLoss

LOGITS = torch.randn(5, 3, generator=torch.manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 1, 0])
OPTIONS = {"log_base": "e", "label_smoothing": 0.2, "class_weights": [1.0, 2.0, 3.0]}


def test_smoothing_and_weights_affect_training_only():
    loss = TrainingLoss(3, **OPTIONS)
    weights = torch.tensor([1.0, 2.0, 3.0])
    expected = cross_entropy(LOGITS, LABELS, weight=weights, label_smoothing=0.2)
    torch.testing.assert_close(loss(LOGITS, LABELS), expected)
    plain = cross_entropy(LOGITS, LABELS)
    torch.testing.assert_close(loss.unweighted(LOGITS, LABELS), plain)
    assert (plain - expected).abs() > 1e-3


def test_class_weights_follow_the_module_and_are_not_kept_in_checkpoints():
    loss = TrainingLoss(3, **OPTIONS)
    assert loss.to(torch.float64).class_weights.dtype == torch.float64
    assert not loss.state_dict()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label_smoothing": 2}, "label_smoothing is 2; expected a share from 0 to 1"),
        ({"log_base": "2"}, "log_base is '2'"),
        ({"class_weights": [1.0, 2.0]}, "class_weights must be 3 numbers above 0"),
        ({"class_weights": [1.0, 2.0, 0.0]}, "class_weights must be 3 numbers above 0"),
    ],
)
def test_what_the_loss_cannot_use_is_refused_when_it_is_made(options, message):
    with pytest.raises(ValueError, match=message) as refusal:
        TrainingLoss(3, **{**OPTIONS, **options})
    assert "class_weights" not in options or refusal.type is InputError
