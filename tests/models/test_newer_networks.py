"""The networks beyond the spec: size, arithmetic, initialisation, any clip length, statistics."""

import copy

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from instrument_net.errors import InputError
from instrument_net.models import build_network
from instrument_net.models import layout as layout_module
from instrument_net.models.inverted_residual_net import InvertedResidualBlock
from instrument_net.models.pooled_branch import PooledBranch
from instrument_net.models.residual_net import ResidualBlock

NAMES = ("PlainCnn", "ResidualNet", "InvertedResidualNet")
TWO_BRANCHES = ("ResidualNet", "InvertedResidualNet")
SMALL = {"n_classes": 5, "n_features": 6, "filters": 4, "dense_units": 8}
every_network = pytest.mark.parametrize("name", NAMES)


def small_network(name, *, shape=(1, 64, 48), **options):
    torch.manual_seed(0)
    return build_network(name, **SMALL, spectrogram_shape=shape, **options)


def small_batch(batch=4, shape=(1, 64, 48), seed=1):
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.rand(batch, *shape, generator=generator),
        torch.randn(batch, 6, generator=generator),
    )


def n_parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_parameters_are_those_that_paper_and_pencil_give():
    # Convolutions: 9 weights per pair of channels; normalisation: two numbers per channel.
    plain = 9 * (1 * 4 + 4 * 8 + 8 * 16 + 16 * 32 + 32 * 32) + 2 * (4 + 8 + 16 + 32 + 32)
    assert n_parameters(small_network("PlainCnn")) == plain + 33 * 8 + 9 * 5
    block = 9 * (4 * 8 + 8 * 8) + 2 * (8 + 8) + (4 * 8 + 2 * 8)  # with a shortcut that doubles
    assert n_parameters(ResidualBlock(4, 8, stride=2)) == block
    assert n_parameters(ResidualBlock(8, 8, stride=1)) == 9 * 2 * 8 * 8 + 4 * 8
    # 1x1 to 24 channels, 3x3 of each channel alone, 1x1 back.
    inverted = 6 * 24 + 9 * 24 + 24 * 10 + 2 * (24 + 24 + 10)
    assert n_parameters(InvertedResidualBlock(6, 10, stride=2)) == inverted


@pytest.mark.parametrize(
    ("name", "most_gflop"),
    [("PlainCnn", 0.21), ("ResidualNet", 0.2), ("InvertedResidualNet", 0.06)],
)
def test_a_log_mel_clip_costs_less_than_a_fifteenth_of_the_spec_s_network(name, most_gflop):
    def gflop(name, shape):
        with torch.device("meta"), FlopCounterMode(display=False) as counter:
            network = build_network(name, n_classes=21, spectrogram_shape=shape).eval()
            network(torch.empty(1, *shape), torch.empty(1, 20))
        return counter.get_total_flops() / 1e9

    assert 0.5 * most_gflop < gflop(name, (1, 96, 255)) < most_gflop
    assert gflop("TwoBranchNet", (1, 560, 256)) > 15 * most_gflop


@every_network
def test_weights_start_normal_with_he_s_variance_and_biases_at_zero(name):
    torch.manual_seed(0)
    network = build_network(name, n_classes=37)
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) >= 7
    for layer in layers:
        fan_in = layer.weight[0].numel()  # of a depthwise filter: its own 9
        if layer.weight.numel() > 500:
            assert layer.weight.std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.1)
            assert layer.weight.abs().max() > 2.5 * layer.weight.std()  # no uniform distribution
        assert layer.bias is None or not layer.bias.any()


@every_network
def test_the_same_weights_serve_clips_of_any_length_and_height(name):
    network = small_network(name).eval()
    for shape in ((1, 64, 200), (1, 32, 33), (1, 100, 77)):
        other = small_network(name, shape=shape).eval()
        other.load_state_dict(network.state_dict())
        assert other(*small_batch(shape=shape)).shape == (4, 5)
    # A longer steady sound is the same sound: pooling neither sums nor counts.
    tones = torch.rand(1, 1, 64, 1, generator=torch.manual_seed(0))
    long = small_network(name, shape=(1, 64, 640)).eval()
    longer = small_network(name, shape=(1, 64, 1280)).eval()
    longer.load_state_dict(long.state_dict())
    features = torch.zeros(1, 6)
    torch.testing.assert_close(
        longer(tones.expand(1, 1, 64, 1280), features),
        long(tones.expand(1, 1, 64, 640), features),
        atol=0.1, rtol=0.1,
    )  # fmt: skip


def test_a_block_whose_convolutions_give_zero_returns_its_input():
    maps = torch.randn(2, 4, 5, 7, generator=torch.manual_seed(0))
    for block, expected in (
        (ResidualBlock(4, 4, stride=1), maps.relu()),
        (InvertedResidualBlock(4, 4, stride=1), maps),
        (InvertedResidualBlock(4, 4, stride=1, expansion=1), maps),
    ):
        for module in block.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.zeros_(module.weight)
        torch.testing.assert_close(block.eval()(maps), expected)
    # There is no input to add where the shape changes.
    assert not InvertedResidualBlock(4, 6, stride=1).eval()(0 * maps).any()


