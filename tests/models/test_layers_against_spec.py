"""Each layer type alone: PyTorch's layers against the spec's equations in NumPy, and on paper."""

import numpy as np
import pytest
import spec_numpy as spec
import torch
import torch.nn.functional as F
from torch import nn

from instrument_net.models.convolution_group import (
    ConvolutionGroup,
    size_after_group,
    size_before_group,
)
from instrument_net.models.feature_scaling import FeatureScaling


def assert_same(tensor, array):
    np.testing.assert_allclose(tensor.detach().numpy(), array, rtol=1e-11, atol=1e-12)


def random_leaf(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator, requires_grad=True)


def test_figure_1_is_a_cross_correlation_and_not_a_convolution():
    # The letters a .. l of figure 1 (a) are 1 .. 12, the filter w, x, y, z is 1, 10, 100, 1000.
    image = np.arange(1.0, 13.0).reshape(1, 1, 3, 4)
    kernel = np.array([[1.0, 10.0], [100.0, 1000.0]]).reshape(1, 1, 2, 2)
    # Figure 1 (c) on paper: aw + bx + ey + fz = 1 + 20 + 500 + 6000, and so on.
    figure_1c = np.array([[6521.0, 7632.0, 8743.0], [10965.0, 12076.0, 13187.0]])
    assert np.array_equal(spec.convolve(image, kernel, np.zeros(1))[0, 0], figure_1c)
    by_torch = F.conv2d(torch.from_numpy(image), torch.from_numpy(kernel))
    assert np.array_equal(by_torch[0, 0].numpy(), figure_1c)
    # A convolution proper turns the filter by 180 degrees and gives something else.
    turned = spec.convolve(image, kernel[:, :, ::-1, ::-1], np.zeros(1))[0, 0]
    assert turned[0, 0] == 1000 * 1 + 100 * 2 + 10 * 5 + 1 * 6


def test_dense_layer_and_its_gradients_are_equations_4_and_8():
    x, d_z = random_leaf(5, 7, seed=0), random_leaf(5, 3, seed=1).detach()
    weight, bias = random_leaf(3, 7, seed=2), random_leaf(3, seed=3)
    z = F.linear(x, weight, bias)
    z.backward(d_z)
    arrays = [tensor.detach().numpy() for tensor in (x, weight, bias)]
    assert_same(z, spec.dense(*arrays))
    for leaf, expected in zip(
        (x, weight, bias), spec.dense_backward(d_z.numpy(), *arrays[:2]), strict=True
    ):
        assert_same(leaf.grad, expected)


def test_convolution_layer_and_its_gradients_are_equation_12_put_right():
    x, d_z = random_leaf(2, 3, 8, 6, seed=0), random_leaf(2, 4, 6, 4, seed=1).detach()
    weight, bias = random_leaf(4, 3, 3, 3, seed=2), random_leaf(4, seed=3)
    z = F.conv2d(x, weight, bias)
    z.backward(d_z)
    arrays = [tensor.detach().numpy() for tensor in (x, weight, bias)]
    assert_same(z, spec.convolve(*arrays))
    for leaf, expected in zip(
        (x, weight, bias), spec.convolve_backward(d_z.numpy(), *arrays[:2]), strict=True
    ):
        assert_same(leaf.grad, expected)


def test_max_pooling_takes_the_largest_of_nine_and_sends_the_gradient_there():
    x, d_y = random_leaf(2, 3, 11, 7, seed=0), random_leaf(2, 3, 3, 2, seed=1).detach()
    y = F.max_pool2d(x, 3)
    y.backward(d_y)
    assert_same(y, spec.max_pool(x.detach().numpy()))
    assert_same(x.grad, spec.max_pool_backward(d_y.numpy(), x.detach().numpy()))


def test_relu_and_its_gradient_are_equation_14_at_zero_too():
    z = torch.tensor([-2.0, 0.0, 3.0], dtype=torch.float64, requires_grad=True)
    y = F.relu(z)
    y.sum().backward()
    assert_same(y, [0.0, 0.0, 3.0])
    assert_same(z.grad, [0.0, 0.0, 1.0])
    assert_same(z.grad, spec.relu_backward(np.ones(3), z.detach().numpy()))


def test_flatten_keeps_values_and_the_channel_first_order():
    x = random_leaf(2, 3, 4, 5, seed=0).detach()
    channels_last = x.to(memory_format=torch.channels_last)
    assert_same(channels_last.flatten(start_dim=1), spec.flatten(x.numpy()))


def test_softmax_is_equation_15():
    z = random_leaf(4, 6, seed=0).detach()
    assert_same(z.softmax(dim=1), spec.softmax(z.numpy()))


