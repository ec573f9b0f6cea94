"""Corpora that are trained on and never tested."""

from types import SimpleNamespace

import pandas as pd
import pytest
import torch

from instrument_net.data import (
    BySource,
    InstrumentDataModule,
    LeaveOneSourceOut,
    ManifestError,
    Split,
    SplitError,
)
from instrument_net.data.corpora import FolderCorpus, ManifestCorpus
from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd
from instrument_net.monitoring import TrainingLength

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})
CENTROID = FRONT_END.feature_names.index("spectral_centroid_hz")
# Label -> clips of each source; the attic's gong is in no other source.
HELD = {"attic": {"flute": 3, "gong": 2, "harp": 3}, "barn": {"flute": 4, "harp": 4}}
PITCH_HZ = {"flute": 880, "harp": 440, "gong": 1500, "sine": 2000}


@pytest.fixture
def table(tmp_path, write_tone):
    rows = []
    for detune_hz, (source, labels) in enumerate(HELD.items()):
        for label, n in labels.items():
            for k in range(n):
                name = f"{source}/{label}{k}.wav"
                write_tone(name, frequency_hz=PITCH_HZ[label] + 2 * k + detune_hz)
                rows.append({"path": name, "label": label, "source": source})
    pd.DataFrame(rows).to_csv(tmp_path / "clips.csv", index=False)
    return tmp_path / "clips.csv"


@pytest.fixture
def extra(tmp_path, write_tone):
    """Flutes and gongs, as the table has, and sines, as it has not; two recordings of each."""
    for label in ("flute", "gong", "sine"):
        for k in range(4):
            write_tone(f"extra/{label}/{k % 2}/{k}.wav", frequency_hz=PITCH_HZ[label] + 10 + k)
    return FolderCorpus(tmp_path / "extra")


@pytest.fixture
def module(table, tmp_path):
    def build(extra=None, **options):
        options = {"split": BySource(test=["attic"]), **options}
        if extra is not None and not isinstance(extra, dict):
            extra = {"more": extra}
        made = InstrumentDataModule.from_manifest(
            table, front_end=FRONT_END, store_dir=tmp_path / "store", batch_size=8,
            extra=extra, **options,
        )  # fmt: skip
        made.setup()
        return made

    return build


def test_extra_clips_train_and_leave_the_split_of_the_others_as_it_is(module, extra):
    alone, both = module(), module(extra)
    added = both.clips[both.clips["extra"] == "more"]
    assert len(added) == 12
    assert set(added["split"]) == {"train"}
    own = both.clips[both.clips["extra"] == ""]
    # Not by recording_id, which only the extra clips have.
    pd.testing.assert_frame_equal(own.drop(columns="extra"), alone.clips, check_dtype=False)
    assert both.clips.index.is_unique
    assert (added["source"] == "").all()
    for split in ("validation", "test"):
        assert set(both.clips_of(split)["extra"]) == {""}
        assert sum(len(label) for _, _, label in both.loader(split)) == len(alone.clips_of(split))


def test_of_the_extra_clips_only_those_of_shared_classes(module, extra, tmp_path, write_tone):
    both = module(extra, extra_classes="shared")
    assert both.class_names == ("flute", "gong", "harp")
    assert set(both.clips["label"][both.clips["extra"] == "more"]) == {
        "flute",
        "gong",
    }  # but no sine
    assert both.describe_extra() == (
        "for training only: more: extra, 8 clips of 2 classes, unknown source, 57% of an epoch; "
        "43% of it are clips of the corpus itself"
    )
    trained = torch.cat([label for _, _, label in both.train_dataloader()])
    assert len(trained) == (both.clips["split"] == "train").sum()
    assert torch.bincount(trained)[1] == 4  # gongs, of which training has no others
    for label in ("drum", "horn"):
        write_tone(f"other/{label}/0.wav", frequency_hz=100)
    said = r"none of its classes \(drum, horn\) is in .*clips.csv \(flute, gong, harp\)"
    with pytest.raises(ManifestError, match=said):
        module(FolderCorpus(tmp_path / "other"), extra_classes="shared")
    with pytest.raises(ValueError, match="must be 'all', 'shared' or 'auxiliary', got 'none'"):
        module(extra, extra_classes="none")


def test_auxiliary_classes_are_learnt_behind_the_others_and_are_no_outputs(module, extra):
    both = module(extra, extra_classes="auxiliary")
    assert both.class_names == ("flute", "gong", "harp")
    assert both.auxiliary_classes == ("sine",)
    labels = torch.cat([label for _, _, label in both.train_dataloader()])
    assert torch.bincount(labels).tolist() == both.n_training_clips()
    assert both.n_training_clips()[3] == 4
    for split in ("validation", "test"):
        assert max(int(label.max()) for _, _, label in both.loader(split)) < 3
    said = both.describe_extra()
    assert said is not None
    assert said.endswith("; only they have sine: learnt beside the others, no outputs")


