import pytest
import torch

from instrument_net.frontend.ratio import ratio
from instrument_net.frontend.waveform_features import (
    autocorrelation,
    rms,
    temporal_centroid_s,
    zero_crossing_rate,
)

# Two clips small enough for paper and pencil.
CLIPS = torch.tensor([[1.0, -1.0, 0.0, 2.0], [0.0, 3.0, 4.0, 0.0]], dtype=torch.float64)


def test_rms_of_small_numbers():
    torch.testing.assert_close(rms(CLIPS), torch.tensor([1.5, 6.25]).double().sqrt())


def test_a_zero_between_two_samples_counts_half_a_crossing_on_either_side():
    # + - 0 +: one crossing, then a half and a half; 0 + + 0: a half and a half; 3 steps each.
    torch.testing.assert_close(zero_crossing_rate(CLIPS), torch.tensor([2 / 3, 1 / 3]).double())


def test_temporal_centroid_of_small_numbers():
    sample_s = torch.arange(4, dtype=torch.float64) / 10
    expected = torch.tensor([(1 + 3 * 2) / 4, (3 + 2 * 4) / 7]).double() / 10
    torch.testing.assert_close(temporal_centroid_s(CLIPS, sample_s), expected, rtol=1e-6, atol=1e-6)


def test_autocorrelation_of_small_numbers():
    # Lag 1 of the first: -1 / (sqrt 2 sqrt 5); lag 2: -2 / (sqrt 2 sqrt 4).
    # Lag 1 of the second: 12 / (5 * 5); lag 2: 0 / (3 * 4).
    expected = torch.tensor([[-1 / 10**0.5, -1 / 2**0.5], [12 / 25, 0.0]]).double()
    torch.testing.assert_close(autocorrelation(CLIPS, n_lags=2), expected, rtol=1e-6, atol=1e-6)


def test_as_many_lags_as_samples_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match=r"4 lags need more than 4 samples.*\(2, 4\)"):
        autocorrelation(CLIPS, n_lags=4)


def test_silence_gives_zeros_with_finite_gradients():
    silence = torch.zeros(1, 8, requires_grad=True)
    values = [
        rms(silence),
        zero_crossing_rate(silence),
        temporal_centroid_s(silence, torch.arange(8.0)),
        *autocorrelation(silence, n_lags=4).T,
    ]
    total = torch.cat(values)
    assert torch.equal(total, torch.zeros(7))
    total.sum().backward()
    assert silence.grad.isfinite().all()


def test_a_ratio_of_two_zeros_is_zero_and_others_are_quotients():
    assert ratio(torch.tensor([0.0, 3.0, -3.0]), torch.tensor([0.0, 2.0, 2.0])).tolist() == [
        0.0,
        1.5,
        -1.5,
    ]
