"""What a microphone brings."""

import numpy as np
import pytest
import soundfile
from tones_and_noise import RATE_HZ, tone

from instrument_net.demo.live import LiveSound


def level(decibel, seconds=1.0):
    """A sine with this effective value, relative to full scale."""
    return (tone(seconds) * 2 * np.sqrt(2) * 10 ** (decibel / 20) * 2**15).astype(np.int16)


def growing(*blocks, max_bytes=10**9):
    sound = LiveSound(RATE_HZ, max_bytes=max_bytes)
    for block in blocks:
        sound.add(block)
    return sound


def test_blocks_follow_one_another_and_channels_are_averaged(tmp_path):
    stereo = np.array([[2, 4], [6, 8]], np.int16)
    sound = growing(np.array([1, 2], np.int16), stereo)
    sound.write(tmp_path / "all.wav")
    samples, rate_hz = soundfile.read(tmp_path / "all.wav", dtype="int16")
    assert (samples.tolist(), rate_hz) == ([1, 2, 3, 7], RATE_HZ)
    sound.write(tmp_path / "last.wav", last_s=3 / RATE_HZ)
    assert soundfile.read(tmp_path / "last.wav", dtype="int16")[0].tolist() == [2, 3, 7]


@pytest.mark.parametrize(("decibel", "quiet"), [(-45, False), (-55, True)])
def test_a_sound_below_50_db_of_full_scale_is_quiet(decibel, quiet):
    assert growing(level(decibel)).is_quiet is quiet


def test_a_short_note_is_heard_and_an_offset_is_not():
    assert not growing(level(-90, 2), level(-30, 0.1), level(-90, 0.5)).is_quiet
    assert growing(np.full(RATE_HZ, 2_000, np.int16)).is_quiet
    assert growing().is_quiet


def test_what_was_loud_long_ago_does_not_count():
    assert growing(level(-10), level(-90, 3)).is_quiet


def test_of_a_recording_that_is_too_long_the_end_is_kept():
    block = np.zeros(RATE_HZ, np.int16)
    sound = growing(block, block, block, max_bytes=4 * RATE_HZ)
    assert sound.is_cut
    assert sound.duration_s == 2
    assert not growing(block, block, max_bytes=4 * RATE_HZ).is_cut
