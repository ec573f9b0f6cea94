"""The official split of each published corpus, row by row, on a small copy of its layout."""

from pathlib import Path

import pandas as pd
import pytest
from published import (
    write_irmas,
    write_medley_solos_db,
    write_nsynth,
    write_orchideasol,
    write_tinysol,
)

from instrument_net.data.corpora.published.irmas import IrmasCorpus
from instrument_net.data.corpora.published.medley_solos_db import MedleySolosDbCorpus
from instrument_net.data.corpora.published.nsynth import NSynthCorpus
from instrument_net.data.corpora.published.orchideasol import OrchideaSolCorpus
from instrument_net.data.corpora.published.tinysol import TinySolCorpus
from instrument_net.data.splits import CLASS_NOT_TRAINED, KFold, Split, SplitError, describe_split
from instrument_net.errors import InputError


def by_name(clips, *columns):
    """Return the values of some columns by the name of each file."""
    names = [Path(path).name for path in clips["path"]]
    return dict(zip(names, clips[list(columns)].itertuples(index=False, name=None), strict=True))


def test_nsynth_has_its_split_its_families_and_whole_instruments(tmp_path):
    manifest = NSynthCorpus(write_nsynth(tmp_path)).read()
    clips = manifest.clips
    rows = by_name(clips, "label", "instrument_id", "pitch_midi", "split")
    assert len(rows) == 12 + 4 + 2
    assert rows["flute_acoustic_001-060-100.wav"] == (
        "flute", "flute_acoustic_001", "60", "train"
    )  # fmt: skip
    assert rows["guitar_acoustic_002-072-100.wav"][3] == "train"
    assert rows["flute_acoustic_003-060-100.wav"][3] == "validation"
    assert rows["guitar_acoustic_003-065-100.wav"][3] == "test"
    assert Split().assign(clips).equals(clips["split"])
    assert set(clips["source"]) == {"nsynth"}
    assert set(clips["qualities"]) == {"bright reverb"}
    assert Split().columns(clips) == ("kept_whole",)
    assert Split(group_by=["path"]).columns(clips) == ("path",)
    assert clips["kept_whole"].equals(clips["instrument_id"].rename("kept_whole"))


def test_a_class_that_the_official_split_does_not_test_is_trained_and_named(tmp_path):
    clips = NSynthCorpus(write_nsynth(tmp_path)).read().clips
    splits = Split().assign(clips)
    assert set(splits[clips["label"] == "synth_lead"]) == {"train"}
    said = describe_split(Split().describe(clips), clips.assign(split=splits))
    assert said.startswith("the table's own (column split): 12 train, 4 validation, 2 test clips")
    assert "Trained but not tested: synth_lead" in said


def test_a_test_clip_of_a_class_that_is_not_trained_is_left_out():
    clips = pd.DataFrame(
        {
            "path": list("abcdef"),
            "label": ["x", "y", "x", "y", "x", "z"],
            "split": ["train", "train", "validation", "validation", "test", "test"],
        }
    )
    assert Split().assign(clips).tolist() == [*clips["split"][:5], CLASS_NOT_TRAINED]
    with pytest.raises(SplitError, match="leaves no clip for test"):
        Split().assign(clips.assign(split=["train"] * 3 + ["validation"] * 3))


def test_validation_out_of_an_official_training_set_leaves_every_class_something_to_train():
    clips = pd.DataFrame(
        {
            "path": list("abcdefgh"),
            "label": ["x"] * 6 + ["y"] * 2,
            "split": ["train"] * 5 + ["test", "train", "test"],
        }
    )
    splits = Split().assign(clips)
    assert splits.tolist()[5:] == ["test", "train", "test"]
    assert set(splits[:5]) == {"train", "validation"}


