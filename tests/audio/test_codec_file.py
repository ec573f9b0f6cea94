"""What libsndfile does not read: m4a, aac, wma, webm and others, by the extra `codecs`."""

import os

import numpy as np
import pytest
from encoded_sound import (
    KINDS,
    LENGTH_S,
    RATE_HZ,
    decoded,
    encode_pictures,
    sweep,
    write,
)
from scipy.signal import correlate

from instrument_net.audio import AudioError, codec_file, file_duration_s, load_waveform, open_sound

pytest.importorskip("av")


def delay_s(found, at_s):
    """Return how much later than in the sweep a part of it is, which should begin at ``at_s``."""
    middle, reach = round(0.3 * RATE_HZ), round(0.08 * RATE_HZ)
    part = found[middle:][: RATE_HZ // 4]
    around = sweep()[0][round(at_s * RATE_HZ) + middle - reach :][: len(part) + 2 * reach]
    return (reach - int(np.argmax(correlate(around, part, "valid")))) / RATE_HZ


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_is_what_was_encoded(written, kind):
    path = written(kind)
    sound = decoded(path)
    assert sound.dtype == np.float32
    assert sound.shape[1] == 2
    assert np.std(sound, axis=0) == pytest.approx(np.array([0.4, 0.2]) / 2**0.5, rel=0.05)
    assert np.abs(sound.mean(0)).max() < 0.01
    assert file_duration_s(path) == len(sound) / RATE_HZ
    # What surrounds the sound is a few frames; where the container says it, nothing.
    tolerance_s = 0 if KINDS[kind].to_the_sample else 0.05
    assert abs(delay_s(sound[:, 0], 0)) <= tolerance_s
    assert len(sound) / RATE_HZ == pytest.approx(LENGTH_S, abs=tolerance_s)


@pytest.mark.parametrize("kind", KINDS)
def test_an_excerpt_is_the_part_of_the_whole(written, kind):
    path = written(kind)
    whole = decoded(path)
    begins_s = delay_s(whole[:, 0], 0)
    for at_s in (0.2, 2.0, 1.3, 1.35):  # forth and back
        start = round(at_s * RATE_HZ)
        part = decoded(path, start, RATE_HZ * 3 // 4)
        assert len(part) == RATE_HZ * 3 // 4
        if KINDS[kind].to_the_sample:
            assert np.abs(part - whole[start : start + len(part)]).max() < 1e-4
        else:  # milliseconds
            assert delay_s(part[:, 0], at_s) == pytest.approx(begins_s, abs=0.001)


def test_samples_without_loss_come_back_to_the_last_bit(tmp_path):
    samples = np.round(sweep() * 2**15) / 2**15
    for kind in ("alac.m4a", "alac.caf", "flac.mka"):
        sound = decoded(write(tmp_path, kind, samples))
        assert np.array_equal(sound.T, samples.astype(np.float32))


def test_reading_block_by_block_and_at_once_are_the_same(written):
    path = written("aac.m4a")
    with open_sound(path) as sound:
        at_once = sound.file.read(10**9)
        assert sound.file.tell() == len(at_once) == LENGTH_S * RATE_HZ
        sound.file.seek(0)
        parts = [sound.file.read(n) for n in (1, 1023, 1, 5000, 70_000, 10**6, 5)]
        assert [len(part) for part in parts[-2:]] == [len(at_once) - 76_025, 0]
        assert (np.concatenate(parts) == at_once).all()
        sound.file.seek(RATE_HZ * 10)
        assert len(sound.file.read(100)) == 0


def test_only_what_is_asked_for_is_decoded(tmp_path, monkeypatch):
    path = write(tmp_path, "alac.m4a", np.tile(sweep(1), 20))
    frames = []
    convert = codec_file.as_float32
    monkeypatch.setattr(codec_file, "as_float32", lambda f: frames.append(convert(f)) or frames[-1])
    load_waveform(path, start_s=55, duration_s=1)
    assert RATE_HZ < sum(map(len, frames)) < 2 * RATE_HZ
    frames.clear()
    assert file_duration_s(path) == 60
    assert len(frames) == 1


def test_a_start_beyond_the_end_is_refused(written):
    for kind in ("aac.m4a", "wmav2.wma"):
        with pytest.raises(
            AudioError, match=r"a\.(m4a|wma): start_s 9 lies beyond its end at [23]"
        ):
            load_waveform(written(kind), start_s=9)


def test_names_and_endings_do_not_matter(written, tmp_path):
    expected = load_waveform(written("aac.m4a"))
    for name in (b"as.wav", b"as.mp3", b"concat:x|y", b"none"):
        (tmp_path / "a.m4a").rename(path := tmp_path / os.fsdecode(name))
        assert (load_waveform(path) == expected).all()
        path.rename(tmp_path / "a.m4a")
    written("aac.aac").rename(tmp_path / "aac.mp3")
    assert load_waveform(tmp_path / "aac.mp3").any()


def test_tags_need_not_be_text(tmp_path):
    path = write(tmp_path, "alac.m4a", sweep()[:, :9_600], title="Etude")
    content = path.read_bytes()
    assert content.count(b"Etude") == 1
    path.write_bytes(content.replace(b"Etude", b"\xc9tude"))
    assert load_waveform(path).any()


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_not_text_is_opened(written, tmp_path):
    path = written("aac.m4a").rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.m4a"))
    assert load_waveform(path).any()


def test_of_a_film_the_sound_is_taken(tmp_path):
    time_s = np.arange(44_100) / 44_100
    sound = 0.5 * np.sin(2 * np.pi * 1000 * time_s)[None]
    for name in ("film.mp4", "film.mkv"):
        encode_pictures(tmp_path / name, sound, n_pictures=50)  # longer than its sound
        assert file_duration_s(tmp_path / name) == pytest.approx(1, abs=0.03)
        assert load_waveform(tmp_path / name)[:44_100].std() > 0.5
        encode_pictures(tmp_path / name)
        with pytest.raises(AudioError, match=rf"{name}: cannot be decoded, .*: it has no sound"):
            load_waveform(tmp_path / name)
