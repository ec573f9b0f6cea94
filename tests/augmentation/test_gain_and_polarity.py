"""What level and sign change for the network: little."""

import pytest
import torch

from instrument_net.augmentation import PolarityInversion
from instrument_net.augmentation.gain import amplify
from instrument_net.frontend import FrontEnd

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})


@pytest.fixture
def clips():
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(3, FRONT_END.num_samples, generator=generator)
    return noise / noise.abs().amax(dim=1, keepdim=True)


def test_a_lower_level_is_the_same_to_the_network(clips):
    quiet = amplify(clips, torch.tensor([-3.0, -12.0, -30.0]))
    measured_db = 20 * quiet.abs().amax(dim=1).log10()
    torch.testing.assert_close(measured_db, torch.tensor([-3.0, -12.0, -30.0]))
    for before, after in zip(FRONT_END(clips), FRONT_END(quiet), strict=True):
        torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-4)


def test_a_higher_level_clips_the_peaks_and_keeps_the_rest_in_proportion(clips):
    factor = 10 ** (6 / 20)
    loud = amplify(clips, torch.full((3,), 6.0))
    torch.testing.assert_close(loud.abs().amax(dim=1), clips.abs().amax(dim=1))
    cut = clips.abs() * factor > 1
    assert 0.001 < cut.float().mean() < 0.2
    torch.testing.assert_close(loud[~cut], clips[~cut] * factor)
    assert torch.equal(loud[cut], clips[cut].sign())
    assert not torch.allclose(FRONT_END(loud)[1], FRONT_END(clips)[1], rtol=1e-2)


def test_inverted_polarity_changes_neither_spectrogram_nor_any_feature_by_a_bit(clips):
    inverted = PolarityInversion(probability=1)(clips)
    assert torch.equal(inverted, -clips)
    for before, after in zip(FRONT_END(clips), FRONT_END(inverted), strict=True):
        assert torch.equal(before, after)