@pytest.mark.parametrize(
    ("write", "corpus"), [(write_tinysol, TinySolCorpus), (write_orchideasol, OrchideaSolCorpus)]
)
def test_each_official_fold_is_tested_once_and_a_single_run_tests_the_first(
    tmp_path, write, corpus
):
    clips = corpus(write(tmp_path)).read().clips
    assert len(clips) == 10
    for fold in range(5):
        tested = KFold(fold, 5).assign(clips) == "test"
        assert clips["fold"][tested].tolist() == [str(fold)] * 2
    alone = Split().assign(clips)
    assert clips["fold"][alone == "test"].tolist() == ["0", "0"]
    assert set(alone[clips["fold"] != "0"]) == {"train", "validation"}
    assert "of the table's own (column fold)" in KFold(0, 5).describe(clips)
    with pytest.raises(SplitError, match=r"column fold has 5 folds, split\.folds is 10"):
        KFold().assign(clips)


def test_tinysol_rows_have_instrument_pitch_and_dynamic(tmp_path):
    clips = TinySolCorpus(write_tinysol(tmp_path)).read().clips
    rows = by_name(clips, "label", "pitch_midi", "dynamic", "articulation", "retuned", "fold")
    assert rows["TpC-ord-E4-mf-N-N.wav"] == (
        "trumpet_in_c", "64", "mf", "ordinario", "false", "2"
    )  # fmt: skip
    assert clips["path"].map(lambda path: Path(path).is_file()).all()


def test_orchideasol_is_read_in_ordinary_technique_or_all(tmp_path):
    folder = write_orchideasol(tmp_path)
    everything = OrchideaSolCorpus(folder, articulations="all").read().clips
    rows = by_name(everything, "label", "pitch_midi", "dynamic", "articulation", "mute", "fold")
    assert len(rows) == 12
    assert rows["Cb+S-ord-A2-mf-1c-N.wav"] == (
        "contrabass", "45", "mf", "ordinario", "Sordina", "2"
    )  # fmt: skip
    assert rows["Fl-jet_wh-N-N-N-N.wav"] == ("flute", "", "", "jet_whistle", "", "2")
    ordinary = by_name(OrchideaSolCorpus(folder).read().clips, "articulation")
    assert set(rows) - set(ordinary) == {"Cb+S-ord-A2-mf-1c-N.wav", "Fl-jet_wh-N-N-N-N.wav"}
    with pytest.raises(InputError, match="articulations must be ordinario or all"):
        OrchideaSolCorpus(folder, articulations="ord")


def test_medley_solos_db_has_its_split_and_whole_songs(tmp_path):
    clips = MedleySolosDbCorpus(write_medley_solos_db(tmp_path)).read().clips
    assert Split().assign(clips).equals(clips["split"])
    assert clips["split"].tolist() == ["train"] * 8 + ["validation"] * 4 + ["test"] * 4
    assert clips["label"].tolist()[:4] == ["distorted_electric_guitar"] * 2 + ["flute"] * 2
    assert clips["recording_id"].tolist()[:4] == ["song 201"] * 2 + ["song 203"] * 2
    assert "instrument_id" not in clips.columns
    assert clips.groupby("kept_whole")["split"].nunique().eq(1).all()


def test_irmas_has_its_labels_and_whole_songs_and_no_test_part(tmp_path):
    for path in (write_irmas(tmp_path), tmp_path / "IRMAS-TrainingData"):
        clips = IrmasCorpus(path).read().clips
        rows = by_name(clips, "label", "recording_id", "genre", "drums")
        assert len(rows) == 9
        assert rows["008__[cel][nod][cla]0058__2.wav"] == ("cello", "song 0058", "cla", "no drums")
        assert rows["094__[sax][dru][jaz_blu]1703__3.wav"] == (
            "saxophone", "song 1703", "jaz_blu", "drums"
        )  # fmt: skip
        assert rows["[sax][pop_roc]1706__1.wav"] == ("saxophone", "song 1706", "pop_roc", "")
        splits = Split().assign(clips)
        assert splits.groupby(clips["recording_id"]).nunique().eq(1).all()