def test_pooling_adds_the_mean_of_time_to_its_maximum():
    branch = PooledBranch(
        nn.Identity(), channels=1, stride=1, first_centre=0, dense_units=1, dropout=0.0
    )
    nn.init.ones_(branch.dense[0].weight)
    nn.init.zeros_(branch.dense[0].bias)
    maps = torch.tensor([[1.0, 0.0, 8.0], [3.0, 0.0, 0.0]])[None, None]  # over time: 2, 0, 4
    assert branch(maps).item() == 2 + 4


@every_network
def test_batch_statistics_are_learnt_in_training_used_after_it_and_kept(name):
    network, batch = small_network(name, dropout=0.0), small_batch(16)
    fresh = copy.deepcopy(network).eval()(*batch)
    for _ in range(40):
        trained = network(*batch)
    network.eval()
    distance = (network(*batch) - trained).norm()
    assert distance < 0.2 * trained.norm()
    assert (fresh - trained).norm() > 3 * distance
    restored = small_network(name).eval()
    restored.load_state_dict(network.state_dict())
    assert torch.equal(restored(*batch), network(*batch))
    assert any("running_var" in key for key in network.state_dict())


@every_network
@pytest.mark.parametrize("capability", ["DEFAULT", "AVX512", "AVX2"])
def test_every_kind_of_processor_gives_the_same_logits_and_gradients(name, capability, monkeypatch):
    results = []
    for used in ("DEFAULT", capability):
        monkeypatch.setattr(layout_module, "_CPU_CAPABILITY", used)
        network = small_network(name, dropout=0.0)
        spectrogram, features = small_batch(16)
        logits = network(spectrogram.requires_grad_(), features)
        logits.square().sum().backward()
        results.append([logits, spectrogram.grad, *(p.grad for p in network.parameters())])
    (logits, *gradients), (other_logits, *other_gradients) = results
    torch.testing.assert_close(logits, other_logits, atol=2e-3, rtol=1e-3)
    for plain, other in zip(gradients, other_gradients, strict=True):
        # Where a ReLU's input is 0 up to rounding, it is arbitrary whether a gradient passes. That
        # changes all earlier gradients a little; a mistake would change them by their own size.
        assert (plain - other).norm() < 0.05 * plain.norm() + 1e-2


@every_network
def test_dropout_acts_in_training_only(name):
    network, batch = small_network(name, dropout=0.5), small_batch(16)
    torch.manual_seed(0)
    once = network(*batch)
    assert not torch.allclose(once, network(*batch))
    torch.manual_seed(0)
    assert torch.equal(once, network(*batch))  # a seed decides
    network.eval()
    assert torch.equal(network(*batch), network(*batch))


def test_a_spectrogram_of_which_the_poolings_leave_nothing_is_refused():
    assert small_network("PlainCnn", shape=(1, 32, 32)).eval()(*small_batch(2, (1, 32, 32))).ndim
    with pytest.raises(InputError, match=r"\(1, 31, 48\) is too small.*at least \(1, 32, 32\)"):
        small_network("PlainCnn", shape=(1, 31, 48))


@pytest.mark.parametrize("name", TWO_BRANCHES)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fusion": "sum"}, "no fusion 'sum'; known here: attention, concatenate, gated"),
        ({"fusion": "gate"}, r"no fusion 'gate': did you mean 'gated'\?"),
        ({"feature_dropout": 1.2}, "feature_dropout is 1.2; expected a share from 0 to 1"),
        ({"dropout": -0.1}, "^dropout is -0.1; expected a share from 0 to 1"),
    ],
)
def test_impossible_options_are_refused(name, options, message):
    with pytest.raises(InputError, match=message):
        small_network(name, **options)


@pytest.mark.parametrize("name", TWO_BRANCHES)
@pytest.mark.parametrize("fusion", ["concatenate", "gated", "attention"])
def test_every_fusion_reads_both_branches(name, fusion):
    network = small_network(name, fusion=fusion).eval()
    spectrogram, features = small_batch()
    other_spectrogram, other_features = small_batch(seed=2)
    logits = network(spectrogram, features)
    assert not torch.allclose(network(other_spectrogram, features), logits)
    assert not torch.allclose(network(spectrogram, other_features), logits)


@pytest.mark.parametrize("name", TWO_BRANCHES)
def test_without_fusion_the_features_are_not_read_and_have_no_weights(name):
    network = small_network(name, fusion="none").eval()
    spectrogram, _ = small_batch(2)
    few, many = torch.zeros(2, 6), torch.full((2, 6), 9.0)
    assert torch.equal(network(spectrogram, few), network(spectrogram, many))
    assert not any("perceptron" in key or "fusion" in key for key in network.state_dict())


@pytest.mark.parametrize(("frequency_bands", "depends"), [(1, False), (3, True)])
def test_frequency_bands_decide_whether_it_matters_where_something_is(frequency_bands, depends):
    pooled = PooledBranch(
        nn.Identity(), channels=1, stride=1, first_centre=0, dense_units=1, dropout=0,
        frequency_bands=frequency_bands,
    )  # fmt: skip
    pooled.dense = nn.Identity()  # the maps are the picture itself
    low, high = torch.zeros(2, 1, 1, 60, 48)
    low[..., :10, :], high[..., -10:, :] = 1, 1
    assert torch.allclose(pooled(low), pooled(high)) is not depends


def test_no_frequency_band_is_refused():
    with pytest.raises(InputError, match="frequency_bands must be at least 1, got 0"):
        small_network("ResidualNet", frequency_bands=0)
