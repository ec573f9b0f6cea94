"""Trimming, crop, onset shift and speed: what moves, and that the sound itself stays."""

import numpy as np
import pytest
import scipy.signal
import torch

from instrument_net.augmentation import Crop, OnsetShift
from instrument_net.augmentation.crop import crop
from instrument_net.augmentation.excerpt import excerpt, sounding_part
from instrument_net.augmentation.onset_shift import delay
from instrument_net.augmentation.silence_trimming import trim_silence
from instrument_net.augmentation.speed import play_faster

SAMPLE_RATE_HZ = 44_100


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def clip_at(begin, sound, num_samples):
    clip = torch.zeros(1, num_samples)
    clip[0, begin : begin + len(sound)] = sound
    return clip


def test_the_sounding_part_is_where_the_level_is_above_the_threshold():
    clip = torch.tensor([[1e-7, 0, 1e-4, 0.5, 0, -1, 1e-4, 1e-7], [0] * 8])
    assert [part.tolist() for part in sounding_part(clip)] == [[2, 0], [7, 0]]
    assert [part.tolist() for part in sounding_part(clip, threshold_db=-60)] == [[3, 0], [6, 0]]


def test_an_excerpt_reaches_beyond_neither_end():
    clip = torch.arange(1.0, 6.0).expand(4, 5)
    moved = excerpt(clip, torch.tensor([2, -2, 4, 0]), torch.tensor([2, 5, 5, 0]))
    assert moved.tolist() == [[3, 4, 0, 0, 0], [0, 0, 1, 2, 3], [5, 0, 0, 0, 0], [0] * 5]


def test_trimming_keeps_the_sound_and_moves_it_to_the_beginning():
    sound = noise(700).clamp(-1, 1)
    sound[[0, 10, -1]] = 1.0
    trimmed = trim_silence(clip_at(123, sound, 1000), threshold_db=-60)
    assert torch.equal(trimmed, clip_at(0, sound, 1000))


def test_a_shifted_clip_is_trimmed_to_the_same_as_the_clip():
    sound = noise(700)
    clips = torch.cat([clip_at(begin, sound, 1000) for begin in (0, 41, 300)])
    trimmed = trim_silence(clips, threshold_db=-40)
    assert torch.equal(trimmed[0], trimmed[1])
    assert torch.equal(trimmed[0], trimmed[2])


def test_trimming_treats_a_noise_floor_below_the_threshold_as_silence():
    clip = clip_at(300, torch.full((100,), 0.8), 1000) + 1e-4 * noise(1, 1000).clamp(-3, 3)
    trimmed = trim_silence(clip, threshold_db=-60)
    assert torch.equal(trimmed[0, :100], clip[0, 300:400])
    assert trimmed[0, 100:].abs().max() == 0


def test_a_crop_is_a_stretch_of_the_sound_faded_only_where_it_is_cut():
    sound = noise(1000)
    clips = clip_at(200, sound, 1500).expand(3, -1)
    share, position = torch.tensor([0.5, 0.5, 0.5]), torch.tensor([0.0, 0.4, 1.0])
    cropped = crop(clips, share, position, fade_samples=50)
    for row, begin in zip(cropped, (0, 200, 500), strict=True):
        assert torch.equal(row[50:450], sound[begin + 50 : begin + 450])
        assert row[500:].abs().max() == 0
    ramp = torch.arange(1, 51) / 50
    assert torch.equal(cropped[0, :50], sound[:50])
    torch.testing.assert_close(cropped[1, :50], sound[200:250] * ramp)
    torch.testing.assert_close(cropped[0, 450:500], sound[450:500] * ramp.flip(0))
    assert torch.equal(cropped[2, 450:500], sound[950:])


def test_a_crop_of_everything_only_moves_the_sound():
    sound = noise(1000)
    whole = crop(clip_at(200, sound, 1500), torch.ones(1), torch.ones(1) / 2, fade_samples=50)
    assert torch.equal(whole, clip_at(0, sound, 1500))


