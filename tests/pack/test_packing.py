import json
import os
import random
import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import FORK_SERVER

from instrument_net.audio import AudioError
from instrument_net.data import InstrumentDataModule, LeaveOneSourceOut, Split, SplitError
from instrument_net.data.corpora import ManifestCorpus
from instrument_net.data.packed import place as places
from instrument_net.data.packed.index import PackIndex
from instrument_net.data.packed.place import place_of
from instrument_net.errors import InputError
from instrument_net.pack import workers
from instrument_net.pack.packing import Packing

LENGTH = 4_000


@pytest.fixture
def corpus(tmp_path):
    """Write 36 clips of three labels, 18 recordings and two sources, and return their table."""
    noise = np.random.default_rng(0).standard_normal((36, 3_000)) / 10
    rows = []
    for k, sound in enumerate(noise):
        soundfile.write(tmp_path / f"{k}.wav", sound, 44_100)
        label = ["flute", "harp", "oboe"][k // 2 % 3]
        rows.append((f"{k}.wav", label, f"r{k // 2}", f"s{k % 2}"))
    table = tmp_path / "clips.csv"
    columns = ["path", "label", "recording_id", "source"]
    pd.DataFrame(rows, columns=columns).to_csv(table, index=False)
    return table


def pack(corpus, to, **changes):
    options = {"split": Split(seed=1), "chunk_clips": 5, "num_samples": LENGTH} | changes
    return Packing(ManifestCorpus(corpus), to, sample_rate_hz=44_100, **options).run()


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def table_of(pack, *splits):
    tables = [pd.read_csv(pack / split / "clips.csv", index_col="row") for split in splits]
    return pd.concat(tables).sort_index()


def test_two_processes_write_what_one_writes(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_CONTEXT", FORK_SERVER)  # starts them in less time
    pack(corpus, tmp_path / "one", workers=1)
    pack(corpus, tmp_path / "two", workers=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert len(list((tmp_path / "one/train").glob("*.bin"))) > 3


def test_the_split_is_that_of_training_on_the_same_clips(corpus, tmp_path):
    pack(corpus, tmp_path / "pack")
    datamodule = InstrumentDataModule(
        ManifestCorpus(corpus), split=Split(seed=1), store_dir=tmp_path / "store"
    )
    datamodule.setup()
    packed = table_of(tmp_path / "pack", "train", "validation", "test")
    assert packed["split"].to_dict() == datamodule.clips["split"].to_dict()
    assert packed["path"].to_dict() == datamodule.clips["path"].to_dict()


def test_a_fold_can_be_packed_and_what_it_does_not_use_is_listed(corpus, tmp_path):
    pack(corpus, tmp_path / "pack", split=LeaveOneSourceOut(fold="s1", sealed=[]))
    assert set(table_of(tmp_path / "pack", "test")["source"]) == {"s1"}
    assert set(table_of(tmp_path / "pack", "train", "validation")["source"]) == {"s0"}


def test_nothing_is_sent_anywhere(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connects"))
    pack(corpus, tmp_path / "pack")


def test_what_cannot_be_read_is_left_out_and_named(corpus, tmp_path, capsys):
    soundfile.write(tmp_path / "3.wav", np.zeros(100), 44_100)
    (tmp_path / "7.wav").write_bytes(b"no audio")
    with pytest.raises(AudioError, match=r"3\.wav|7\.wav"):
        pack(corpus, tmp_path / "refused", on_error="raise")
    pack(corpus, tmp_path / "pack")
    rejected = pd.read_csv(tmp_path / "pack/left_out.csv")
    assert [Path(path).name for path in rejected["path"]] == ["3.wav", "7.wav"]
    assert "silent" in rejected["reason"][0]
    assert len(table_of(tmp_path / "pack", "train", "validation", "test")) == 34
    assert capsys.readouterr().out.count("left out:") == 2


def test_a_split_that_is_left_without_clips_is_named(corpus, tmp_path):
    pack(corpus, tmp_path / "before")
    for path in table_of(tmp_path / "before", "validation")["path"]:
        Path(path).write_bytes(b"no audio")
    with pytest.raises(SplitError, match="validation has none"):
        pack(corpus, tmp_path / "pack")


def test_a_copy_in_a_later_split_and_copies_with_two_labels_are_not_used(corpus, tmp_path):
    pack(corpus, tmp_path / "before")
    trained, other = table_of(tmp_path / "before", "train").groupby("label").first()["path"][:2]
    tested = table_of(tmp_path / "before", "test")
    same = table_of(tmp_path / "before", "train").set_index("path").loc[trained, "label"]
    copy = tested[tested["label"] == same]["path"].iloc[0]
    wrong = tested[tested["label"] == same]["path"].iloc[1]
    Path(copy).write_bytes(Path(trained).read_bytes())
    Path(wrong).write_bytes(Path(other).read_bytes())
    index = pack(corpus, tmp_path / "pack")
    splits = table_of(tmp_path / "pack", "train", "validation", "test").set_index("path")["split"]
    assert splits[copy] == "copy"
    assert splits[wrong] == splits[other] == "two_labels"
    assert splits[trained] == "train"
    classes = np.load(tmp_path / "pack/test/classes.npy")
    assert (classes == -1).sum() == 2
    assert "content" in index.described_split


def run_until(n_operations, arguments):
    """Pack in a process of its own, which ends without a word before an operation on the disk."""
    done = 0

    def counted(operation):
        def call(*values):
            nonlocal done
            done += 1
            if done > n_operations:
                os._exit(9)
            return operation(*values)

        return call

    for name in ("write", "take", "remove"):
        setattr(places._Folder, name, counted(getattr(places._Folder, name)))
    pack(*arguments)


def killed_at_random(corpus, there, results):
    """Pack again and again, killed before an operation on the disk, until the pack is whole."""
    statuses, draw = [], random.Random(0)
    while not (there / "pack.json").exists():
        if statuses:
            with pytest.raises(InputError, match=r"not finished|no pack"):
                PackIndex.read(place_of(there))
        if (child := os.fork()) == 0:
            run_until(draw.randrange(1, 12) + 3 * len(statuses), (corpus, there))
            os._exit(0)
        statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    results.write_text(json.dumps(statuses))


def run_apart(work, *arguments):
    process = FORK_SERVER.Process(target=work, args=arguments)
    process.start()
    process.join(400)
    return process.exitcode


def test_a_packing_that_is_killed_at_random_goes_on_and_ends_the_same(corpus, tmp_path):
    pack(corpus, tmp_path / "whole")
    there, results = tmp_path / "killed", tmp_path / "statuses.json"
    assert run_apart(killed_at_random, corpus, there, results) == 0
    assert json.loads(results.read_text()).count(9) >= 3
    whole = content(tmp_path / "whole")
    assert {name: content(there)[name] for name in whole} == whole
    # What was needed until it was whole may be left over.
    extra = content(there).keys() - whole.keys()
    assert all(name == "packing.json" or "part-" in name for name in extra)


def test_a_part_whose_files_were_changed_meanwhile_is_packed_again(corpus, tmp_path):
    assert run_apart(run_until, 7, (corpus, tmp_path / "pack")) == 9
    assert (tmp_path / "pack/train/part-1.json").exists()
    other = np.random.default_rng(1)
    for path in tmp_path.glob("*.wav"):
        soundfile.write(path, other.standard_normal(3_000) / 10, 44_100)
    pack(corpus, tmp_path / "pack")
    pack(corpus, tmp_path / "again")
    assert content(tmp_path / "pack") == content(tmp_path / "again")


def test_a_place_that_holds_something_else_is_refused(corpus, tmp_path):
    there = tmp_path / "pack"
    there.mkdir()
    (there / "mine.txt").touch()
    with pytest.raises(InputError, match="is not empty"):
        pack(corpus, there)
    with pytest.raises(InputError, match="is a file"):
        pack(corpus, there / "mine.txt")
    with pytest.raises(InputError, match=r"s3://"):
        pack(corpus, "ftp://there")
    (there / "mine.txt").unlink()
    pack(corpus, there)
    with pytest.raises(InputError, match="a finished pack lies here"):
        pack(corpus, there)


def test_an_unfinished_pack_of_something_else_is_refused(corpus, tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack/packing.json").write_text(json.dumps({"packing": "of other clips"}))
    with pytest.raises(InputError, match="an unfinished pack of other clips"):
        pack(corpus, tmp_path / "pack")
