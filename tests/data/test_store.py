import errno
import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from encoded_sound import encode

from instrument_net.audio import load_waveform
from instrument_net.data import decoding
from instrument_net.data import store as store_module
from instrument_net.data.store import FULL_SCALE, WaveformStore
from instrument_net.errors import InputError

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
    monkeypatch.setattr(decoding, "load_waveform", lambda *_a, **_k: pytest.fail("decoded"))
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
    monkeypatch.setattr(decoding, "load_waveform", count_until(100))
    with pytest.raises(KeyboardInterrupt):
        open_store(table, tmp_path)
    decoded.clear()
    monkeypatch.setattr(decoding, "load_waveform", count_until(1000))
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


def test_what_the_extra_for_codecs_reads_is_decoded_once_it_is_there(tmp_path, monkeypatch):
    pytest.importorskip("av")
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 44_100))
    encode(tmp_path / "a.m4a", noise, 44_100, "alac")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "av", None)
        store = open_store(one_clip(tmp_path / "a.m4a"), tmp_path)
        assert "a.m4a: m4a is not read: pip install" in store.rejected["reason"].iloc[0]
    assert open_store(one_clip(tmp_path / "a.m4a"), tmp_path).batch([0]).any()


def one_clip(path, **columns):
    columns = {"path": [str(path)], "start_s": 0.0, "duration_s": float("nan"), **columns}
    return pd.DataFrame(columns)


def test_a_silent_clip_is_left_out_with_the_reason(clips, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(44_100), 44_100)
    dither = np.random.default_rng(0).integers(-1, 2, 44_100) / 2**15
    soundfile.write(tmp_path / "dither.wav", dither, 44_100)
    silent = [one_clip(tmp_path / name) for name in ("silence.wav", "dither.wav")]
    store = open_store(pd.concat([clips(1), *silent], ignore_index=True), tmp_path)
    assert store.kept.index.tolist() == [0]
    assert store.rejected["reason"].tolist() == [
        f"{tmp_path}/silence.wav: silent", f"{tmp_path}/dither.wav: silent",
    ]  # fmt: skip


def test_a_file_that_begins_with_silence_is_trained_on_from_its_first_sound(tmp_path):
    tone = np.sin(2 * np.pi * 500 * np.arange(22_050) / 44_100)
    samples = np.concatenate([np.zeros(3 * NUM_SAMPLES), 0.5 * tone])
    soundfile.write(tmp_path / "late.wav", samples, 44_100)
    late = one_clip(tmp_path / "late.wav")
    waveform = open_store(late, tmp_path).batch([0])[0]
    assert (waveform[:NUM_SAMPLES].abs() > FULL_SCALE / 10).float().mean() > 0.9
    excerpt = open_store(late.assign(duration_s=1.0), tmp_path)
    assert excerpt.rejected["reason"].tolist() == [f"{tmp_path}/late.wav: silent in its excerpt"]


def test_how_long_each_excerpt_is_is_known_without_decoding_it_again(clips, tmp_path, monkeypatch):
    soundfile.write(tmp_path / "long.wav", np.random.default_rng(0).uniform(-1, 1, 88_200), 44_100)
    table = pd.concat(
        [clips(1), *(one_clip(tmp_path / "long.wav", **cut) for cut in (
            {}, {"start_s": 0.5}, {"start_s": 0.5, "duration_s": 1.0},
        ))],
        ignore_index=True,
    )  # fmt: skip
    for _ in range(2):
        store = open_store(table, tmp_path)
        assert store.available_s.tolist() == pytest.approx([0.1, 2, 1.5, 1])
        assert store.clip_s == pytest.approx(NUM_SAMPLES / 44_100)
        monkeypatch.setattr(decoding, "load_waveform", lambda *_a, **_k: pytest.fail("decoded"))


def test_a_failure_that_may_pass_is_tried_again_and_others_are_not(clips, tmp_path, monkeypatch):
    table = clips(3)
    (tmp_path / "2.wav").write_text("no audio")
    opened = Path.open
    table_of_files = OSError(errno.EMFILE, "Too many open files")

    def fail(path, *arguments, **options):
        if path.name == "1.wav":
            raise table_of_files
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", fail)
    store = open_store(table, tmp_path)
    assert store.kept.index.tolist() == [0]
    assert "1.wav: cannot be read now: Too many open files" in store.rejected["reason"].iloc[0]
    monkeypatch.setattr(Path, "open", opened)
    again = open_store(table, tmp_path)
    assert again.kept.index.tolist() == [0, 1]
    assert again.rejected.index.tolist() == [2]
    monkeypatch.setattr(decoding, "load_waveform", lambda *_a, **_k: pytest.fail("decoded"))
    assert open_store(table, tmp_path).rejected.index.tolist() == [2]


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_decoded_again(clips, tmp_path):
    table = clips(2)
    first, second = (Path(path) for path in table["path"])
    before = open_store(table, tmp_path)
    times = first.stat().st_atime_ns, first.stat().st_mtime_ns
    assert first.stat().st_size == second.stat().st_size
    first.write_bytes(second.read_bytes())
    os.utime(first, ns=times)
    assert first.stat().st_mtime_ns == times[1]
    after = open_store(table, tmp_path)
    assert after.digests == (before.digests[1],) * 2
    assert after.fingerprint != before.fingerprint


@pytest.mark.parametrize("ending", ["i16", "json"])
@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(path.read_bytes()[:-10]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"{}"),
        lambda path: path.write_bytes(b"\xff\xfe" * 40),
    ],
    ids=["deleted", "cut", "emptied", "another", "bytes"],
)
def test_a_damaged_store_is_built_again(clips, tmp_path, ending, damage):
    table = clips(3)
    before = open_store(table, tmp_path)
    expected = before.batch([0, 1, 2])
    damage(next((tmp_path / "store").glob(f"*.{ending}")))
    after = open_store(table, tmp_path)
    assert torch.equal(after.batch([0, 1, 2]), expected)
    assert after.fingerprint == before.fingerprint


def test_a_folder_that_cannot_be_made_is_named(clips, tmp_path):
    (tmp_path / "store").write_text("a file")
    with pytest.raises(InputError, match=r"data\.store_dir=.*/store: cannot be made: File exists"):
        open_store(clips(1), tmp_path)


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
    monkeypatch.setattr(decoding, "load_waveform", lambda *_a, **_k: pytest.fail("decoded"))
    assert open_store(table, tmp_path).digests == after


def test_digests_belong_to_the_clips_that_are_kept(clips, tmp_path):
    table = clips(4)
    whole = open_store(table, tmp_path).digests
    (tmp_path / "1.wav").write_bytes(b"not audio at all")
    store = open_store(table, tmp_path)
    assert store.digests == (whole[0], *whole[2:])
    assert len(store.digests) == len(store.kept) == len(store)
