"""The same recording at another level, rate, cut or codec, and other takes of a note."""

import io

import numpy as np
import pandas as pd
import pytest
import soundfile

from instrument_net.audio.resampling import resample
from instrument_net.data.fingerprint import fingerprint
from instrument_net.data.kept_fingerprints import read_fingerprints
from instrument_net.data.near_duplicates import near_equal_pairs, recordings
from instrument_net.data.same_recording import SAME, alignable, similarity
from instrument_net.data.store import WaveformStore

RATE_HZ = 44_100


def take(seed, *, pitch_hz=220.0, duration_s=1.5):
    """A note with partials that fluctuate, each in its own way, and the noise of a breath."""
    rng = np.random.default_rng(seed)
    n = round(duration_s * RATE_HZ)
    time_s = np.arange(n) / RATE_HZ
    slow = np.linspace(0, n - 1, 30)
    drift = np.interp(np.arange(n), slow, rng.normal(0, 0.15, 30)).cumsum() / RATE_HZ
    sound = np.zeros(n)
    for k in range(1, 9):
        phase = 2 * np.pi * (k * pitch_hz * time_s + k * drift + rng.random())
        level = np.interp(np.arange(n), slow, rng.uniform(0.7, 1, 30)) / k
        sound += level * np.sin(phase)
    sound += 0.02 * rng.standard_normal(n)
    sound *= np.minimum(1, time_s / 0.05) * np.exp(-time_s)
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def as_mp3(samples):
    file = io.BytesIO()
    soundfile.write(file, samples, RATE_HZ, format="MP3", compression_level=0.88)
    file.seek(0)
    return soundfile.read(file, dtype="float32")[0]


CHANGES = {
    "level": lambda x: (0.25 * x, RATE_HZ),
    "polarity": lambda x: (-x, RATE_HZ),
    "start": lambda x: (x[13_230:], RATE_HZ),
    "end": lambda x: (x[:40_000], RATE_HZ),
    "rate": lambda x: (resample(x, RATE_HZ, 22_050), 22_050),
    "codec": lambda x: (as_mp3(x), RATE_HZ),
    "rounding": lambda x: (np.round(0.1 * x * 2**15).astype(np.int16), RATE_HZ),
    "equaliser": lambda x: (np.append(x[0], x[1:] - 0.6 * x[:-1]), RATE_HZ),
    "silence before": lambda x: (np.append(np.zeros(9_000, np.float32), x), RATE_HZ),
    "all": lambda x: (resample(as_mp3(0.25 * x[13_230:]), RATE_HZ, 22_050), 22_050),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_recording_is_the_same_recording(change):
    original = take(0)
    changed, rate_hz = CHANGES[change](original)
    assert fingerprint(original, RATE_HZ) @ fingerprint(changed, rate_hz) > 0.8
    assert similarity(alignable(original, RATE_HZ), alignable(changed, rate_hz)) >= SAME


def test_other_takes_and_other_notes_are_other_recordings():
    one = alignable(take(0), RATE_HZ)
    scores = [similarity(one, alignable(take(seed), RATE_HZ)) for seed in range(1, 6)]
    assert max(scores) < 0.6
    assert fingerprint(take(0), RATE_HZ) @ fingerprint(take(1), RATE_HZ) > 0.8
    other_note = fingerprint(take(0, pitch_hz=247.0), RATE_HZ)
    assert fingerprint(take(0), RATE_HZ) @ other_note < 0.8


def test_the_shortest_sounds_and_silence_are_compared_without_failing():
    click = np.zeros(50, np.int16)
    click[10] = 1000
    for samples in (click, np.zeros(50, np.int16), np.ones(9, np.float32)):
        one = alignable(samples, RATE_HZ)
        assert 0 <= similarity(one, one) <= 1.001
        assert np.isfinite(fingerprint(samples, RATE_HZ)).all()


@pytest.fixture
def store_of(tmp_path):
    def build(sounds):
        rows = []
        for name, (samples, rate_hz) in sounds.items():
            soundfile.write(tmp_path / f"{name}.wav", samples, rate_hz)
            rows.append({"path": str(tmp_path / f"{name}.wav"), "start_s": 0.0})
        clips = pd.DataFrame(rows).assign(duration_s=np.nan)
        return WaveformStore(clips, tmp_path / "store", sample_rate_hz=RATE_HZ, num_samples=RATE_HZ)

    return build


def test_pairs_are_found_among_clips_and_named_after_their_first(store_of, monkeypatch):
    first, other = take(0), take(1)
    store = store_of(
        {
            "a": (first, RATE_HZ),
            "b": (other, RATE_HZ),
            "c": CHANGES["start"](first),
            "d": CHANGES["codec"](first),
            "e": (other, RATE_HZ),
            "f": (take(2), RATE_HZ),
        }
    )
    pairs = near_equal_pairs(store)
    assert set(zip(pairs["first"], pairs["second"], strict=True)) == {(0, 2), (0, 3), (2, 3)}
    assert (pairs["score"] >= SAME).all()
    a, b, _, _, _, f = store.digests
    assert recordings(store) == [a, b, a, a, b, f]
    monkeypatch.setattr("instrument_net.data.near_duplicates.similarity", None)
    assert recordings(store) == [a, b, a, a, b, f]  # as it was kept
    monkeypatch.undo()
    apart = near_equal_pairs(store, [0, 0, 0, 1, 1, 1])
    assert set(zip(apart["first"], apart["second"], strict=True)) == {(0, 3), (2, 3)}


def test_fingerprints_are_made_once_and_damaged_ones_again(store_of, monkeypatch):
    sounds = {"a": (take(0), RATE_HZ), "b": (take(1), RATE_HZ)}
    store = store_of(sounds)
    assert near_equal_pairs(store).empty
    assert set(read_fingerprints(store.folder)) == set(store.digests)
    made = []

    def counted(samples, rate_hz):
        made.append(rate_hz)
        return fingerprint(samples, rate_hz)

    monkeypatch.setattr("instrument_net.data.near_duplicates.fingerprint", counted)
    near_equal_pairs(store_of({**sounds, "c": (take(2), RATE_HZ)}))
    assert made == [RATE_HZ]
    for file in store.folder.glob("fingerprints_*"):
        file.write_bytes(file.read_bytes()[:100])
    near_equal_pairs(store)
    assert made == [RATE_HZ] * 3
