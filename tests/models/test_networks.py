"""What holds for every network: shapes, gradients, batches, layouts, state."""

import numpy as np
import pytest
import torch
from torch import nn

from instrument_net.errors import InputError
from instrument_net.models import (
    NETWORKS,
    PerceptronNet,
    SpectrogramNet,
    TwoBranchNet,
    build_network,
    spectrogram_branch,
)
from instrument_net.models import layout as layout_module
from instrument_net.models.layout import to_fastest_layout

SMALL = {
    "n_classes": 5,
    "n_features": 6,
    "spectrogram_shape": (1, 83, 109),
    "dense_units": 8,
}
SPEC = ("TwoBranchNet", "SpectrogramNet", "PerceptronNet")  # the others start from other weights
every_network = pytest.mark.parametrize("name", NETWORKS)
every_network_of_the_spec = pytest.mark.parametrize("name", SPEC)


def small_network(name, seed=0, **options):
    """Return a network in evaluation mode: its clips are independent, nothing is random."""
    torch.manual_seed(seed)
    return build_network(name, **SMALL | filters_of(name) | options).eval()


def filters_of(name):
    return {} if name == "PerceptronNet" else {"filters": 4}


def small_batch(batch=4, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.rand(batch, *SMALL["spectrogram_shape"], generator=generator),
        torch.randn(batch, SMALL["n_features"], generator=generator),
    )


def n_parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_two_branch_network_has_319109_parameters_for_37_classes():
    # On paper: 320 + 5 * 9248 (convolutions), 258112 + 4160 and 1344 + 4160 (dense), 4773 (output).
    assert n_parameters(TwoBranchNet(37)) == 320 + 5 * 9_248 + 262_272 + 5_504 + 4_773 == 319_109


def test_single_branch_networks_are_their_branch_and_an_output_layer():
    assert n_parameters(SpectrogramNet(37)) == 320 + 5 * 9_248 + 262_272 + 65 * 37
    assert n_parameters(PerceptronNet(37)) == 5_504 + 65 * 37


def test_the_branch_flattens_18_x_7_maps_of_32_filters():
    assert spectrogram_branch.size_after_groups((1, 560, 256)) == (18, 7)
    assert TwoBranchNet(37).spectrogram_branch.dense[0].in_features == 32 * 18 * 7 == 4032


@every_network
def test_a_batch_equals_its_clips_one_by_one(name):
    network, (spectrogram, features) = small_network(name), small_batch()
    with torch.no_grad():
        together = network(spectrogram, features)
        alone = [network(spectrogram[i : i + 1], features[i : i + 1]) for i in range(4)]
    assert together.shape == (4, 5)
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-6, rtol=1e-5)
    assert (together[0] - together[1]).abs().max() > 1e-3  # the clips differ


@every_network
def test_every_parameter_receives_a_gradient(name):
    network = small_network(name).train()
    network(*small_batch(16)).square().sum().backward()
    without = [
        name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum()
    ]
    assert without == []


@pytest.mark.parametrize(
    ("name", "reads_spectrogram", "reads_features"),
    [
        ("TwoBranchNet", True, True),
        ("SpectrogramNet", True, False),
        ("PerceptronNet", False, True),
        ("PlainCnn", True, False),
        ("ResidualNet", True, True),
        ("InvertedResidualNet", True, True),
    ],
)
def test_a_network_reads_the_inputs_it_is_named_after(name, reads_spectrogram, reads_features):
    network, (spectrogram, features) = small_network(name), small_batch()
    other_spectrogram, other_features = small_batch(seed=2)
    with torch.no_grad():
        logits = network(spectrogram, features)
        assert torch.equal(network(other_spectrogram, features), logits) != reads_spectrogram
        assert torch.equal(network(spectrogram, other_features), logits) != reads_features


@every_network
def test_silence_gives_finite_logits(name):
    spectrogram, features = torch.zeros(2, 1, 83, 109), torch.zeros(2, 6)
    assert small_network(name)(spectrogram, features).isfinite().all()