def test_crops_keep_the_shares_that_were_set():
    torch.manual_seed(0)
    module = Crop(probability=1, share=[0.3, 0.6], sample_rate_hz=SAMPLE_RATE_HZ)
    begin, end = sounding_part(module(torch.ones(200, 10_000)))
    assert begin.max() == 0
    assert 3000 <= end.min() < 3100
    assert 5900 < end.max() <= 6000


def test_a_delay_moves_the_sound_and_never_cuts_it():
    sound = noise(600)
    clips = torch.cat([clip_at(begin, sound, 1000) for begin in (0, 0, 0, 250, 400)])
    position = torch.tensor([0.0, 0.5, 1.0, 1.0, 0.0])
    later = delay(clips, (100.4, 300.0), position)
    expected = [clip_at(begin, sound, 1000) for begin in (100, 200, 300, 400, 400)]
    assert torch.equal(later, torch.cat(expected))


def test_delays_lie_between_the_limits():
    torch.manual_seed(0)
    module = OnsetShift(probability=1, delay_s=[0.01, 0.02], sample_rate_hz=SAMPLE_RATE_HZ)
    clips = torch.zeros(200, 2000)
    clips[:, 0] = 1
    begin, _ = sounding_part(module(clips))
    assert 441 <= begin.min() < 450
    assert 873 < begin.max() <= 882


def peak_hz(waveform):
    """Give the frequency of the strongest partial, by parabolic interpolation."""
    window = scipy.signal.windows.hann(len(waveform))
    level = np.log(np.abs(np.fft.rfft(waveform * window)) + 1e-12)
    k = int(level.argmax())
    a, b, c = level[k - 1 : k + 2]
    return (k + 0.5 * (a - c) / (a - 2 * b + c)) * SAMPLE_RATE_HZ / len(waveform)


@pytest.mark.parametrize("semitones", [-3, -1.3, -0.4, 0.4, 2, 3])
def test_a_tone_played_faster_is_higher_and_shorter_by_the_interval(semitones):
    ratio = 2 ** (semitones / 12)
    time_s = torch.arange(44_100) / SAMPLE_RATE_HZ
    tone = 0.7 * torch.sin(2 * torch.pi * 440 * time_s)
    clip = torch.cat([tone, torch.zeros(44_100)])[None]
    played = play_faster(clip, semitones)
    assert played.shape == clip.shape
    begin, end = sounding_part(played, threshold_db=-20)
    assert (end - begin).item() == pytest.approx(44_100 / ratio, rel=3e-3)
    sounding = played[0, 2000:36_000]
    # 5 cents: ratios are those of numbers up to 48.
    assert peak_hz(sounding.numpy()) == pytest.approx(440 * ratio, rel=3e-3)
    assert sounding.abs().max().item() == pytest.approx(0.7, rel=5e-3)


def test_playing_at_the_same_speed_changes_nothing():
    clip = noise(2, 5000)
    assert torch.equal(play_faster(clip, 0.0), clip)


def test_playing_agrees_with_scipy_in_the_band_that_the_front_end_sees():
    clip = scipy.signal.sosfilt(
        scipy.signal.butter(8, 6000, fs=SAMPLE_RATE_HZ, output="sos"), noise(30_000).numpy()
    )
    expected = scipy.signal.resample_poly(clip, 8, 9)  # two semitones up
    played = play_faster(torch.from_numpy(clip)[None].float(), 2.0392)[0].numpy()
    np.testing.assert_allclose(
        played[500 : len(expected) - 500], expected[500:-500], atol=0.02 * np.abs(expected).max()
    )


def test_a_slower_clip_is_cut_at_the_end():
    clip = torch.ones(1, 10_000)
    assert play_faster(clip, -3)[0, -100:].min() > 0.9
    assert play_faster(clip, 3)[0, 8500:].abs().max() == 0
