import librosa
import numpy as np
import pytest
import torch
from scipy.fft import dct

from instrument_net.frontend.mfcc import Mfcc, mfcc

DEFAULTS = {"sample_rate_hz": 44_100, "n_fft": 4096, "n_bins": 560, "n_mels": 40}


@pytest.fixture(scope="module")
def module():
    return Mfcc(**DEFAULTS, n_coefficients=12)


def test_agrees_with_librosa_given_the_same_mel_energies(module):
    power = np.random.default_rng(5).uniform(0, 1, 560) ** 8
    filters = librosa.filters.mel(
        sr=44_100, n_fft=4096, n_mels=40, fmax=559 * 44_100 / 4096, htk=True, norm=None
    )[:, :560]
    log_mel = np.log((filters @ power)[:, None])
    expected = librosa.feature.mfcc(S=log_mel, n_mfcc=13, dct_type=2, norm="ortho")[1:, 0]
    actual = module(torch.from_numpy(power).float()[None])[0]
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)


def test_bands_are_floored_80_db_below_the_strongest():
    mel_energies = np.array([1.0, 1e-3, 1e-7, 1e-9, 0.0])
    basis = np.stack([dct(row, type=2, norm="ortho")[1:] for row in np.eye(5)])
    floored = np.array([1.0, 1e-3, 1e-7, 1e-8, 1e-8])
    actual = mfcc(
        torch.from_numpy(mel_energies)[None], torch.eye(5).double(), torch.from_numpy(basis)
    )
    np.testing.assert_allclose(actual[0], dct(np.log(floored), norm="ortho")[1:], rtol=1e-9)


def test_the_last_triangle_ends_on_the_last_bin(module):
    filters = module.mel_filters
    assert filters.shape == (560, 40)
    assert filters[559].abs().max() < 1e-3
    assert filters[558, -1] > 0
    assert filters[0].max() == 0
    # Without area normalisation neighbours sum to 1 between the first and the last centre.
    centres = filters.argmax(dim=0)
    inner = filters[centres[0] + 1 : centres[-1]].sum(dim=1)
    torch.testing.assert_close(inner, torch.ones_like(inner), rtol=0, atol=1e-3)


def test_gain_changes_nothing_and_silence_is_zero_with_a_finite_gradient(module):
    power = torch.rand(1, 560, generator=torch.manual_seed(0))
    torch.testing.assert_close(module(power), module(1e-6 * power), rtol=1e-4, atol=1e-4)
    silence = torch.zeros(1, 560, requires_grad=True)
    coefficients = module(silence)
    assert torch.equal(coefficients, torch.zeros(1, 12))
    coefficients.sum().backward()
    assert silence.grad.isfinite().all()
