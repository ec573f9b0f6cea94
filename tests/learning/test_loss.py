"""The cross-entropy of eq. 17 on paper and against its formula in NumPy."""

import math

import numpy as np
import pytest
import torch

from instrument_net.errors import InputError
from instrument_net.learning.loss import balanced_class_weights, cross_entropy


def test_the_loss_of_equal_logits_is_the_logarithm_of_the_number_of_classes():
    logits, labels = torch.zeros(4, 37, dtype=torch.float64), torch.tensor([0, 5, 36, 7])
    assert cross_entropy(logits, labels).item() == pytest.approx(math.log(37), rel=1e-12)
    base_10 = cross_entropy(logits, labels, log_base="10").item()
    assert base_10 == pytest.approx(math.log10(37), rel=1e-12)


def test_the_spec_example_of_three_quarters_is_minus_log_of_the_right_probability():
    # Section 1.4.2: the softmax gives [0.75, 0.25]; the clips belong to class 0 and to class 1.
    logits = torch.log(torch.tensor([[0.75, 0.25], [0.75, 0.25]], dtype=torch.float64))
    expected = -(math.log10(0.75) + math.log10(0.25)) / 2
    loss = cross_entropy(logits, torch.tensor([0, 1]), log_base="10")
    assert loss.item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("log_base", "log"), [("e", np.log), ("10", np.log10)])
def test_it_is_equation_17_with_label_and_prediction_swapped_back(log_base, log):
    generator = np.random.default_rng(0)
    logits, labels = generator.normal(size=(8, 5)), generator.integers(5, size=8)
    prediction = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = np.mean([-log(prediction[clip, labels[clip]]) for clip in range(8)])
    tensor = torch.from_numpy(logits).requires_grad_()
    loss = cross_entropy(tensor, torch.from_numpy(labels), log_base=log_base)
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    # On paper: dJ/dz = (softmax(z) - y) / batch, by ln 10 smaller for the decimal logarithm.
    gradient = (prediction - np.eye(5)[labels]) / 8 * log(np.e)
    np.testing.assert_allclose(torch.autograd.grad(loss, tensor)[0].numpy(), gradient, atol=1e-15)


@pytest.mark.parametrize(("log_base", "log"), [("e", np.log), ("10", np.log10)])
def test_labels_may_be_probabilities_as_equation_17_sums_over_them(log_base, log):
    generator = np.random.default_rng(1)
    logits, y = generator.normal(size=(8, 5)), generator.dirichlet(np.ones(5), size=8)
    prediction = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = cross_entropy(torch.from_numpy(logits), torch.from_numpy(y), log_base=log_base)
    assert loss.item() == pytest.approx(-(y * log(prediction)).sum() / 8, rel=1e-12)


def test_a_probability_of_1_is_the_same_as_the_class():
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 3, 2, 2, 1, 0])
    one_hot = torch.eye(4)[labels]
    torch.testing.assert_close(cross_entropy(logits, one_hot), cross_entropy(logits, labels))


def test_huge_logits_neither_overflow_nor_take_the_logarithm_of_zero():
    logits = torch.tensor([[1e4, 0.0, -1e4]])
    assert cross_entropy(logits, torch.tensor([0])).item() == 0
    assert cross_entropy(logits, torch.tensor([2])).item() == 2e4


@pytest.mark.parametrize("log_base", ["2", 10, "ln", None])
def test_another_base_is_refused_by_its_value(log_base):
    with pytest.raises(InputError, match=f"log_base is {log_base!r}; expected one of"):
        cross_entropy(torch.zeros(1, 2), torch.tensor([0]), log_base=log_base)


@pytest.mark.parametrize("labels", [(3,), (3, 5), (2, 4), (4, 3)])
def test_probabilities_of_another_shape_are_refused(labels):
    with pytest.raises(ValueError, match=r"floating \(batch, n_classes\)"):
        cross_entropy(torch.zeros(3, 4), torch.zeros(labels))


@pytest.mark.parametrize(
    ("logits", "labels"), [((3, 4), (2,)), ((3, 4), (3, 4)), ((3, 4, 5), (3,)), ((0, 4), (0,))]
)
def test_shapes_that_do_not_fit_are_refused_with_both(logits, labels):
    with pytest.raises(ValueError, match=r"expected \(batch, n_classes\)") as refusal:
        cross_entropy(torch.zeros(logits), torch.zeros(labels, dtype=torch.int64))
    assert f"logits {logits} and labels {labels}" in str(refusal.value)


LOGITS = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.3]], dtype=torch.float64)
LABELS = torch.tensor([0, 2])


def test_smoothing_distributes_a_share_of_the_label_over_all_classes():
    prediction = LOGITS.softmax(1).numpy()
    label = 0.7 * np.eye(3)[LABELS] + 0.3 / 3
    expected = -(label * np.log(prediction)).sum(axis=1).mean()
    loss = cross_entropy(LOGITS, LABELS, label_smoothing=0.3)
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    assert cross_entropy(LOGITS, LABELS, label_smoothing=0.3, log_base="10").item() == (
        pytest.approx(expected / math.log(10), rel=1e-12)
    )


def test_no_loss_is_below_the_entropy_of_a_smoothed_label():
    label = np.array([0.8, 0.1, 0.1])
    best = torch.from_numpy(np.log(label))[None]
    loss = cross_entropy(best, torch.tensor([0]), label_smoothing=0.3).item()
    assert loss == pytest.approx(-(label * np.log(label)).sum(), rel=1e-12)
    for worse in (0.5, 2.0):
        assert cross_entropy(worse * best, torch.tensor([0]), label_smoothing=0.3).item() > loss


def test_weights_give_a_weighted_mean_over_the_clips():
    weights = torch.tensor([1.0, 5.0, 3.0], dtype=torch.float64)
    costs = -LOGITS.log_softmax(1)[[0, 1], LABELS]
    expected = (1 * costs[0] + 3 * costs[1]) / (1 + 3)
    loss = cross_entropy(LOGITS, LABELS, class_weights=weights)
    torch.testing.assert_close(loss, expected)


def test_balanced_weights_give_all_classes_the_same_influence():
    n_clips = [30, 10, 20]
    weights = balanced_class_weights(n_clips)
    assert weights == pytest.approx([2 / 3, 2, 1])
    shares = [n * w for n, w in zip(n_clips, weights, strict=True)]
    assert shares == pytest.approx([20, 20, 20])


def test_a_smoothing_that_is_no_share_is_refused():
    with pytest.raises(InputError, match=r"label_smoothing is 1\.5; expected a share from 0 to 1"):
        cross_entropy(LOGITS, LABELS, label_smoothing=1.5)
