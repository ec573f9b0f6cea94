import pytest
import torch

from instrument_net.frontend.spectrogram_scale import relative_level, relative_power

# Each clip relative to its own maximum: 0, -20, -80, -90 dB and silence.
POWER = torch.tensor([[[4.0, 4e-2], [4e-9, 0.0]], [[1e-6, 1e-8], [1e-15, 1e-14]]])


def test_levels_are_linear_in_decibel_below_each_clips_own_maximum():
    expected = torch.tensor([[[1.0, 0.75], [0.0, 0.0]], [[1.0, 0.75], [0.0, 0.0]]])
    torch.testing.assert_close(relative_level(POWER, top_db=80.0), expected)


def test_a_wider_range_shows_what_lies_further_down():
    levels = relative_level(POWER, top_db=100.0)
    expected = torch.tensor([[[1.0, 0.8], [0.1, 0.0]], [[1.0, 0.8], [0.1, 0.2]]])
    torch.testing.assert_close(levels, expected, rtol=0, atol=1e-6)


def test_relative_power_is_power_over_the_clips_own_maximum():
    expected = torch.tensor([[[1.0, 1e-2], [1e-9, 0.0]], [[1.0, 1e-2], [1e-9, 1e-8]]])
    torch.testing.assert_close(relative_power(POWER), expected)


@pytest.mark.parametrize("top_db", [37.0, 60.0, 80.0, 96.0, 120.0, 300.0])
def test_silence_is_exactly_zero_whatever_the_range_and_nan_stays_nan(top_db):
    assert torch.equal(relative_level(torch.zeros(1, 3, 2), top_db=top_db), torch.zeros(1, 3, 2))
    assert relative_level(torch.full((1, 3, 2), torch.nan), top_db=top_db).isnan().all()
