"""Down-mixing, and what counts as silence."""

import numpy as np
import pytest
import soundfile
import torch

from instrument_net.audio import load_sound, load_waveform


def sine(height=0.5, duration_s=1.0):
    return height * np.sin(2 * np.pi * 440 * np.arange(int(44_100 * duration_s)) / 44_100)


def write(path, *channels, subtype="PCM_16"):
    soundfile.write(path, np.stack(channels, axis=1), 44_100, subtype=subtype)
    return path


@pytest.mark.parametrize(
    ("extension", "subtype"),
    [("wav", "PCM_16"), ("wav", "PCM_24"), ("wav", "FLOAT"), ("flac", "PCM_16"), ("mp3", None)],
)
@pytest.mark.parametrize("height", [0.5, 0.004])
def test_channels_of_opposite_phase_do_not_cancel_the_sound(tmp_path, extension, subtype, height):
    x = sine(height)
    path = write(tmp_path / f"anti.{extension}", x, -x, subtype=subtype)
    waveform = load_waveform(path, num_samples=44_100)[5000:40_000].double().numpy()
    angle = 2 * np.pi * 440 * np.arange(len(waveform)) / 44_100
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    rest = waveform - basis @ np.linalg.lstsq(basis, waveform, rcond=None)[0]
    assert np.mean(rest**2) < 1e-3 * np.mean(waveform**2)


def test_the_loudest_channel_stands_for_a_sum_that_cancels(tmp_path):
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 44_100)
    x = sine(0.25) + noise
    path = write(tmp_path / "three.wav", 0.5 * x, 0.5 * x, -x, subtype="FLOAT")
    expected = torch.from_numpy(-x / np.abs(x).max()).float()
    torch.testing.assert_close(load_waveform(path)[:44_100], expected, atol=1e-6, rtol=0)


def test_one_channel_among_many_is_kept_and_not_taken_for_cancelled(tmp_path):
    silence = np.zeros(44_100)
    quiet = np.random.default_rng(0).uniform(-1e-3, 1e-3, 44_100)
    path = write(tmp_path / "many.wav", sine(), quiet, *[silence] * 198, subtype="FLOAT")
    expected = torch.from_numpy(sine() + quiet).float()
    expected /= expected.abs().max()
    torch.testing.assert_close(load_waveform(path)[:44_100], expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24"])
def test_dither_and_an_offset_are_silence(tmp_path, subtype):
    step = 2.0 ** (-7 if subtype == "PCM_U8" else -15)
    dither = step * np.random.default_rng(0).integers(-1, 2, 44_100)
    for offset in (0, 8 * step):
        path = write(tmp_path / "dither.wav", dither + offset, -dither + offset, subtype=subtype)
        sound = load_sound(path)
        assert sound.is_silent
        assert sound.waveform.abs().max() == 0


def test_a_soft_recording_is_none(tmp_path):
    path = write(tmp_path / "soft.wav", sine(2.0**-12))
    assert not load_sound(path).is_silent
    path = write(tmp_path / "soft.wav", sine(1e-9), subtype="FLOAT")
    assert load_sound(path).waveform.abs().max() == 1


def test_the_first_sound_is_found_where_the_window_is_silent(tmp_path):
    late = np.concatenate([np.zeros(9 * 44_100 + 100), sine(duration_s=2)])
    path = write(tmp_path / "late.wav", late, late)
    assert load_sound(path).is_silent
    sound = load_sound(path, from_first_sound=True)
    # A sine begins at zero.
    assert (9 * 44_100 + 100) <= sound.start_s * 44_100 <= (9 * 44_100 + 102)
    assert (sound.waveform[: 2 * 44_100].abs() > 0.1).float().mean() > 0.9
    assert load_sound(path, from_first_sound=True, duration_s=8).is_silent
    short = load_sound(path, from_first_sound=True, duration_s=10)
    assert (short.waveform[44_000:] == 0).all()
    assert not short.is_silent


def test_a_window_that_sounds_begins_where_it_did(tmp_path):
    late = np.concatenate([np.zeros(4 * 44_100), sine(duration_s=4)])
    path = write(tmp_path / "late.wav", late)
    sound = load_sound(path, from_first_sound=True)
    assert sound.start_s == 0
    assert torch.equal(sound.waveform, load_waveform(path))


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_a_clipped_recording_is_noticed_and_a_full_one_is_none(tmp_path, subtype):
    clipped = write(tmp_path / "a.wav", np.clip(sine(2), -1, 1), sine(), subtype=subtype)
    assert load_sound(clipped).is_clipped
    full = write(tmp_path / "b.wav", sine(1), sine(), subtype=subtype)
    assert not load_sound(full).is_clipped


def test_not_a_number_is_not_silence(tmp_path):
    path = write(tmp_path / "nan.wav", np.full(44_100, np.nan), subtype="FLOAT")
    with pytest.raises(ValueError, match="NaN or infinite"):
        load_waveform(path)
