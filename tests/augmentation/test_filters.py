"""Equaliser, low-pass and reverberation: responses measured, and the onset kept."""

import numpy as np
import pytest
import scipy.signal
import torch

from instrument_net.augmentation import Equaliser, LowPass, Reverberation
from instrument_net.augmentation.equaliser import equalise
from instrument_net.augmentation.low_pass import low_pass
from instrument_net.augmentation.reverberation import convolve, room_impulse_response

SAMPLE_RATE_HZ = 44_100
NUM_SAMPLES = 32_768
OCTAVES_HZ = 62.5 * 2.0 ** torch.arange(9)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def impulse():
    clip = torch.zeros(1, NUM_SAMPLES)
    clip[0, NUM_SAMPLES // 2] = 1
    return clip


def gain_db_at(filtered, frequency_hz):
    """Give the gain of the filter that made this of an impulse, in decibel."""
    spectrum = torch.fft.rfft(filtered).abs()
    bins = (torch.as_tensor(frequency_hz) * NUM_SAMPLES / SAMPLE_RATE_HZ).round().long()
    return 20 * spectrum[:, bins].log10()


def test_the_equaliser_has_the_gains_that_were_drawn_at_the_octaves():
    gains = 6 * random(3, 9)
    filtered = equalise(impulse().expand(3, -1), gains, sample_rate_hz=SAMPLE_RATE_HZ)
    torch.testing.assert_close(gain_db_at(filtered, OCTAVES_HZ), gains, atol=0.15, rtol=0)


def test_the_equaliser_is_constant_beyond_its_octaves_and_smooth_between():
    gains = torch.tensor([[9.0, -9, 9, -9, 9, -9, 9, -9, 9]])
    filtered = equalise(impulse(), gains, sample_rate_hz=SAMPLE_RATE_HZ)
    torch.testing.assert_close(
        gain_db_at(filtered, [20.0, 40.0, 18_000.0, 21_000.0]), torch.full((1, 4), 9.0),
        atol=0.1, rtol=0,
    )  # fmt: skip
    curve = gain_db_at(filtered, 200 * 2 ** (torch.arange(72) / 12))
    assert curve.diff().abs().max() < 2.5  # a slope of 18 dB an octave, at its steepest
    assert curve.abs().max() < 9.1
    midway = gain_db_at(filtered, OCTAVES_HZ[2:-1] * 2**0.5)
    torch.testing.assert_close(midway, torch.zeros(1, 6), atol=0.2, rtol=0)


def test_random_equalisers_stay_within_their_range():
    torch.manual_seed(0)
    module = Equaliser(probability=1, gain_db=[-6, 6], sample_rate_hz=SAMPLE_RATE_HZ)
    curves = gain_db_at(module(impulse().expand(50, -1)), OCTAVES_HZ)
    assert -6.2 < curves.min() < -5.5
    assert 5.5 < curves.max() < 6.2
    assert curves.std(dim=0).min() > 2.5  # 12 / sqrt(12) = 3.46 for a uniform draw


GAINS, CUT_OFFS_HZ, RESPONSES = 6 * random(2, 9), torch.tensor([3e3, 8e3]), random(2, 3000)
# clips, and which of the two settings each gets -> filtered clips
FILTERS = {
    "equalise": lambda x, of: equalise(x, GAINS[of], sample_rate_hz=SAMPLE_RATE_HZ),
    "low_pass": lambda x, of: low_pass(x, CUT_OFFS_HZ[of], sample_rate_hz=SAMPLE_RATE_HZ),
    "convolve": lambda x, of: convolve(x, RESPONSES[of]),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_linear(name):
    one, other = random(1, NUM_SAMPLES, seed=1), random(1, NUM_SAMPLES, seed=2)
    combined = FILTERS[name](3 * one - 0.5 * other, [1])
    expected = 3 * FILTERS[name](one, [1]) - 0.5 * FILTERS[name](other, [1])
    torch.testing.assert_close(combined, expected, rtol=0, atol=1e-5 * expected.abs().max().item())


@pytest.mark.parametrize("name", FILTERS)
def test_a_batch_is_filtered_as_its_clips_one_by_one(name):
    clips = random(2, NUM_SAMPLES, seed=1)
    together = FILTERS[name](clips, [0, 1])
    one_by_one = torch.cat([FILTERS[name](clips[k : k + 1], [k]) for k in (0, 1)])
    atol = 1e-5 * together.abs().max().item()
    torch.testing.assert_close(together, one_by_one, rtol=0, atol=atol)
    assert not torch.allclose(together[0], FILTERS[name](clips[:1], [1])[0], atol=0.1)


@pytest.mark.parametrize("name", ["equalise", "low_pass"])
def test_a_zero_phase_filter_neither_delays_nor_wraps_around_to_the_start(name):
    filtered = FILTERS[name](impulse(), [0])[0].square()
    middle = NUM_SAMPLES // 2
    centre = (filtered * torch.arange(NUM_SAMPLES)).sum() / filtered.sum()
    assert centre.item() == pytest.approx(middle, abs=0.5)
    ringing = 882  # 20 ms
    near = filtered[middle - ringing : middle + ringing].sum()
    assert near / filtered.sum() > 0.999
    at_the_end = torch.zeros(1, NUM_SAMPLES)
    at_the_end[0, -1] = 1
    assert FILTERS[name](at_the_end, [0])[0, : NUM_SAMPLES // 2].abs().max() < 1e-4


def test_the_low_pass_keeps_what_is_below_halves_at_the_cut_off_and_removes_what_is_above():
    cut_off_hz = torch.tensor([3000.0, 8000.0])
    filtered = low_pass(impulse().expand(2, -1), cut_off_hz, sample_rate_hz=SAMPLE_RATE_HZ)
    for row, hz in zip(filtered, cut_off_hz.tolist(), strict=True):
        below, at, above = (gain_db_at(row[None], [hz * factor])[0] for factor in (0.88, 1.0, 1.12))
        assert below.abs() < 0.05
        assert at.item() == pytest.approx(-6.02, abs=0.3)
        on_the_slope = gain_db_at(row[None], [hz * 0.95])[0].item()
        assert on_the_slope == pytest.approx(-1.48, abs=0.1)  # 3/4 of the step: 27/32
        assert above < -60


def test_cut_offs_are_drawn_over_the_logarithm_between_the_limits():
    torch.manual_seed(0)
    module = LowPass(probability=1, cut_off_hz=[2000, 8000], sample_rate_hz=SAMPLE_RATE_HZ)
    spectra = torch.fft.rfft(module(impulse().expand(60, -1))).abs()
    cut_off_hz = (spectra > 0.5).sum(dim=1) * SAMPLE_RATE_HZ / NUM_SAMPLES
    assert 1990 < cut_off_hz.min() < 2200
    assert 7200 < cut_off_hz.max() < 8010
    assert cut_off_hz.median().item() == pytest.approx(4000, rel=0.2)


def test_an_impulse_response_has_the_reverberation_time_and_the_ratio_that_were_drawn():
    torch.manual_seed(0)
    rt60_s = torch.tensor([0.1, 0.3, 0.6])
    ratio_db = torch.tensor([0.0, 6.0, 20.0])
    response = room_impulse_response(
        rt60_s, ratio_db, num_samples=26_460, sample_rate_hz=SAMPLE_RATE_HZ
    )
    assert torch.equal(response[:, 0], torch.ones(3))
    measured_db = -10 * response[:, 1:].square().sum(dim=1).log10()
    torch.testing.assert_close(measured_db, ratio_db, atol=1e-3, rtol=0)
    # Schroeder's backward integration, fitted from -5 to -25 dB as ISO 3382 does for T20.
    decay = response[:, 1:].double().square().flip(1).cumsum(1).flip(1)
    decay_db = 10 * (decay / decay[:, :1]).log10()
    for row, expected in zip(decay_db, rt60_s.tolist(), strict=True):
        fitted = ((row < -5) & (row > -25)).nonzero().squeeze(1)
        slope_db, _ = np.polyfit(fitted / SAMPLE_RATE_HZ, row[fitted], 1)
        assert -60 / slope_db == pytest.approx(expected, rel=0.1)


def test_convolution_agrees_with_scipy():
    clip, response = random(2, 5000), random(2, 800, seed=1)
    expected = scipy.signal.fftconvolve(clip.numpy(), response.numpy(), axes=1)[:, :5000]
    np.testing.assert_allclose(convolve(clip, response).numpy(), expected, atol=2e-4)


def test_reverberation_keeps_the_onset_and_lengthens_the_end():
    torch.manual_seed(0)
    module = Reverberation(
        probability=1, rt60_s=[0.2, 0.4], direct_to_reverberant_db=[0, 10],
        sample_rate_hz=SAMPLE_RATE_HZ,
    )  # fmt: skip
    clip = torch.zeros(4, NUM_SAMPLES)
    clip[:, 10_000:15_000] = random(5000)
    clip[:, 10_000] = 1.0
    wet = module(clip)
    assert wet[:, :10_000].abs().max() < 1e-5
    torch.testing.assert_close(wet[:, 10_000], torch.ones(4), atol=1e-4, rtol=0)
    before_and_after = [part.square().mean(dim=1) for part in (clip[:, 10_000:15_000],
                                                               wet[:, 15_000:16_000])]  # fmt: skip
    level_db = 10 * (before_and_after[1] / before_and_after[0]).log10()
    assert (level_db > -25).all()
    assert (wet[:, 32_000:].square().mean(dim=1) < before_and_after[1] / 100).all()
