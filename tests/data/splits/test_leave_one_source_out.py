"""Each source is tested in turn: what is tested has been used for nothing else."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import REAL_CORPUS, needs_real_corpus
from source_tables import FOLDS, HELD, table

from instrument_net.data import BySource, LeaveOneSourceOut, SplitError, read_manifest
from instrument_net.data.grouping import assign_groups
from instrument_net.data.splits import describe_split


@pytest.fixture
def clips():
    return table()


@pytest.mark.parametrize("source", FOLDS)
def test_no_clip_of_the_tested_source_trains_or_validates(clips, source):
    splits = LeaveOneSourceOut(fold=source).assign(clips)
    own = clips["source"] == source
    assert set(splits[~own]) == {"train", "validation"}
    assert set(splits[own]) <= {"test", "class_not_trained"}
    assert (splits == "test").any()


@pytest.mark.parametrize("source", FOLDS)
def test_a_tested_clip_has_a_trained_class_and_one_left_out_has_not(clips, source):
    splits = LeaveOneSourceOut(fold=source).assign(clips)
    trained = set(clips["label"][splits == "train"])
    assert set(clips["label"][splits == "test"]) <= trained
    assert set(clips["label"][splits == "validation"]) <= trained
    assert not set(clips["label"][splits == "class_not_trained"]) & trained


@pytest.mark.parametrize("source", FOLDS)
def test_the_clips_of_the_tested_source_change_no_other_split(clips, source):
    """Not their number, their labels or their recordings: they might as well not be there."""
    rule = LeaveOneSourceOut(fold=source)
    own = clips["source"] == source
    other = clips.copy()
    other.loc[own, "label"] = "flute"
    other.loc[own, "recording_id"] = "one"
    few = clips[~own | (clips["label"] == "harp") | (clips["label"] == "oboe")]
    expected = rule.assign(clips)[~own]
    assert rule.assign(other)[~own].equals(expected)
    assert rule.assign(few)[~own].equals(expected)
    assert rule.columns(other) == rule.columns(clips)


def test_validation_takes_whole_recordings_of_the_training_sources_by_class(clips):
    splits = LeaveOneSourceOut(fold="barn", validation_fraction=0.3).assign(clips)
    recordings = splits.groupby(clips["recording_id"]).nunique()
    assert (recordings == 1).all()
    counts = pd.crosstab(clips["label"], splits)["validation"]
    # 0.3 of 9 flute, 10 harp, 7 oboe, 4 gong and 4 drum recordings of three clips.
    assert counts.to_dict() == {"drum": 3, "flute": 9, "gong": 3, "harp": 9, "oboe": 6}


def test_a_class_with_a_single_recording_is_trained_and_not_validated(clips):
    rule = LeaveOneSourceOut(fold="cellar")
    splits = rule.assign(clips)
    assert set(splits[clips["label"] == "oboe"]) == {"train", "test"}
    said = describe_split(rule.describe(clips), clips.assign(split=splits))
    assert "Trained but not validated on: oboe" in said
    assert rule.fold_table(clips).loc["cellar", "unvalidated"] == ("oboe",)


def test_two_recordings_that_validate_for_other_classes_do_not_leave_their_own_untrained():
    """The viola is played only in recordings that it shares, one with the cello, one with the harp.

    Both may be assigned to validation for the sake of those; then they have to train after all.
    """
    clips = table({"attic": {"cello": 2, "harp": 2, "viola": 2, "organ": 4}, "barn": {"cello": 1}})
    shared = {"attic_viola0": "attic_cello1", "attic_viola1": "attic_harp1"}
    clips["recording_id"] = clips["recording_id"].replace(shared)
    untrained = 0
    for seed in range(20):
        rule = LeaveOneSourceOut(fold="barn", seed=seed)
        trained = clips[clips["source"] == "attic"]
        assigned = assign_groups(
            trained["label"], trained["recording_id"], {"train": 0.85, "validation": 0.15},
            seed=seed,
        )  # fmt: skip
        untrained += set(assigned[trained["label"] == "viola"]) == {"validation"}
        splits = rule.assign(clips)
        assert set(clips["label"][splits == "train"]) == {"cello", "harp", "viola", "organ"}
        assert splits.groupby(clips["recording_id"]).nunique().eq(1).all()
    assert untrained


def test_which_columns_name_a_group_follows_from_the_training_sources():
    rows = [
        {
            "path": f"{source}{label}{i}{k}.wav",
            "label": label,
            "source": source,
            "instrument_id": f"{source}{label}{i}",
            "pitch_midi": str(60 + k),
        }
        for source, label, n in [
            ("attic", "flute", 4),
            ("attic", "harp", 4),
            ("barn", "flute", 1),
            ("barn", "gong", 1),
        ]
        for i in range(n)
        for k in range(4)
    ]
    clips = pd.DataFrame(rows)
    # The barn's one gong would ask for finer groups.
    assert LeaveOneSourceOut(fold="barn").columns(clips) == ("instrument_id",)
    assert set(LeaveOneSourceOut(fold="barn").groups(clips)) == set(clips["instrument_id"])
    assert LeaveOneSourceOut(fold="attic").columns(clips) == ("instrument_id", "pitch_midi")


def test_the_fold_table_names_what_is_tested_and_what_is_left_out(clips):
    folds = LeaveOneSourceOut().fold_table(clips)
    assert list(folds.index) == [*FOLDS, "shed"]
    assert folds["classes"].tolist() == [
        ("flute", "harp"), ("flute", "harp"), ("flute", "oboe"), ("harp", "oboe"), (),
    ]  # fmt: skip
    assert folds["n_clips"].tolist() == [36, 18, 27, 15, 0]
    assert folds["left_out"].tolist() == [("gong",), (), (), (), ("drum",)]
    assert folds["n_left_out"].tolist() == [12, 0, 0, 0, 12]
    assert folds["n_clips"].sum() + folds["n_left_out"].sum() == len(clips)


def test_leaving_one_out_is_testing_it_by_name(clips):
    for source in FOLDS:
        left_out, named = LeaveOneSourceOut(fold=source, seed=3), BySource(test=[source], seed=3)
        assert left_out.assign(clips).equals(named.assign(clips))


def test_a_sealed_source_is_no_fold_and_in_no_split_of_any(clips):
    rule = LeaveOneSourceOut(sealed=["barn", "shed"])
    folds = rule.fold_table(clips)
    assert list(folds.index) == ["attic", "cellar", "dome"]
    sealed = clips["source"].isin(rule.sealed)
    for source in folds.index:
        splits = replace(rule, fold=source).assign(clips)
        assert set(splits[sealed]) == {"unused"}
        assert "unused" not in set(splits[~sealed])
    # With the shed goes the only drum: nobody misses it.
    assert "drum" not in {label for row in folds["unvalidated"] for label in row}


def test_the_folds_of_the_other_sources_are_those_of_a_table_without_the_sealed_ones(clips):
    rule, open_ = LeaveOneSourceOut(sealed=["cellar"]), clips[clips["source"] != "cellar"]
    assert rule.fold_table(clips).equals(LeaveOneSourceOut().fold_table(open_))
    # The oboe is then in one source alone, and no fold can test it.
    assert rule.fold_table(clips).loc["dome", "left_out"] == ("oboe",)
    for source in ("attic", "barn", "dome"):
        splits = replace(rule, fold=source).assign(clips)[open_.index]
        assert splits.equals(LeaveOneSourceOut(fold=source).assign(open_))


@pytest.mark.parametrize(
    ("sealed", "said"),
    [
        (["loft"], "split.sealed names the source loft; the table has attic, barn, cellar"),
        (list(HELD), "split.sealed leaves 0 of 5 sources; one to train on and one to test"),
        (FOLDS, "split.sealed leaves 1 of 5 sources"),
    ],
)
def test_sources_that_cannot_be_sealed_are_refused(clips, sealed, said):
    with pytest.raises(SplitError, match=said):
        LeaveOneSourceOut(sealed=sealed).fold_table(clips)
    with pytest.raises(SplitError, match=said):
        LeaveOneSourceOut(fold="somewhere", sealed=sealed).assign(clips)


def test_a_sealed_source_is_not_opened_by_naming_it(clips):
    with pytest.raises(SplitError, match=r"split\.fold tests the source attic, which"):
        LeaveOneSourceOut(fold="attic", sealed=["attic"])
    with pytest.raises(SplitError, match=r"split\.sealed must be a list of sources, got 'attic'"):
        LeaveOneSourceOut(sealed="attic")


def test_a_table_without_sources_or_with_a_blank_one_is_refused(clips):
    with pytest.raises(SplitError, match="no column 'source'"):
        LeaveOneSourceOut(fold="attic").assign(clips.drop(columns="source"))
    clips.loc[7, "source"] = " "
    with pytest.raises(SplitError, match=r"empty in 1 row\(s\), the first is row 7"):
        LeaveOneSourceOut().fold_table(clips)


@needs_real_corpus
def test_the_real_recordings_have_17_folds_of_931_clips_of_12_classes():
    clips = read_manifest(REAL_CORPUS).clips
    folds = LeaveOneSourceOut().fold_table(clips)
    assert len(folds) == 19
    assert folds.index[folds["n_clips"] == 0].tolist() == [
        "karoryfer_war_tuba",
        "spectmorph_voices",
    ]
    assert folds["n_clips"].sum() == 931
    assert len({label for labels in folds["classes"] for label in labels}) == 12
    assert folds["n_left_out"].sum() == 1356 - 931
