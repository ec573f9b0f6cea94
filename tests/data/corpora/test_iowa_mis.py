"""Iowa MIS: names of both layouts, runs cut into notes, what cannot be cut counted."""

import json

import numpy as np
import pytest
from published_libraries import write_run

from instrument_net.data.corpora.published.iowa.corpus import IowaMisCorpus
from instrument_net.data.corpora.published.iowa.names import iowa_name
from instrument_net.data.manifest import ManifestError
from instrument_net.data.splits import Split


@pytest.fixture
def corpus(tmp_path):
    def of(*, cuts="cuts"):
        return IowaMisCorpus(tmp_path / "iowa", cuts=tmp_path / cuts)

    return of


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("Flute.nonvib.ff.A4.stereo", ("flute", 69, 69, "ff", "nonvib", "")),
        ("Flute.vib.pp.C6Bb6", ("flute", 84, 94, "pp", "vib", "")),
        ("Trumpet.novib.mf.E3B3", ("trumpet", 52, 59, "mf", "nonvib", "")),
        ("Viola.arco.sulC.mf.C3B3", ("viola", 48, 59, "mf", "arco", "sulC")),
        ("Violin.pizz.ff.sulG.G3B3.mono", ("violin", 55, 59, "ff", "pizz", "sulG")),
        ("Guitar.ff.sul_E.C5Bb5", ("guitar", 72, 82, "ff", "", "sul_E")),
        ("TenorTrombone.mf. E2B2", ("tenor_trombone", 40, 47, "mf", "", "")),
        ("AltoSax.NoVib.ff.Db3B3", ("alto_sax", 49, 59, "ff", "nonvib", "")),
        ("BbClar.pp.D3B3", ("bb_clarinet", 50, 59, "pp", "", "")),
        ("oboe.mf.C4B4", ("oboe", 60, 71, "mf", "", "")),
        ("Bass.arco.ff.sulE.E1", ("double_bass", 28, 28, "ff", "arco", "sulE")),
        ("Piano.mf.Bb0", ("piano", 22, 22, "mf", "", "")),
    ],
)
def test_a_name_says_what_is_played(stem, expected):
    name = iowa_name(stem)
    assert expected == (
        name.label, name.lowest, name.highest, name.dynamic, name.articulation, name.string,
    )  # fmt: skip


@pytest.mark.parametrize("stem", ["8triangle.mf", "BbClar", "", "readme.A", "Violin.arco.sulG"])
def test_a_name_without_a_note_is_none_of_the_corpus(stem):
    assert iowa_name(stem) is None


def test_runs_become_notes_and_single_notes_stay_whole(tmp_path, corpus):
    write_run(tmp_path / "iowa/MIS/Tuba/Tuba.ff.C3E3.aiff", 5)
    write_run(tmp_path / "iowa/2014/Flute.nonvib.ff.A4.stereo.aif", 1)
    manifest = corpus().read()
    clips = manifest.clips
    assert clips["label"].tolist() == ["flute", *["tuba"] * 5]
    assert clips["pitch_midi"].tolist() == ["69", "48", "49", "50", "51", "52"]
    assert set(clips["dynamic"]) == {"ff"}
    assert np.isnan(clips["duration_s"].iloc[0])
    starts = 0.25 + 0.7 * np.arange(5)
    assert np.abs(clips["start_s"].to_numpy()[1:] - starts).max() < 0.05
    assert np.abs(clips["duration_s"].to_numpy()[1:] - 0.4).max() < 0.08
    assert clips["recording_id"].tolist() == ["Flute.nonvib.ff.A4", *["Tuba.ff.C3E3"] * 5]
    assert manifest.incomplete == ""


def test_notes_of_a_run_and_its_versions_with_other_channels_stay_in_one_split(tmp_path, corpus):
    for label in ("Cello", "Horn"):
        for first, last in (("C3", "D3"), ("E3", "G3"), ("A3", "B3"), ("C4", "D4")):
            for channels in ("mono", "stereo"):
                n_notes = iowa_name(f"{label}.ff.{first}{last}").n_notes
                write_run(tmp_path / f"iowa/{label}.ff.{first}{last}.{channels}.aif", n_notes)
    clips = corpus().read().clips
    splits = Split().assign(clips)
    assert clips["recording_id"].nunique() == 8
    assert splits.groupby(clips["recording_id"]).nunique().max() == 1
    assert set(splits) == {"train", "validation", "test"}


def test_runs_that_cannot_be_cut_are_counted_and_named(tmp_path, corpus):
    write_run(tmp_path / "iowa/Horn.pp.C3E3.aiff", 4)
    write_run(tmp_path / "iowa/Horn.mf.C3E3.aiff", 5)
    write_run(tmp_path / "iowa/Horn.ff.E3C3.aiff", 5)
    (tmp_path / "iowa/Horn.ff.C3E3.aiff").write_bytes(b"FORM and nothing more")
    write_run(tmp_path / "iowa/woodblock.mf.aiff", 1)
    manifest = corpus().read()
    assert set(manifest.clips["dynamic"]) == {"mf"}
    kinds = sorted(entry.kind for entry in manifest.passed_over)
    assert kinds[0] == "no note in its name"
    assert kinds[1].startswith("not cut into notes: cannot be decoded")
    assert kinds[2] == "not cut into notes: its level shows 4 notes, not 5"
    assert kinds[3] == "run that does not go upwards by its name"
    assert "could not be cut into notes and are not used: 2, the first is" in manifest.incomplete


def test_a_run_is_cut_once_for_its_content_and_its_folder_stays_as_it_is(
    tmp_path, corpus, monkeypatch
):
    run = tmp_path / "iowa/Horn.mf.C3E3.aiff"
    write_run(run, 5)
    first = corpus().read().clips
    assert [path.name for path in run.parent.iterdir()] == [run.name]
    (kept,) = (tmp_path / "cuts").iterdir()
    assert len(json.loads(kept.read_text())["notes"]) == 5

    monkeypatch.setattr("instrument_net.data.corpora.published.iowa.kept_cuts.cut_run", None)
    assert corpus().read().clips.equals(first)
    write_run(run, 5, gap_s=0.5)
    with pytest.raises(TypeError):  # other content: it would be cut anew
        corpus().read()
    monkeypatch.undo()
    assert not corpus(cuts="again").read().clips["start_s"].equals(first["start_s"])


def test_a_folder_of_other_files_is_refused_with_the_names_that_are_expected(tmp_path, corpus):
    write_run(tmp_path / "iowa/a.wav", 1)
    with pytest.raises(ManifestError, match=r"such as Flute\.nonvib\..* no note in its name"):
        corpus().read()
    (tmp_path / "iowa/a.wav").unlink()
    with pytest.raises(ManifestError, match="it holds no audio"):
        corpus().read()
    with pytest.raises(ManifestError, match="no note of University of Iowa"):
        corpus().listed()
    write_run(tmp_path / "iowa/Horn.mf.C3E3.aiff", 4)
    assert corpus().listed()["recording_id"].tolist() == ["Horn.mf.C3E3"]
    with pytest.raises(ManifestError, match="its level shows 4 notes, not 5"):
        corpus().read()
