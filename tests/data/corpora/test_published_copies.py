"""Copies of published corpora that are partial, or something else: what is said of them."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from published import (
    TINYSOL_HEADER,
    write_csv,
    write_irmas,
    write_medley_solos_db,
    write_nsynth,
    write_sine,
    write_tinysol,
)

from instrument_net.data import Everything, InstrumentDataModule, SplitError
from instrument_net.data.corpora.published.facts import NamedCorpus
from instrument_net.data.corpora.published.irmas import IrmasCorpus
from instrument_net.data.corpora.published.medley_solos_db import MedleySolosDbCorpus
from instrument_net.data.corpora.published.nsynth import NSynthCorpus
from instrument_net.data.corpora.published.registry import CORPORA, corpus_entry
from instrument_net.data.corpora.published.snake_case import snake_case
from instrument_net.data.corpora.published.tinysol import TinySolCorpus
from instrument_net.data.grouping import connected
from instrument_net.data.manifest import ManifestError, checked_manifest
from instrument_net.errors import InputError


def test_a_partial_copy_trains_with_a_warning_that_counts_what_is_missing(tmp_path):
    folder = write_tinysol(tmp_path / "tinysol")
    next(folder.rglob("Fl-ord-C4-*.wav")).unlink()
    datamodule = InstrumentDataModule(TinySolCorpus(folder), store_dir=tmp_path / "store")
    datamodule.setup()
    warning = "missing of TinySOL 6.0: 1 of 10 listed clips, the first is "
    assert datamodule.left_out.lines()[0].startswith(warning)
    assert warning in datamodule.describe()
    assert "scores on it are not scores on the corpus" in datamodule.describe()
    assert len(datamodule.clips) == 9


def test_a_missing_part_of_nsynth_and_missing_clips_of_a_class_are_counted(tmp_path):
    folder = write_nsynth(tmp_path / "nsynth")
    assert NSynthCorpus(folder).read().incomplete == ""
    (folder / "nsynth-valid/examples.json").unlink()
    said = NSynthCorpus(folder).read().incomplete
    assert "nsynth-valid/examples.json (12678 clips)" in said
    said = IrmasCorpus(write_irmas(tmp_path / "irmas")).read().incomplete
    assert "cello (383 clips); clarinet (505 clips)" in said


def test_nsynth_s_test_part_alone_can_be_tested_on(tmp_path):
    folder = write_nsynth(tmp_path / "nsynth")
    for part in ("nsynth-train", "nsynth-valid"):
        shutil.rmtree(folder / part)
    datamodule = InstrumentDataModule(
        NSynthCorpus(folder), split=Everything(), store_dir=tmp_path / "store"
    )
    datamodule.setup()
    assert datamodule.clips["split"].tolist() == ["test", "test"]
    assert "nsynth-train/examples.json (289205 clips)" in datamodule.describe()
    with pytest.raises(SplitError, match="leaves no clip for train and validation"):
        InstrumentDataModule(NSynthCorpus(folder), store_dir=tmp_path / "store").setup()


def test_a_complete_copy_has_no_warning(tmp_path):
    assert MedleySolosDbCorpus(write_medley_solos_db(tmp_path)).read().incomplete == ""


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_another_folder_is_refused_with_one_line_that_says_what_is_expected(name, tmp_path):
    entry = corpus_entry(name)
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ManifestError) as refused:
            entry.corpus(folder).read()
        assert str(folder) in str(refused.value)
        assert entry.facts.layout in str(refused.value)
        assert "\n" not in str(refused.value)


def test_metadata_without_audio_name_a_file_that_is_expected(tmp_path):
    folder = write_medley_solos_db(tmp_path)
    for file in folder.glob("*.wav"):
        file.unlink()
    with pytest.raises(ManifestError, match=r"none of the 16 clips .* for example .*Medley-solos"):
        MedleySolosDbCorpus(folder).read()


def test_other_metadata_are_named_with_the_column_that_is_missing(tmp_path):
    header = [name for name in TINYSOL_HEADER.split(",") if name != "Fold"]
    write_csv(tmp_path / "TinySOL_metadata.csv", header, [])
    with pytest.raises(ManifestError, match=r"TinySOL_metadata\.csv: no column 'Fold'"):
        TinySolCorpus(tmp_path).read()
    (tmp_path / "TinySOL_metadata.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(ManifestError, match="not the CSV file of TinySOL"):
        TinySolCorpus(tmp_path).read()
    write_csv(
        tmp_path / "Medley-solos-DB_metadata.csv",
        ["subset", "instrument", "instrument_id", "song_id", "uuid4"],
        [["train", "flute", 3, 210, "d07b1fc0"]],
    )
    with pytest.raises(ManifestError, match="unknown subset 'train'"):
        MedleySolosDbCorpus(tmp_path).read()


@pytest.mark.parametrize("content", ["{", "[1]", json.dumps({"note": {"pitch": 60}})])
def test_another_list_of_notes_than_nsynth_s_is_one_line(content, tmp_path):
    (tmp_path / "nsynth-test").mkdir()
    (tmp_path / "nsynth-test/examples.json").write_text(content)
    with pytest.raises(ManifestError, match=r"examples\.json: .*unpack it again"):
        NSynthCorpus(tmp_path).read()


def test_every_corpus_states_its_facts_and_is_read_as_one():
    for name, entry in CORPORA.items():
        assert entry.facts.name == name == name.lower()
        assert isinstance(entry.corpus(Path("x")), NamedCorpus)
        for file in entry.facts.files:
            assert file.checksum is None or file.checksum.startswith(("md5:", "sha256:"))
        assert entry.facts.files or entry.facts.ask
    with pytest.raises(InputError, match="did you mean 'nsynth'"):
        corpus_entry("nsinth")


def test_what_shares_any_of_the_columns_is_one_group():
    clips = pd.DataFrame(
        {
            "path": list("abcdef"),
            "player": ["1", "1", "2", "3", "", ""],
            "pack": ["x", "y", "y", "z", "", ""],
        }
    )
    groups = connected(clips, ["player", "pack"])
    assert groups.tolist()[:4] == ["1", "1", "1", "3"]
    assert groups[4] != groups[5]
    assert connected(clips, ["microphone"]).tolist() == list("abcdef")


def test_labels_are_in_snake_case():
    assert snake_case("Clarinet in B-flat") == "clarinet_in_b_flat"


def test_a_user_s_table_cannot_have_the_column_of_whole_groups(tmp_path):
    write_sine(tmp_path / "a.wav")
    (tmp_path / "clips.csv").write_text("path,label,kept_whole\na.wav,x,1\n")
    with pytest.raises(ManifestError, match="kept_whole"):
        InstrumentDataModule.from_manifest(tmp_path / "clips.csv").setup()


def test_a_manifest_says_nothing_of_completeness_by_itself():
    table = pd.DataFrame({"path": ["a"], "label": ["x"]})
    manifest = checked_manifest(table, Path("x"))
    assert (manifest.incomplete, manifest.keeps_whole) == ("", ())
