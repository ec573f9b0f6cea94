"""Per-channel energy normalisation against librosa, and on paper."""

import librosa
import numpy as np
import pytest
import torch

from instrument_net.frontend.pcen import Pcen, pcen, smoothing_coefficient, smoothing_matrix

HOP_S = 512 / 44_100


@pytest.mark.parametrize("gain", [0.5, 0.8, 0.98])
def test_it_agrees_with_librosa(gain):
    energy = np.random.default_rng(0).exponential(1e3, (2, 6, 80))
    s = smoothing_coefficient(HOP_S)
    ours = pcen(torch.from_numpy(energy), smoothing_matrix(80, s), gain=gain)
    for clip, expected_of in zip(ours, energy, strict=True):
        expected = librosa.pcen(
            expected_of, sr=44_100, hop_length=512, gain=gain, bias=2, power=0.5, eps=1,
            time_constant=0.4, zi=(1 - s) * expected_of[:, :1],
        )  # fmt: skip
        np.testing.assert_allclose(clip.numpy(), expected, rtol=1e-10)


def test_the_smoothing_is_the_recursion():
    energy, s = torch.rand(5, 40, dtype=torch.float64, generator=torch.manual_seed(0)), 0.1
    expected = [energy[:, 0]]
    for t in range(1, 40):
        expected.append((1 - s) * expected[-1] + s * energy[:, t])
    smoothed = energy @ smoothing_matrix(40, s)
    torch.testing.assert_close(smoothed, torch.stack(expected, dim=1))


def test_with_a_gain_of_1_a_steady_band_is_the_same_however_loud():
    steady = torch.tensor([1e5, 1e7]).double()[None, :, None].expand(1, 2, 50)
    out = pcen(steady, smoothing_matrix(50, 0.03), gain=1.0)
    torch.testing.assert_close(out, torch.full_like(out, 3**0.5 - 2**0.5), rtol=1e-4, atol=0)


def test_the_onset_of_a_full_scale_sine_is_1_and_silence_0():
    module = Pcen(n_frames=50, hop_s=HOP_S, full_scale_power=7.0, gain=0.8)
    power = torch.zeros(2, 3, 50)
    power[0, 1, 20:] = 7.0
    out = module(power)
    assert out[0, 1, 20].item() == pytest.approx(1, abs=1e-5)
    assert out[0, 1, 21:].max() < out[0, 1, 20]
    assert out[1].abs().max() == out[0, 0].abs().max() == out[0, 1, :20].abs().max() == 0