@every_network_of_the_spec
def test_weights_start_within_glorots_bound_and_biases_at_zero(name):
    torch.manual_seed(0)
    network = build_network(name, n_classes=37)
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == {"TwoBranchNet": 11, "SpectrogramNet": 9, "PerceptronNet": 3}[name]
    for layer in layers:
        pixels = layer.weight[0, 0].numel()  # 9 for a 3x3 convolution, 1 for a dense layer
        fan_in, fan_out = layer.weight.shape[1] * pixels, layer.weight.shape[0] * pixels
        bound = np.sqrt(6 / (fan_in + fan_out))
        assert 0.97 * bound < layer.weight.abs().max() <= bound
        assert layer.weight.std().item() == pytest.approx(bound / np.sqrt(3), rel=0.1)
        assert not layer.bias.any()


@every_network
def test_state_dict_round_trip_keeps_logits_and_scaling(name):
    network, batch = small_network(name, seed=0), small_batch()
    has_features = name not in ("SpectrogramNet", "PlainCnn")
    if has_features:
        network.perceptron_branch.scaling.fit(torch.arange(6.0), torch.arange(1.0, 7.0))
    restored = small_network(name, seed=9)
    assert not torch.equal(restored(*batch), network(*batch))
    restored.load_state_dict(network.state_dict())
    assert torch.equal(restored(*batch), network(*batch))
    if has_features:
        assert restored.perceptron_branch.scaling.mean.tolist() == [0, 1, 2, 3, 4, 5]
        assert restored.perceptron_branch.scaling.std.tolist() == [1, 2, 3, 4, 5, 6]


@every_network
@pytest.mark.parametrize(
    ("spectrogram_shape", "features_shape", "problem"),
    [
        ((4, 83, 109, 1), (4, 6), r"wrong spectrogram .*permute\(0, 3, 1, 2\)"),
        ((4, 1, 109, 83), (4, 6), "wrong spectrogram"),
        ((4, 2, 83, 109), (4, 6), "wrong spectrogram"),
        ((1, 83, 109), (4, 6), "wrong spectrogram"),
        ((4, 1, 83, 109), (4, 7), "wrong features"),
        ((4, 1, 83, 109), (6,), "wrong features"),
        ((4, 1, 83, 109), (4, 6, 1), "wrong features"),
        ((4, 1, 83, 109), (1, 6), "batch sizes differ"),
    ],
)
def test_any_other_shape_is_refused_with_both_shapes(
    name, spectrogram_shape, features_shape, problem
):
    with pytest.raises(ValueError, match=problem) as refusal:
        small_network(name)(torch.zeros(spectrogram_shape), torch.zeros(features_shape))
    message = str(refusal.value)
    assert f"got spectrogram {spectrogram_shape} and features {features_shape}" in message
    assert "expected (batch, 1, 83, 109) and (batch, 6)" in message


@pytest.mark.parametrize("network", [TwoBranchNet, SpectrogramNet])
def test_a_spectrogram_too_small_for_three_groups_is_refused_with_the_least_size(network):
    assert network(5, spectrogram_shape=(1, 79, 79)).spectrogram_branch.dense[0].in_features == 32
    with pytest.raises(
        ValueError, match=r"\(1, 78, 256\) is too small.*leave 0 x 7.*\(1, 79, 79\)"
    ):
        network(5, spectrogram_shape=(1, 78, 256))


@every_network
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_classes": 1}, "n_classes is 1; expected at least 2"),
        ({"n_features": 0}, "n_features is 0; expected at least 1"),
        ({"dense_units": -1}, "dense_units is -1"),
        ({"spectrogram_shape": (83, 109)}, r"spectrogram_shape is \(83, 109\); expected \(1, freq"),
        ({"spectrogram_shape": (83, 109, 1)}, r"is \(83, 109, 1\); expected \(1, frequency, frame"),
    ],
)
def test_impossible_sizes_are_refused_by_name_and_number(name, options, words):
    with pytest.raises(InputError, match=words):
        build_network(name, **SMALL | options)


@pytest.mark.parametrize("name", sorted(set(NETWORKS) - {"PerceptronNet"}))
def test_a_convolution_without_filters_is_refused(name):
    with pytest.raises(InputError, match="filters is 0; expected at least 1"):
        build_network(name, **SMALL, filters=0)


