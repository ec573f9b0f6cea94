import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from instrument_net.audio import AudioError
from instrument_net.data import Everything, InstrumentDataModule, Split, SplitOfRun
from instrument_net.data.corpora import ManifestCorpus
from instrument_net.data.corpora.packed import PackedCorpus
from instrument_net.data.packed import PackedDataModule
from instrument_net.data.packed.block_order import BlockOrder
from instrument_net.data.packed.clips import PackedClips
from instrument_net.data.packed.index import PackIndex
from instrument_net.data.packed.place import place_of
from instrument_net.data.packed.waveforms import PackedWaveforms
from instrument_net.data.process import Process
from instrument_net.data.relabelled import relabelled
from instrument_net.data.resumable_batches import ResumableBatches
from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd
from instrument_net.pack.packing import Packing

FRONT_END = FrontEnd()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A corpus of 40 clips and its pack in chunks of four; one file is silent."""
    folder = tmp_path_factory.mktemp("packed")
    noise = np.random.default_rng(0).standard_normal((40, 3_000)) / 10
    noise[11] = 0
    rows = []
    for k, sound in enumerate(noise):
        soundfile.write(folder / f"{k}.wav", sound, 44_100)
        rows.append((f"{k}.wav", ["flute", "harp"][k // 2 % 2], f"r{k // 2}", f"s{k % 2}"))
    columns = ["path", "label", "recording_id", "source"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "clips.csv", index=False)
    Packing(
        ManifestCorpus(folder / "clips.csv"),
        folder / "pack",
        split=Split(seed=3),
        sample_rate_hz=FRONT_END.sample_rate_hz,
        num_samples=FRONT_END.num_samples,
        chunk_clips=4,
    ).run()
    return folder


def opened(folder, **options):
    options = {"store_dir": folder / "store", "batch_size": 4} | options
    datamodule = PackedDataModule(PackedCorpus(folder / "pack"), FRONT_END, **options)
    datamodule.setup()
    return datamodule


@pytest.fixture
def packed(folder):
    return opened(folder)


@pytest.fixture(scope="module")
def unpacked(folder):
    """The same clips in the same splits, from their files."""
    rows = [
        pd.read_csv(folder / "pack" / split / "clips.csv", usecols=["path", "label", "split"])
        for split in ("train", "validation", "test")
    ]
    pd.concat(rows).to_csv(folder / "divided.csv", index=False)
    table = ManifestCorpus(folder / "divided.csv")
    datamodule = InstrumentDataModule(table, FRONT_END, store_dir=folder / "store", batch_size=4)
    datamodule.setup()
    return datamodule


def by_path(datamodule, split):
    """Return path -> waveform and label of every clip of a split."""
    dataset = datamodule.loader(split).clips
    waveforms, labels = dataset.__getitems__([*range(len(dataset))])
    paths = datamodule.clips_of(split)["path"]
    return {path: (waveforms[k], int(labels[k])) for k, path in enumerate(paths)}


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_clips_and_labels_are_those_of_the_corpus(packed, unpacked, split):
    here, there = by_path(packed, split), by_path(unpacked, split)
    assert here.keys() == there.keys()
    for path, (waveform, label) in here.items():
        assert torch.equal(waveform, there[path][0])
        assert label == there[path][1]
    assert packed.class_names == unpacked.class_names
    assert packed.n_training_clips() == unpacked.n_training_clips()


def test_batches_have_the_features_of_the_network(packed):
    spectrogram, features, label = next(iter(packed.train_dataloader()))
    assert spectrogram.shape == (4, 1, 560, 256)
    assert features.shape == (4, 20)
    assert label.shape == (4,)


def test_the_scaling_of_the_features_is_that_of_the_training_clips(packed, unpacked):
    for here, there in zip(packed.feature_statistics(), unpacked.feature_statistics(), strict=True):
        torch.testing.assert_close(here, there)


def test_no_table_of_clips_is_read_in_training(folder, monkeypatch):
    monkeypatch.setattr(PackedClips, "_table", lambda *_: pytest.fail("a table"))
    packed = opened(folder)
    assert sum(len(label) for _, _, label in packed.train_dataloader()) == sum(
        packed.n_training_clips()
    )
    packed.feature_statistics()
    packed.describe_split()
    assert "silent" in packed.left_out.lines()[0]


def order(packed):
    batches = packed.train_dataloader().batch_sampler
    return [[clip for batch in batches for clip in batch] for _ in range(2)]


def test_an_epoch_has_every_clip_once_in_another_order_each_time(packed):
    first, second = order(packed)
    assert sorted(first) == sorted(second) == [*range(sum(packed.n_training_clips()))]
    assert first != second


def test_two_processes_share_the_batches_of_one():
    bounds = torch.tensor([0, 4, 4, 7, 13])

    def batches(*process):
        one = ResumableBatches(BlockOrder(bounds, seed=1), 4, Process(*process))
        return [sorted(batch) for batch in one]

    both = zip(batches(0, 2), batches(1, 2), strict=True)
    together = [sorted({*first, *second}) for first, second in both]
    assert together == batches(0, 1)
    assert sorted(clip for batch in together for clip in batch) == [*range(13)]


def test_an_epoch_goes_on_at_the_batch_where_it_was_interrupted():
    bounds = torch.tensor([0, 4, 4, 7, 13])
    whole, begun, goes_on = (ResumableBatches(BlockOrder(bounds, seed=1), 4) for _ in range(3))
    epochs = [list(whole) for _ in range(2)]
    list(begun)
    again = iter(begun)
    assert next(again) == epochs[1][0]
    goes_on.load_state_dict(begun.state_dict())
    assert list(goes_on) == epochs[1][1:]


def test_the_order_follows_from_seed_and_epoch_alone():
    bounds = torch.tensor([0, 4, 4, 7, 12])
    one, other, third = (
        BlockOrder(bounds, seed=1),
        BlockOrder(bounds, seed=1),
        BlockOrder(bounds, seed=2),
    )
    epochs = [list(one) for _ in range(3)]
    other.set_epoch(2)
    assert list(other) == epochs[2]
    assert other.epoch == 2
    assert list(third) != epochs[0]
    assert len(one) == 12


def test_the_order_goes_through_a_few_chunks_at_a_time():
    bounds = torch.arange(0, 101 * 10, 10)
    drawn = torch.tensor(list(BlockOrder(bounds, seed=0)))
    first, last = drawn[:160] // 10, drawn[-40:] // 10
    assert len(first.unique()) == 16
    assert len(last.unique()) == 4
    assert not torch.equal(drawn[:160].sort()[0], drawn[:160])


def test_classes_and_sources_can_be_balanced(folder):
    packed = opened(folder, sampling="class_source_balanced", epoch_clips=40)
    drawn = order(packed)[0]
    rows = packed.clips_of("train").iloc[drawn]
    assert rows.groupby(["label", "source"]).size().tolist() == [10, 10, 10, 10]


def test_worker_processes_read_the_same(folder, packed):
    packed.loader("test").clips[0]  # opened here before it is opened there
    apart = opened(folder, num_workers=2)
    for here, there in zip(packed.loader("test"), apart.loader("test"), strict=True):
        assert all(torch.equal(*pair) for pair in zip(here, there, strict=True))


class Remote:
    """A place that LitData fetches chunks from, as it does from an object store."""

    def __init__(self, folder):
        self.folder = folder

    def streamed(self, split):
        return f"local:{self.folder.resolve() / split}"


def test_chunks_of_a_remote_pack_are_fetched_and_kept(folder, packed, tmp_path):
    index = PackIndex.read(place_of(folder / "pack"))
    remote = PackedWaveforms(Remote(folder / "pack"), index, tmp_path / "cache")
    numbers = torch.randperm(sum(map(sum, index.chunk_sizes.values()))).tolist()
    assert torch.equal(remote.batch(numbers), packed.store.batch(numbers))
    n_chunks = sum(map(len, index.chunk_sizes.values()))
    assert len(list((tmp_path / "cache").rglob("chunk-*.bin"))) == n_chunks


def test_all_clips_can_be_tested(folder):
    packed = opened(folder, split=Everything())
    assert len(packed.clips_of("test")) == 39
    assert packed.clips_of("validation").empty
    assert sum(len(label) for _, _, label in packed.loader("test")) == 39
    names = [packed.class_names[k] for _, _, label in packed.loader("test") for k in label]
    assert names == packed.clips_of("test")["label"].tolist()
    assert packed.describe_split() == "every clip is tested"


def test_the_test_split_of_a_run_is_found_again_and_that_of_another_pack_refused(folder, packed):
    table = packed.clips.reset_index()
    again = opened(folder, split=SplitOfRun(table))
    assert again.clips_of("test").equals(packed.clips_of("test"))
    with pytest.raises(InputError, match="not those of the run"):
        opened(folder, split=SplitOfRun(table.assign(digest="0" * 16)))


def test_what_a_pack_cannot_do_is_said_in_one_line(folder, packed):
    refused = {
        "views": {"views": 2},
        "extra": {"extra": {"x": ManifestCorpus("x.csv")}},
        "near_duplicates": {"near_duplicates": True},
        "split": {"split": Split(group_by=["source"])},
    }
    for name, options in refused.items():
        with pytest.raises(InputError, match=name) as refusal:
            opened(folder, **options)
        assert "\n" not in str(refusal.value)
    for of_all_clips in ("kept", "digests", "fingerprint"):
        with pytest.raises(InputError, match="batch by batch"):
            getattr(packed.store, of_all_clips)
    with pytest.raises(InputError, match="has no folds"):
        _ = packed.own_clips
    with pytest.raises(InputError, match=r"data\.labels"):
        relabelled(PackedCorpus(folder / "pack"), "instruments").read()
    with pytest.raises(AudioError, match=r"11\.wav"):
        opened(folder, on_error="raise")


def test_a_front_end_of_another_length_is_refused(folder):
    datamodule = PackedDataModule(PackedCorpus(folder / "pack"), FRONT_END)
    datamodule.front_end = type("FrontEnd", (), {"sample_rate_hz": 22_050, "num_samples": 100})()
    with pytest.raises(InputError, match="100 at 22,050 Hz: pack the clips again"):
        datamodule.setup()


def test_a_place_without_a_pack_is_said_to_have_none(tmp_path):
    with pytest.raises(InputError, match=r"no pack, pack\.json is missing"):
        PackIndex.read(place_of(tmp_path))
    (tmp_path / "packing.json").touch()
    with pytest.raises(InputError, match="not finished"):
        PackIndex.read(place_of(tmp_path))
    (tmp_path / "pack.json").write_text("{}")
    with pytest.raises(InputError, match="is damaged"):
        PackIndex.read(place_of(tmp_path))
    (tmp_path / "pack.json").write_text('{"format": 0}')
    with pytest.raises(InputError, match="another version"):
        PackIndex.read(place_of(tmp_path))