def test_several_extra_corpora_each_have_their_name_part_and_share(
    module, extra, table, write_tone, capsys
):
    for k in range(2):
        write_tone(f"drums/{k}.wav", frequency_hz=60 + k)
    drums = table.with_name("drums.csv")
    drums.write_text("path,label,source\ndrums/0.wav,drum,kit\ndrums/1.wav,drum,pad\n")
    both = module(extra={"tones": extra, "drums": ManifestCorpus(drums)}, shares={"drums": 0.25})
    assert both.clips["extra"].value_counts().to_dict() == {"": 16, "tones": 12, "drums": 2}
    assert both.class_names == ("drum", "flute", "gong", "harp", "sine")
    labels = torch.cat([label for _, _, label in both.train_dataloader()])
    assert torch.bincount(labels).tolist() == [6, 7, 4, 3, 4]  # 6 of 24 are drums, of which are 2
    assert both.n_epoch_clips == len(labels) == 24
    capsys.readouterr()
    TrainingLength().on_fit_start(SimpleNamespace(datamodule=both), None)  # type: ignore[arg-type]
    assert " an epoch: 24 clips in batches of " in capsys.readouterr().out
    assert both.describe_extra() == (
        "for training only: tones: extra, 12 clips of 3 classes, unknown source, 50% of an epoch; "
        "drums: drums.csv, 2 clips of 1 classes, 2 sources, 25% of an epoch; 25% of it are clips "
        "of the corpus itself; only they have drum, sine: never tested"
    )


def test_classes_and_sources_are_balanced_though_the_corpus_knows_no_source(module, table, extra):
    clips = pd.read_csv(table).query("label != 'gong'")
    clips.drop(columns="source").to_csv(table, index=False)
    files = [*extra.path.rglob("*.wav")]
    more = pd.DataFrame({"path": files, "label": [file.parts[-3] for file in files]})
    more.assign(source=[file.parts[-2] for file in files]).to_csv(table.with_name("m.csv"))
    corpus = ManifestCorpus(table.with_name("m.csv"))
    options = {"split": Split(), "sampling": "class_source_balanced"}
    both = module(extra={"more": corpus}, **options)
    assert "source" not in both.clips.columns
    splits = pd.DataFrame(both.clips).query("split == 'train' and extra == ''")
    n_own = (splits["label"] == "flute").sum()
    of_flutes = 2 * 2**0.5 / (2 * 2**0.5 + n_own**0.5)  # two sources of two clips beside them
    share = round(100 * (2 + of_flutes) / 4)  # and two of the four classes are theirs alone
    assert f"12 clips of 3 classes, 2 sources, {share}% of an epoch" in both.describe_extra()


def test_shares_that_leave_nothing_or_are_of_no_corpus_are_refused(module, extra):
    for share in (0, 1, -0.5, 1.5):
        with pytest.raises(InputError, match="must be above 0 and, all together, below 1"):
            module(extra={"tones": extra}, shares={"tones": share})
    with pytest.raises(InputError, match=r"got tones 0\.5, more 0\.5; the rest is the corpus"):
        module(extra={"tones": extra, "more": extra}, shares={"tones": 0.5, "more": 0.5})
    with pytest.raises(InputError, match="'tone' is no extra corpus: did you mean 'tones'"):
        module(extra={"tones": extra}, shares={"tone": 0.5})


def test_two_extra_corpora_do_not_share_a_file_and_spell_alike(module, extra, table):
    files = sorted(extra.path.rglob("*.wav"))
    for rows, said in (
        (
            f"{files[0]},flute",
            "data.extra.more: 1 of its clips are of files that are also in data.e",
        ),
        (
            "barn/flute1.wav,Sine",
            "data.extra.more: .* its label 'Sine' .* differs only in spelling",
        ),
    ):
        table.with_name("more.csv").write_text(f"path,label\n{rows}\n")
        corpora = {"tones": extra, "more": ManifestCorpus(table.with_name("more.csv"))}
        with pytest.raises(ManifestError, match=said):
            module(extra=corpora)


def test_labels_are_the_union_and_each_goes_with_its_own_sound(module, extra):
    both = module(extra)
    assert both.class_names == ("flute", "gong", "harp", "sine")
    counts = dict(zip(both.class_names, both.n_training_clips(), strict=True))
    assert counts == {"flute": 4 + 3, "gong": 4, "harp": 3, "sine": 4}
    n_trained = 0
    for _, features, label in both.train_dataloader():
        expected = [PITCH_HZ[both.class_names[code]] for code in label]
        torch.testing.assert_close(
            features[:, CENTROID], torch.tensor(expected).float(), rtol=0, atol=100
        )
        n_trained += len(label)
    assert n_trained == 18
    test = torch.cat([label for _, _, label in both.test_dataloader()])
    assert [both.class_names[code] for code in test] == both.clips_of("test")["label"].tolist()


