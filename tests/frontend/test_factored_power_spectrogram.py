"""Power by matrix products is power by torch's STFT."""

import pytest
import torch

from instrument_net.frontend import FactoredPowerSpectrogram
from instrument_net.frontend.power_spectrogram import PowerSpectrogram


@pytest.mark.parametrize(
    ("n_fft", "hop_length", "n_bins"),
    [(4096, 1024, 560), (4096, 1024, 2049), (512, 100, 257), (1000, 250, 77), (61, 7, 31)],
)
def test_it_agrees_with_the_transform(n_fft, hop_length, n_bins):
    waveform = torch.randn(3, 20_000, generator=torch.Generator().manual_seed(0))
    options = {"n_fft": n_fft, "hop_length": hop_length, "n_bins": n_bins}
    expected = PowerSpectrogram(**options)(waveform)
    power = FactoredPowerSpectrogram(**options)(waveform)
    torch.testing.assert_close(power, expected, rtol=1e-4, atol=1e-6 * expected.max().item())


def test_silence_has_no_power():
    power = FactoredPowerSpectrogram(n_fft=512, hop_length=128, n_bins=100)(torch.zeros(1, 2_000))
    assert power.shape == (1, 100, 12)
    assert (power == 0).all()
