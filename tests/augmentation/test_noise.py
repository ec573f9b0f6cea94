"""Noise: level, colour and extent in time."""

import numpy as np
import pytest
import scipy.signal
import torch

from instrument_net.augmentation import Noise, Reverberation
from instrument_net.augmentation.noise import add_until_the_end, coloured_noise

SAMPLE_RATE_HZ = 44_100


def tone_with_silence_around():
    clip = torch.zeros(1, 60_000)
    time_s = torch.arange(30_000) / SAMPLE_RATE_HZ
    clip[0, 5000:35_000] = torch.cos(2 * torch.pi * 440 * time_s) * torch.exp(-4 * time_s)
    return clip


@pytest.mark.parametrize("snr_db", [-5, 10, 40])
def test_the_signal_to_noise_ratio_is_the_one_that_was_set(snr_db):
    torch.manual_seed(0)
    clips = tone_with_silence_around().expand(5, -1)
    module = Noise(
        probability=1, snr_db=[snr_db, snr_db], exponent=[0, 1], sample_rate_hz=SAMPLE_RATE_HZ
    )
    added = (module(clips) - clips).double()
    measured_db = 10 * (clips.double().square().sum(1) / added.square().sum(1)).log10()
    torch.testing.assert_close(measured_db, torch.full((5,), float(snr_db), dtype=torch.float64),
                               atol=0.5, rtol=0)  # fmt: skip


def test_ratios_are_drawn_between_the_limits():
    torch.manual_seed(0)
    clips = tone_with_silence_around().expand(60, -1)
    module = Noise(probability=1, snr_db=[10, 30], exponent=[0, 0], sample_rate_hz=SAMPLE_RATE_HZ)
    added = module(clips) - clips
    measured_db = 10 * (clips.square().sum(1) / added.square().sum(1)).log10()
    assert 9.9 < measured_db.min() < 12
    assert 28 < measured_db.max() < 30.1


def test_noise_lasts_from_the_first_sample_to_the_end_of_the_recording():
    clip = tone_with_silence_around()
    noisy = add_until_the_end(clip, torch.ones_like(clip), torch.tensor([20.0]))
    added = noisy - clip
    assert (added[0, :5000] > 0).all()
    assert (added[0, :35_000] > 0).all()
    assert torch.equal(added[0, 35_000:], torch.zeros(25_000))


def test_rounding_errors_of_a_filter_do_not_prolong_the_recording():
    torch.manual_seed(0)
    room = Reverberation(
        probability=1, rt60_s=[0.1, 0.1], direct_to_reverberant_db=[0, 0],
        sample_rate_hz=SAMPLE_RATE_HZ,
    )  # fmt: skip
    reverberant = room(tone_with_silence_around())
    assert (reverberant[0, 45_000:] != 0).any()
    noisy = add_until_the_end(reverberant, torch.ones(1, 60_000), torch.tensor([20.0]))
    assert torch.equal(noisy[0, 40_000:], reverberant[0, 40_000:])  # 35,000 and a tail of 4,410


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_its_power_falls_with_frequency_as_the_colour_sets(exponent):
    torch.manual_seed(0)
    noise = coloured_noise(
        torch.tensor([exponent]), num_samples=265_216, sample_rate_hz=SAMPLE_RATE_HZ
    )
    frequency_hz, power = scipy.signal.welch(noise[0].numpy(), SAMPLE_RATE_HZ, nperseg=4096)
    band = (frequency_hz > 100) & (frequency_hz < 20_000)
    slope, _ = np.polyfit(np.log(frequency_hz[band]), np.log(power[band]), 1)
    assert slope == pytest.approx(-exponent, abs=0.05)
