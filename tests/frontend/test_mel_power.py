"""Mel bands against librosa, and one tone in the band that holds it."""

import librosa
import numpy as np
import pytest
import torch

from instrument_net.frontend.mel_filters import mel_centres_hz
from instrument_net.frontend.mel_power import MelPower

NUM_SAMPLES = 44_100
OPTIONS = {"sample_rate_hz": 44_100, "num_samples": NUM_SAMPLES}


@pytest.mark.parametrize(("n_fft", "n_mels"), [(2048, 96), (4096, 160)])
def test_it_agrees_with_librosa(n_fft, n_mels):
    noise = np.random.default_rng(0).uniform(-1, 1, NUM_SAMPLES).astype(np.float32)
    expected = librosa.feature.melspectrogram(
        y=noise, sr=44_100, n_fft=n_fft, hop_length=512, center=False, power=2.0, n_mels=n_mels,
        fmin=30, fmax=16_000, htk=True, norm=None,
    )  # fmt: skip
    mel = MelPower(**OPTIONS, n_fft=n_fft, n_mels=n_mels)
    power = mel(torch.from_numpy(noise)[None])[0].numpy()
    assert power.shape == expected.shape == (n_mels, mel.n_frames)
    np.testing.assert_allclose(power, expected, rtol=2e-3)


def test_the_band_centres_are_those_of_librosa():
    expected = librosa.mel_frequencies(n_mels=98, fmin=30, fmax=16_000, htk=True)[1:-1]
    np.testing.assert_allclose(
        mel_centres_hz(n_mels=96, f_min_hz=30.0, f_max_hz=16_000.0), expected
    )


def test_a_tone_lies_in_the_band_whose_centre_is_nearest_on_the_mel_scale():
    mel = MelPower(**OPTIONS)
    time_s = torch.arange(NUM_SAMPLES) / 44_100
    for band in (10, 40, 90):
        power = mel(torch.sin(2 * torch.pi * mel.bin_hz[band] * time_s)[None])[0]
        assert (power.argmax(dim=0) == band).all()


def test_a_full_scale_sine_has_the_power_that_it_is_said_to_have():
    mel = MelPower(**OPTIONS)
    time_s = torch.arange(NUM_SAMPLES) / 44_100
    hz = 400 * 44_100 / 2048  # in the middle of bin 400; the triangles there are 20 bins wide
    power = mel(torch.sin(2 * torch.pi * hz * time_s)[None])[0, :, 10]
    # Hann: the bins beside the tone's have a quarter of its power; two triangles share all three.
    assert power.sum().item() == pytest.approx(1.5 * mel.full_scale_power, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n_mels": 300}, r"triangles fall between two of the bins, which are 21\.5 Hz apart"),
        ({"f_max_hz": 23_000.0}, "must rise between 0 and half the sample rate, 22050"),
        ({"f_min_hz": 17_000.0}, "must rise"),
        ({"n_fft": 65_536}, "a clip of 44100 samples is shorter than n_fft = 65536"),
    ],
)
def test_impossible_numbers_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        MelPower(**OPTIONS, **options)
