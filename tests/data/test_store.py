import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from instrument_net.audio import load_waveform
from instrument_net.data import store as store_module
from instrument_net.data.store import FULL_SCALE, WaveformStore

NUM_SAMPLES = 20_000


@pytest.fixture
def clips(write_tone):
    def table(n):
        paths = [
            str(write_tone(f"{i}.wav", frequency_hz=200 + i, duration_s=0.1)) for i in range(n)
        ]
        return pd.DataFrame(
            {"path": paths, "label": "a", "start_s": 0.0, "duration_s": float("nan")}
        )

    return table


def open_store(clips, tmp_path):
    return WaveformStore(clips, tmp_path / "store", sample_rate_hz=44_100, num_samples=NUM_SAMPLES)


def test_a_batch_is_what_the_files_hold_to_half_a_step_of_16_bits(clips, tmp_path):
    table = clips(3)
    batch = open_store(table, tmp_path).batch([2, 0])
    assert batch.dtype == torch.int16
    for row, index in zip(batch, [2, 0], strict=True):
        expected = load_waveform(table["path"][index], num_samples=NUM_SAMPLES)
        assert (row / FULL_SCALE - expected).abs().max() <= 0.5 / FULL_SCALE + 1e-7


def test_more_clips_than_a_shard_holds_keep_their_places(clips, tmp_path):
    table = clips(130)
    store = open_store(table, tmp_path)
    assert len(store) == 130
    assert len(list((tmp_path / "store").glob("*.i16"))) == 3
    for index in (0, 63, 64, 127, 128, 129):
        spectrum = np.fft.rfft(store.batch([index])[0, :4410].numpy())
        assert np.abs(spectrum).argmax() == pytest.approx((200 + index) / 10, abs=1)


def test_a_second_opening_decodes_nothing(clips, tmp_path, monkeypatch):
    table = clips(3)
    first = open_store(table, tmp_path).batch([0, 1, 2])
    monkeypatch.setattr(store_module, "load_waveform", lambda *_a, **_k: pytest.fail("decoded"))
    assert torch.equal(open_store(table, tmp_path).batch([0, 1, 2]), first)


def test_an_interrupted_build_continues_at_the_first_missing_shard(clips, tmp_path, monkeypatch):
    table = clips(130)
    decoded = []

    def count_until(limit):
        def load(path, **options):
            if len(decoded) >= limit:
                raise KeyboardInterrupt
            decoded.append(path)
            return load_waveform(path, **options)

        return load

    monkeypatch.setattr(store_module.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(store_module, "load_waveform", count_until(100))
    with pytest.raises(KeyboardInterrupt):
        open_store(table, tmp_path)
    decoded.clear()
    monkeypatch.setattr(store_module, "load_waveform", count_until(1000))
    assert len(open_store(table, tmp_path)) == 130
    assert sorted(decoded) == sorted(table["path"][64:])


def test_a_changed_file_is_decoded_again(clips, tmp_path):
    table = clips(2)
    before = open_store(table, tmp_path).batch([0])
    soundfile.write(table["path"][0], np.random.default_rng(0).uniform(-1, 1, 9000), 44_100)
    assert not torch.equal(open_store(table, tmp_path).batch([0]), before)


def test_files_that_cannot_be_decoded_are_listed_and_lose_nothing_else(clips, tmp_path):
    table = clips(5)
    (tmp_path / "1.wav").write_bytes(b"not audio at all")
    (tmp_path / "3.wav").write_bytes(b"")
    store = open_store(table, tmp_path)
    assert store.kept.index.tolist() == [0, 2, 4]
    assert store.rejected.index.tolist() == [1, 3]
    assert "1.wav" in store.rejected["reason"].iloc[0]
    assert "empty" in store.rejected["reason"].iloc[1]
    spectrum = np.fft.rfft(store.batch([1])[0, :4410].numpy())
    assert np.abs(spectrum).argmax() == pytest.approx(202 / 10, abs=1)


def test_silence_takes_no_room_and_comes_back_as_zeros(tmp_path):
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(44_100), 44_100)
    table = pd.DataFrame({"path": [str(path)], "start_s": 0.0, "duration_s": float("nan")})
    store = open_store(table, tmp_path)
    assert store.batch([0]).abs().sum() == 0
    index = next((tmp_path / "store").glob("*.json"))
    assert json.loads(index.read_text())["lengths"] == [0]


def test_an_excerpt_is_stored_as_such(clips, tmp_path):
    table = clips(1).assign(start_s=0.05, duration_s=0.02)
    waveform = open_store(table, tmp_path).batch([0])[0]
    assert waveform[:882].abs().max() == FULL_SCALE
    assert waveform[882:].abs().sum() == 0


def test_a_digest_follows_from_the_samples_of_a_clip_alone(clips, tmp_path):
    table = clips(3)
    first = open_store(table, tmp_path)
    assert len(first.digests) == len(set(first.digests)) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in first.digests)
    # Other names, another order, a copy of the third, a label more.
    for path, name in zip(table["path"], ("x.wav", "y.wav", "z.wav"), strict=True):
        shutil.copy(path, tmp_path / name)
    names = ["z.wav", "x.wav", "y.wav", "2.wav"]
    moved = table.iloc[[2, 0, 1, 2]].assign(path=[str(tmp_path / name) for name in names])
    again = open_store(moved, tmp_path).digests
    assert again == tuple(first.digests[k] for k in (2, 0, 1, 2))
    excerpt = open_store(table.assign(start_s=0.01), tmp_path).digests
    assert not set(excerpt) & set(first.digests)


def test_a_digest_changes_with_a_single_sample_and_is_not_decoded_for_again(
    clips, tmp_path, monkeypatch
):
    table = clips(2)
    before = open_store(table, tmp_path).digests
    samples, rate = soundfile.read(table["path"][0], dtype="int16")
    samples[100] += 300
    soundfile.write(table["path"][0], samples, rate)
    after = open_store(table, tmp_path).digests
    assert (after[0] != before[0], after[1]) == (True, before[1])
    monkeypatch.setattr(store_module, "load_waveform", lambda *_a, **_k: pytest.fail("decoded"))
    assert open_store(table, tmp_path).digests == after


def test_digests_belong_to_the_clips_that_are_kept(clips, tmp_path):
    table = clips(4)
    whole = open_store(table, tmp_path).digests
    (tmp_path / "1.wav").write_bytes(b"not audio at all")
    store = open_store(table, tmp_path)
    assert store.digests == (whole[0], *whole[2:])
    assert len(store.digests) == len(store.kept) == len(store)
