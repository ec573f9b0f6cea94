"""The whole two-branch network, its gradients and Adam, against the spec's equations in NumPy."""

import numpy as np
import pytest
import spec_numpy as spec
import torch

from instrument_net.learning.loss import cross_entropy
from instrument_net.models import TwoBranchNet


def arrays_of(named_tensors):
    return {name: tensor.detach().numpy().copy() for name, tensor in named_tensors}


def network_and_witness(dtype=torch.float64, seed=0, **options):
    torch.manual_seed(seed)
    network = TwoBranchNet(**options)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.endswith("bias"):  # zero at the start: a bias that is forgotten would not show
                parameter.uniform_(-0.1, 0.1)
    network.perceptron_branch.scaling.fit(
        torch.linspace(-2, 3, options.get("n_features", 20)),
        torch.linspace(0.5, 4, options.get("n_features", 20)),
    )
    scaling = network.perceptron_branch.scaling
    theta = {
        name: p.astype(np.float64) for name, p in arrays_of(network.named_parameters()).items()
    }
    witness = spec.TwoBranch(
        theta, scaling.mean.double().numpy().copy(), scaling.std.double().numpy().copy()
    )
    return network.to(dtype), witness


def random_batch(batch, spectrogram_shape, n_features, n_classes, seed=1):
    generator = np.random.default_rng(seed)
    return (
        generator.random((batch, *spectrogram_shape)),
        generator.normal(size=(batch, n_features)),
        generator.integers(n_classes, size=batch),
    )


SMALL = {"n_classes": 6, "n_features": 4, "filters": 5, "dense_units": 7}
SMALL_SHAPE = (1, 107, 110)  # leaves 2 x 2 pixels after the third group


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 2e-4)], ids=["f64", "f32"]
)
def test_logits_gradients_and_three_adam_steps_are_those_of_the_spec(dtype, tolerance):
    network, witness = network_and_witness(dtype, spectrogram_shape=SMALL_SHAPE, **SMALL)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-7)
    adam = spec.Adam(alpha=1e-3, delta=1e-7)
    for step in range(3):
        batch = random_batch(3, SMALL_SHAPE, 4, 6, seed=step)
        spectrogram, features, labels = (torch.from_numpy(array) for array in batch)
        logits = network(spectrogram.to(dtype), features.to(dtype))
        loss = cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()

        expected_loss, gradient = witness.cost_and_gradient(*batch)
        expected_logits = witness.logits(*batch[:2])
        np.testing.assert_allclose(logits.detach().numpy(), expected_logits, atol=tolerance)
        assert loss.item() == pytest.approx(expected_loss, abs=tolerance)
        assert gradient.keys() == dict(network.named_parameters()).keys()
        for name, parameter in network.named_parameters():
            largest = np.abs(gradient[name]).max()
            assert largest > 0, f"step {step}: {name} has no gradient, so the test would be blind"
            np.testing.assert_allclose(
                parameter.grad.numpy(), gradient[name], atol=tolerance * largest, err_msg=name
            )

        optimizer.step()
        witness.theta = adam.step(witness.theta, gradient)
        for name, after in arrays_of(network.named_parameters()).items():
            np.testing.assert_allclose(after, witness.theta[name], atol=tolerance, err_msg=name)


@pytest.mark.slow
def test_logits_at_the_size_of_the_spec_are_those_of_the_spec():
    network, witness = network_and_witness(n_classes=37)
    spectrogram, features, _ = random_batch(1, (1, 560, 256), 20, 37)
    with torch.no_grad():
        logits = network(torch.from_numpy(spectrogram), torch.from_numpy(features))
    expected = witness.logits(spectrogram, features)
    assert expected.std() > 0.1
    np.testing.assert_allclose(logits.numpy(), expected, atol=1e-10)


def test_adam_of_torch_is_algorithm_3_with_delta_outside_the_root():
    generator = np.random.default_rng(0)
    theta = {"w": generator.normal(size=50)}
    # From far above delta to far below it, where the place of delta decides the step.
    scale = np.logspace(0, -9, 50)
    parameter = torch.nn.Parameter(torch.from_numpy(theta["w"].copy()))
    optimizer = torch.optim.Adam([parameter], lr=1e-3, betas=(0.9, 0.999), eps=1e-7)
    adam = spec.Adam()
    for _ in range(20):
        gradient = generator.normal(size=50) * scale
        parameter.grad = torch.from_numpy(gradient)
        optimizer.step()
        theta = adam.step(theta, {"w": gradient})
    np.testing.assert_allclose(parameter.detach().numpy(), theta["w"], rtol=1e-12, atol=1e-13)


def test_delta_inside_the_root_shortens_the_step_of_every_gradient_below_a_thousandth():
    # On paper, first step: s' = g, r' = g^2, so the step is alpha |g| / sqrt(g^2 + 1e-7) as printed
    # in eq. 20, and alpha |g| / (|g| + 1e-7) in Adam's paper. docs/spec-errata.md quotes these.
    gradient = np.array([1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
    zero = {"w": np.zeros(5)}
    printed = -spec.Adam(delta_in_root=True).step(zero, {"w": gradient})["w"] / 1e-3
    paper = -spec.Adam().step(zero, {"w": gradient})["w"] / 1e-3
    np.testing.assert_allclose(printed, [0.9995, 0.9535, 0.3015, 0.0316, 0.0032], atol=5e-5)
    np.testing.assert_allclose(paper, [1.0000, 0.9999, 0.9990, 0.9901, 0.9091], atol=5e-5)