def test_a_class_that_only_the_extra_corpus_has_is_reported_as_never_tested(module, extra):
    both = module(extra)
    split = both.describe_split()
    assert "12 clips of data.extra are trained on too, and neither validated on nor tested" in split
    assert "Trained but not tested: gong, sine" in split
    assert "Trained but not validated on: gong, sine" in split
    assert both.describe_extra() == (
        "for training only: more: extra, 12 clips of 3 classes, unknown source, 67% of an epoch; "
        "33% of it are clips of the corpus itself; only they have sine: never tested"
    )
    assert "16 clips of 3 classes, 0 left out" in both.describe()
    assert module().describe_extra() is None


def test_a_test_class_is_not_trained_by_the_extra_corpus(module, extra):
    both = module(extra)
    gongs = both.clips[(both.clips["label"] == "gong") & (both.clips["extra"] == "")]
    assert set(gongs["split"]) == {"class_not_trained"}
    assert (
        "Left out, because no training clip (data.extra does not count) is of their class: gong (2)"
        in both.describe_split()
    )


def test_it_is_no_fold(module, extra):
    rule = LeaveOneSourceOut()
    alone = rule.fold_table(module().own_clips)
    both = rule.fold_table(module(extra).own_clips)
    pd.testing.assert_frame_equal(alone, both)
    assert list(both.index) == ["attic", "barn"]


def test_statistics_and_balanced_epochs_are_those_of_both_together(module, extra):
    both = module(extra, sampling="class_balanced")
    features = torch.cat([features for _, features, _ in both.loader("train")])
    assert len(features) == 18
    mean, std = both.feature_statistics()
    torch.testing.assert_close(mean, features.double().mean(0).float())
    torch.testing.assert_close(std, features.double().std(0, correction=0).float())
    labels = torch.cat([label for _, _, label in both.train_dataloader()])
    assert sorted(labels.bincount().tolist()) == [4, 4, 5, 5]


def test_what_each_corpus_has_in_the_store_serves_both_together(module, extra, monkeypatch):
    module()
    InstrumentDataModule(extra, front_end=FRONT_END, store_dir=module().store.folder).prepare_data()

    def decode(*_, **__):
        raise AssertionError("decoded again")

    monkeypatch.setattr("instrument_net.data.decoding.load_waveform", decode)
    assert len(module(extra).store) == 16 + 12


def test_a_broken_extra_file_is_named_and_left_out(module, extra, tmp_path):
    (tmp_path / "extra/sine/0/2.wav").write_text("no audio")
    both = module(extra)
    assert int((both.clips["extra"] == "more").sum()) == 11
    assert both.rejected["extra"].tolist() == ["more"]
    assert "2.wav" in both.rejected["reason"].item()
    assert len(both.own_clips) == 16


def test_a_file_of_both_corpora_is_refused(module, table):
    more = table.with_name("more.csv")
    more.write_text("path,label\nbarn/../attic/harp0.wav,harp\nbarn/flute1.wav,flute\n")
    with pytest.raises(ManifestError, match=r"data.extra.more: 2 of its clips .*/attic/harp0.wav"):
        module(ManifestCorpus(more))


@pytest.mark.parametrize("rule", [BySource(test=["attic"]), LeaveOneSourceOut(fold="attic")])
def test_an_extra_clip_of_a_source_to_be_tested_is_refused(module, table, extra, rule):
    files = sorted(extra.path.rglob("*.wav"))
    rows = [{"path": file, "label": file.parts[-3], "source": "attic"} for file in files]
    pd.DataFrame(rows).to_csv(table.with_name("more.csv"), index=False)
    with pytest.raises(SplitError, match=r"data.extra has clips of the source attic, which is"):
        module(ManifestCorpus(table.with_name("more.csv")), split=rule)


def test_what_training_shares_with_the_test_through_the_extra_corpus_is_reported(
    module, table, extra
):
    clips = pd.read_csv(table).query("label != 'gong'")
    clips.assign(instrument_id=clips["path"]).to_csv(table, index=False)
    more = pd.DataFrame({"path": sorted(extra.path.rglob("*.wav"))[:3]})
    described = []
    for instruments in (["x", "y", "z"], clips["path"][clips["source"] == "attic"][:3].tolist()):
        more.assign(label=["flute", "flute", "sine"], instrument_id=instruments).to_csv(
            table.with_name("more.csv"), index=False
        )
        described.append(module(ManifestCorpus(table.with_name("more.csv"))).describe_split())
    assert "No test clip shares its `source` or `instrument_id` with training" in described[0]
    assert "50% of the test clips have a `instrument_id` that occurs in training" in described[1]


def test_a_column_that_would_be_taken_for_the_mark_is_refused(module, table, extra):
    pd.read_csv(table).assign(extra="no").to_csv(table, index=False)
    module()
    with pytest.raises(ManifestError, match=r"clips.csv: its column 'extra' .* rename it"):
        module(extra)


def test_what_is_wrong_with_the_extra_corpus_is_said_to_be_of_it(module, tmp_path):
    with pytest.raises(ManifestError, match=r"data.extra.more: .*none.csv: no such file"):
        module(ManifestCorpus(tmp_path / "none.csv"))
    with pytest.raises(
        ValueError,
        match=r"data.extra.more must be a corpus, chosen by its name in conf/data .*, got 'folder'",
    ):
        module("folder")
