"""Tones on a logarithmic axis: where they lie, how strong they are, how wide."""

import numpy as np
import pytest
import torch

from instrument_net.frontend.constant_q_power import ConstantQPower

NUM_SAMPLES = 22_050
OPTIONS = {"sample_rate_hz": 44_100, "num_samples": NUM_SAMPLES}


def tone(frequency_hz, seconds=NUM_SAMPLES / 44_100):
    time_s = torch.arange(NUM_SAMPLES, dtype=torch.float64) / 44_100
    return (torch.sin(2 * np.pi * frequency_hz * time_s + 0.4) * (time_s < seconds)).float()[None]


@pytest.fixture(scope="module")
def constant_q():
    return ConstantQPower(**OPTIONS)


@pytest.mark.parametrize("a4_plus", [-12, 0, 7, 36])
def test_a_semitone_moves_the_peak_by_two_of_24_bins(constant_q, a4_plus):
    peaks = [constant_q(tone(440 * 2 ** ((a4_plus + k) / 12)))[0].argmax(dim=0) for k in range(3)]
    # A4 lies three octaves above 55 Hz.
    for k, peak in enumerate(peaks):
        assert (peak == 72 + 2 * (a4_plus + k)).all()


def test_transposing_a_sound_shifts_its_whole_spectrum(constant_q):
    def spectrum(f_hz):
        sound = sum(tone(h * f_hz) / h for h in range(1, 6))
        return constant_q(sound)[0, :, 10].sqrt()

    low, high = spectrum(600), spectrum(600 * 2 ** (5 / 12))
    # Above 367 Hz, where the windows shrink with the period.
    torch.testing.assert_close(high[80 + 10 :], low[80:-10], atol=0.01, rtol=0)


def test_a_sine_of_amplitude_1_has_a_power_of_1_on_every_bin(constant_q):
    for bin_ in (24, 60, 100, 130, 191):
        power = constant_q(tone(float(constant_q.bin_hz[bin_])))[0]
        torch.testing.assert_close(power[bin_], torch.ones(constant_q.n_frames), rtol=2e-3, atol=0)


def test_it_is_the_windowed_sum_that_the_definition_says():
    x = np.random.default_rng(0).uniform(-1, 1, NUM_SAMPLES)
    constant_q = ConstantQPower(**OPTIONS, hop_length=500, max_window_length=3000)
    power = constant_q(torch.from_numpy(x).float()[None])[0]
    for bin_, frame in ((0, 0), (77, 20), (191, constant_q.n_frames - 1)):
        f_hz = 55 * 2 ** (bin_ / 24)
        length = min(44_100 / f_hz / (2 ** (1 / 24) - 1), 3000)
        n = np.arange(NUM_SAMPLES) - (1500 + 500 * frame)
        window = np.where(2 * np.abs(n) < length, 1 + np.cos(2 * np.pi * n / length), 0)
        sum_ = (x * window * np.exp(-2j * np.pi * f_hz / 44_100 * n)).sum() * 2 / window.sum()
        assert power[bin_, frame].item() == pytest.approx(abs(sum_) ** 2, rel=1e-4)


def test_a_short_window_sees_only_its_own_moment(constant_q):
    # 10 kHz for the first quarter of a second, then nothing.
    power = constant_q(tone(10_000, seconds=0.25))[0, 180]
    middle_s = (2048 + 512 * torch.arange(constant_q.n_frames)) / 44_100
    assert (power[middle_s < 0.245] > 0.5 * power.max()).all()
    assert (power[middle_s > 0.255] == 0).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n_octaves": 9}, r"the last bin would lie at 27358 Hz, above half the sample rate"),
        ({"max_window_length": 30_000}, "shorter than max_window_length = 30000"),
    ],
)
def test_impossible_numbers_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        ConstantQPower(**OPTIONS, **options)
