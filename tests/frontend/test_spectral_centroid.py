import pytest
import torch

from instrument_net.frontend.spectral_centroid import spectral_centroid_hz

BIN_HZ = torch.tensor([0.0, 100.0, 200.0])


def clip(*frames):
    """Of frames, each a list of bins, make power (1, bins, frames)."""
    return torch.tensor(frames).T[None]


def test_power_in_one_bin_puts_the_centroid_on_that_bin():
    assert spectral_centroid_hz(clip([0, 5.0, 0]), BIN_HZ).tolist() == [100.0]


def test_frames_count_alike_whatever_their_power():
    # 50 Hz in a loud frame, 200 Hz in a soft one: 125 Hz.
    assert spectral_centroid_hz(clip([1.0, 1.0, 0], [0, 0, 0.01]), BIN_HZ).tolist() == [125.0]


def test_a_frame_is_active_from_a_millionth_of_the_strongest_on():
    just_active = clip([0, 1.0, 0], [0, 0, 1.01e-6], [0, 0, 0])
    just_not = clip([0, 1.0, 0], [0, 0, 0.99e-6], [0, 0, 0])
    assert spectral_centroid_hz(just_active, BIN_HZ).tolist() == [150.0]
    assert spectral_centroid_hz(just_not, BIN_HZ).tolist() == [100.0]


def test_silence_has_centroid_zero():
    assert spectral_centroid_hz(torch.zeros(2, 3, 4), BIN_HZ).tolist() == [0.0, 0.0]


def test_another_number_of_bins_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="4 bins in power, 3 in bin_hz"):
        spectral_centroid_hz(torch.zeros(1, 4, 2), BIN_HZ)