def test_a_network_without_convolutions_has_no_filters_to_set():
    with pytest.raises(TypeError, match="filters"):
        build_network("PerceptronNet", **SMALL, filters=4)


def test_a_list_from_a_configuration_is_a_spectrogram_shape_too():
    assert TwoBranchNet(5, spectrogram_shape=[1, 90, 80]).spectrogram_shape == (1, 90, 80)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("twobranchnet", "TwoBranchNet"),
        ("SpectogramNet", "SpectrogramNet"),
        ("perceptron", "PerceptronNet"),
    ],
)
def test_an_unknown_network_is_refused_with_the_nearest_name(name, nearest):
    with pytest.raises(InputError) as refusal:
        build_network(name, n_classes=3)
    assert str(refusal.value) == f"no network '{name}': did you mean '{nearest}'?"


def test_all_names_are_listed_for_a_name_like_none_of_ours():
    with pytest.raises(InputError) as refusal:
        build_network("vgg", n_classes=3)
    assert str(refusal.value) == f"no network 'vgg'; known here: {', '.join(sorted(NETWORKS))}"


def use_layout(monkeypatch, layout):
    """Have every CPU prefer one layout, as if it were of the kind for which it is fastest."""
    capability = {"contiguous": "DEFAULT", "channels_last": "AVX512", "blocked": "AVX2"}[layout]
    if layout == "blocked" and not torch.backends.mkldnn.is_available():
        pytest.skip("this build of PyTorch is without oneDNN")
    monkeypatch.setattr(layout_module, "_CPU_CAPABILITY", capability)


@pytest.mark.parametrize("layout", ["channels_last", "blocked"])
def test_every_layout_gives_the_same_logits_and_gradients(monkeypatch, layout):
    results = []
    for used in ("contiguous", layout):
        use_layout(monkeypatch, used)
        network = small_network("TwoBranchNet")
        spectrogram, features = small_batch()
        logits = network(spectrogram.requires_grad_(), features)
        logits.square().sum().backward()
        gradients = [parameter.grad for parameter in network.parameters()]
        results.append([logits, spectrogram.grad, *gradients])
    for contiguous, other in zip(*results, strict=True):
        torch.testing.assert_close(contiguous, other, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("layout", ["contiguous", "channels_last", "blocked"])
@pytest.mark.parametrize("given", [torch.contiguous_format, torch.channels_last])
def test_every_group_gets_its_input_in_the_fastest_layout(monkeypatch, layout, given):
    # With one channel is_contiguous() is true of both; from the first group on it is not.
    use_layout(monkeypatch, layout)
    network = small_network("SpectrogramNet")
    seen, plain = [], []
    for group in network.spectrogram_branch.groups:
        group.register_forward_hook(lambda _, __, maps: seen.append(maps))
    network.spectrogram_branch.feature_maps.register_forward_hook(
        lambda _, __, maps: plain.append(maps)
    )
    spectrogram, features = small_batch()
    network(spectrogram.to(memory_format=given), features)
    assert [maps.shape[2:] for maps in seen] == [(26, 35), (7, 10), (1, 2)]
    for maps in seen:
        assert maps.is_mkldnn == (layout == "blocked")
        if layout != "blocked":
            wanted = getattr(torch, layout.replace("contiguous", "contiguous_format"))
            assert maps.is_contiguous(memory_format=wanted)
    assert not plain[0].is_mkldnn


def test_blocks_are_left_to_float32_outside_autocast(monkeypatch):
    use_layout(monkeypatch, "blocked")
    spectrogram, _ = small_batch()
    assert to_fastest_layout(spectrogram).is_mkldnn
    assert not to_fastest_layout(spectrogram.double()).is_mkldnn
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert not to_fastest_layout(spectrogram).is_mkldnn


@pytest.mark.slow
def test_an_exported_graph_takes_any_batch_size():
    network, batch = small_network("TwoBranchNet").eval(), small_batch(2)
    size = torch.export.Dim("size", min=1, max=64)
    graph = torch.export.export(network, batch, dynamic_shapes=({0: size}, {0: size}))
    torch.testing.assert_close(graph.module()(*small_batch(7)), network(*small_batch(7)))