def test_a_convolution_group_is_the_three_layers_of_the_spec_in_the_spec_order():
    # The group pools before its second ReLU; the witness keeps the order of section 1.6.1.
    torch.manual_seed(0)
    group = ConvolutionGroup(2, 4).double()
    x, d_y = random_leaf(2, 2, 16, 13, seed=1), random_leaf(2, 4, 4, 3, seed=2).detach()
    y = group(x)
    y.backward(d_y)
    w1, b1 = (p.detach().numpy() for p in group.convolution_1.parameters())
    w2, b2 = (p.detach().numpy() for p in group.convolution_2.parameters())
    x_0 = x.detach().numpy()
    z_1 = spec.convolve(x_0, w1, b1)
    z_2 = spec.convolve(spec.relu(z_1), w2, b2)
    assert_same(y, spec.max_pool(spec.relu(z_2)))
    d_z_2 = spec.relu_backward(spec.max_pool_backward(d_y.numpy(), spec.relu(z_2)), z_2)
    d_x_1, d_w2, d_b2 = spec.convolve_backward(d_z_2, spec.relu(z_1), w2)
    d_x_0, d_w1, d_b1 = spec.convolve_backward(spec.relu_backward(d_x_1, z_1), x_0, w1)
    leaves = (x, *group.convolution_1.parameters(), *group.convolution_2.parameters())
    for leaf, expected in zip(leaves, (d_x_0, d_w1, d_b1, d_w2, d_b2), strict=True):
        assert_same(leaf.grad, expected)
    assert (y == 0).any()  # a window below zero was among them
    assert (y > 0).any()


def test_pooling_before_the_relu_equals_pooling_after_it_gradients_too():
    z = random_leaf(3, 4, 9, 12, seed=0)
    d_y = random_leaf(3, 4, 3, 4, seed=1).detach()
    before, after = F.relu(F.max_pool2d(z - 1, 3)), F.max_pool2d(F.relu(z - 1), 3)
    assert torch.equal(before, after)
    assert torch.equal(
        torch.autograd.grad(before, z, d_y)[0], torch.autograd.grad(after, z, d_y)[0]
    )


@pytest.mark.parametrize("size", range(1, 31))
def test_size_after_a_group_is_what_the_layers_leave(size):
    layers = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3), nn.MaxPool2d(3))
    if size_after_group(size) == 0:
        with pytest.raises(RuntimeError):
            layers(torch.zeros(1, 1, size, size))
    else:
        assert layers(torch.zeros(1, 1, size, size)).shape[2:] == (size_after_group(size),) * 2


def test_size_before_a_group_is_the_smallest_that_leaves_so_much():
    assert [size_before_group(size) for size in (1, 7, 25)] == [7, 25, 79]
    assert [size_after_group(size_before_group(n)) for n in range(1, 20)] == list(range(1, 20))
    assert [size_after_group(size_before_group(n) - 1) for n in range(1, 20)] == list(range(19))


def test_scaling_gives_the_training_split_zero_mean_and_unit_variance():
    generator = torch.Generator().manual_seed(0)
    scale = torch.logspace(-4, 3, 20)
    features = torch.randn(500, 20, generator=generator) * scale + 10 * scale
    scaling = FeatureScaling(20)
    scaling.fit(features.mean(dim=0), features.std(dim=0, correction=0))
    scaled = scaling(features).numpy().astype(np.float64)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=2e-5)
    np.testing.assert_allclose(scaled.var(axis=0), 1, rtol=1e-5)


def test_scaling_leaves_features_unchanged_before_it_is_fitted():
    features = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(FeatureScaling(4)(features), features)


def test_a_constant_feature_is_divided_by_one():
    scaling = FeatureScaling(3)
    # The third is constant too: its deviation is the rounding error of a float32 mean of 1000.
    scaling.fit(torch.tensor([2.0, 5.0, 1000.0]), torch.tensor([0.0, 2.0, 3e-5]))
    scaled = scaling(torch.tensor([[2.0, 9.0, 1000.0], [3.0, 1.0, 1001.0]]))
    assert torch.equal(scaled, torch.tensor([[0.0, 2.0, 0.0], [1.0, -2.0, 1.0]]))


@pytest.mark.parametrize(
    ("mean", "std", "words"),
    [
        ([0.0, 0.0], [1.0, 1.0, 1.0], r"mean has shape \(2,\), expected \(3,\)"),
        ([0.0, 0.0, 0.0], [1.0], r"std has shape \(1,\), expected \(3,\)"),
        ([0.0, float("nan"), 0.0], [1.0, 1.0, 1.0], "mean of feature 1 is nan"),
        ([0.0, 0.0, 0.0], [1.0, 1.0, -2.0], "std of feature 2 is -2.0; expected .* >= 0"),
        ([0.0, 0.0, 0.0], [float("inf"), 1.0, 1.0], "std of feature 0 is inf"),
    ],
)
def test_scaling_refuses_statistics_that_cannot_be_and_stays_as_it_was(mean, std, words):
    scaling = FeatureScaling(3)
    with pytest.raises(ValueError, match=words):
        scaling.fit(torch.tensor(mean), torch.tensor(std))
    assert torch.equal(scaling.mean, torch.zeros(3))
    assert torch.equal(scaling.std, torch.ones(3))
