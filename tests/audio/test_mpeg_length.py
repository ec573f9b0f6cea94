"""mp3 files whose header states no length: their end is where the decoder ends."""

import numpy as np
import pytest
import soundfile
import torch

from instrument_net.audio import AudioError, file_duration_s, load_waveform, open_sound
from instrument_net.audio.mpeg_length import states_length

BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
TAG = b"ID3\x02\x00\x00\x00\x00\x10\x00" + bytes(2048)  # ID3v2.2, 2 kB in sevens of bits
MODES = ("CONSTANT", "AVERAGE", "VARIABLE")


def first_frame_bytes(content):
    """Return the length of the first frame, MPEG 1 layer III at 44.1 kHz."""
    return 144_000 * BIT_RATES[content[2] >> 4] // 44_100 + (content[2] >> 1 & 1)


def loud_after_soft(duration_s):
    """Half of it silent, half of it noise: where the bit rate may vary, it does."""
    n = int(44_100 * duration_s)
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, n)
    samples[: n // 2] = 0.1 * np.sin(2 * np.pi * 440 * np.arange(n // 2) / 44_100)
    return samples


@pytest.fixture
def write_bare(tmp_path):
    """Write an mp3 as sample libraries hold it: a tag in front, no Xing or Info header."""

    def write(duration_s, mode="CONSTANT", tag=TAG, end=None, level=0.9):
        whole = tmp_path / f"whole_{mode}.mp3"
        soundfile.write(
            whole, loud_after_soft(duration_s), 44_100, bitrate_mode=mode, compression_level=level
        )
        content = whole.read_bytes()
        assert states_length(whole)
        path = tmp_path / f"bare_{mode}.mp3"
        path.write_bytes(tag + content[first_frame_bytes(content) :][:end])
        assert not states_length(path)
        return path, whole

    return write


@pytest.mark.parametrize("mode", MODES)
def test_a_short_file_behind_a_tag_is_whole_not_truncated(write_bare, mode):
    path, whole = write_bare(0.8, mode)
    waveform = load_waveform(path, num_samples=60_000)
    # The header would also have said how many samples the coder put in front of the sound.
    expected = load_waveform(whole, num_samples=60_000)
    delay = int(np.argmax(np.correlate(waveform.numpy(), expected.numpy()[:30_000], "valid")))
    assert 0 < delay < 3 * 1152
    torch.testing.assert_close(
        waveform[delay : delay + 35_000], expected[:35_000], atol=0.05, rtol=0
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_long_file_is_read_to_its_real_end(write_bare, mode):
    path, _ = write_bare(40, mode)
    assert file_duration_s(path) == pytest.approx(40, abs=0.1)
    end = load_waveform(path, num_samples=44_100, start_s=39)
    assert (end.abs() > 0.1).float().mean() > 0.5
    with pytest.raises(AudioError, match=r"start_s 41 lies beyond its end at 40\.0\d\d s"):
        load_waveform(path, start_s=41)


def test_blocks_join_without_a_seam(write_bare):
    path, _ = write_bare(60, "VARIABLE")
    with open_sound(path) as sound:
        blocks = list(sound.blocks())
        at_once = sound.file.seek(0) or sound.file.read(61 * 44_100, dtype="float32")
    assert len(blocks) > 1
    np.testing.assert_allclose(np.concatenate(blocks)[:, 0], at_once, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_an_excerpt_is_that_of_the_whole_file(write_bare, mode):
    path, _ = write_bare(10, mode)
    whole = load_waveform(path, num_samples=450_000)
    for start in (0, 100_000, 220_000, 400_000):
        excerpt = load_waveform(path, num_samples=20_000, start_s=start / 44_100)
        wanted = whole[start : start + 20_000]
        torch.testing.assert_close(excerpt, wanted / wanted.abs().max(), atol=1e-4, rtol=0)


def test_a_tag_at_the_end_is_no_sound(write_bare):
    path, _ = write_bare(1)
    duration_s = file_duration_s(path)
    path.write_bytes(path.read_bytes() + b"TAG" + b"\xff\xfb\x90\x00" * 31 + b"\x00")
    assert file_duration_s(path) == duration_s


def test_a_file_of_tags_or_broken_frames_is_refused(write_bare, tmp_path):
    path, _ = write_bare(1, end=30)
    with pytest.raises(AudioError, match=r"bare_CONSTANT\.mp3: "):
        load_waveform(path)
    (tmp_path / "tag.mp3").write_bytes(TAG)
    with pytest.raises(AudioError, match=r"tag\.mp3: "):
        load_waveform(tmp_path / "tag.mp3")


def test_a_length_that_a_header_states_is_held_against_a_file(tmp_path, write_bare):
    _, whole = write_bare(5)
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(TAG + whole.read_bytes()[: whole.stat().st_size // 2])
    assert states_length(cut)
    with pytest.raises(AudioError, match=r"cut\.mp3: truncated: its header states"):
        load_waveform(cut)
