"""Splits by source: what is tested has been used for nothing else."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import REAL_CORPUS, needs_real_corpus

from instrument_net.data import BySource, LeaveOneSourceOut, SplitError, read_manifest
from instrument_net.data.grouping import deal
from instrument_net.data.splits import describe_sides

# Source -> label -> recordings; the gong is in one source only, the drum's source has no other.
HELD = {
    "attic": {"flute": 6, "harp": 6, "gong": 4},
    "barn": {"flute": 5, "harp": 1},
    "cellar": {"oboe": 6, "flute": 3},
    "dome": {"oboe": 1, "harp": 4},
    "shed": {"drum": 4},
}
FOLDS = ["attic", "barn", "cellar", "dome"]


def table(held=HELD):
    rows = [
        {
            "path": f"{source}_{label}{r}{k}.wav",
            "label": label,
            "source": source,
            "recording_id": f"{source}_{label}{r}",
        }
        for source, labels in held.items()
        for label, recordings in labels.items()
        for r in range(recordings)
        for k in range(3)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def clips():
    return table()


@pytest.mark.parametrize("source", FOLDS)
def test_no_clip_of_the_tested_source_trains_or_validates(clips, source):
    sides = LeaveOneSourceOut(fold=source).assign(clips)
    own = clips["source"] == source
    assert set(sides[~own]) == {"train", "validation"}
    assert set(sides[own]) <= {"test", "untaught"}
    assert (sides == "test").any()


@pytest.mark.parametrize("source", FOLDS)
def test_a_tested_clip_has_a_trained_class_and_an_untaught_one_has_not(clips, source):
    sides = LeaveOneSourceOut(fold=source).assign(clips)
    trained = set(clips["label"][sides == "train"])
    assert set(clips["label"][sides == "test"]) <= trained
    assert set(clips["label"][sides == "validation"]) <= trained
    assert not set(clips["label"][sides == "untaught"]) & trained


@pytest.mark.parametrize("source", FOLDS)
def test_the_clips_of_the_tested_source_change_nothing_on_the_other_sides(clips, source):
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
    sides = LeaveOneSourceOut(fold="barn", validation_fraction=0.3).assign(clips)
    recordings = sides.groupby(clips["recording_id"]).nunique()
    assert (recordings == 1).all()
    counts = pd.crosstab(clips["label"], sides)["validation"]
    # 0.3 of 9 flute, 10 harp, 7 oboe, 4 gong and 4 drum recordings of three clips.
    assert counts.to_dict() == {"drum": 3, "flute": 9, "gong": 3, "harp": 9, "oboe": 6}


def test_a_class_with_a_single_recording_is_trained_and_not_validated(clips):
    rule = LeaveOneSourceOut(fold="cellar")
    sides = rule.assign(clips)
    assert set(sides[clips["label"] == "oboe"]) == {"train", "test"}
    said = describe_sides(rule, clips.assign(split=sides))
    assert "Trained but not validated on: oboe" in said
    assert rule.fold_table(clips).loc["cellar", "unvalidated"] == ("oboe",)


def test_two_recordings_that_validate_for_other_classes_do_not_leave_their_own_untrained():
    """The viola is heard only in recordings that it shares, one with the cello, one with the harp.

    Both may be dealt to validation for the sake of those; then they have to train after all.
    """
    clips = table({"attic": {"cello": 2, "harp": 2, "viola": 2, "organ": 4}, "barn": {"cello": 1}})
    shared = {"attic_viola0": "attic_cello1", "attic_viola1": "attic_harp1"}
    clips["recording_id"] = clips["recording_id"].replace(shared)
    unmended = 0
    for seed in range(20):
        rule = LeaveOneSourceOut(fold="barn", seed=seed)
        trained = clips[clips["source"] == "attic"]
        dealt = deal(
            trained["label"], trained["recording_id"], {"train": 0.85, "validation": 0.15},
            seed=seed,
        )  # fmt: skip
        unmended += set(dealt[trained["label"] == "viola"]) == {"validation"}
        sides = rule.assign(clips)
        assert set(clips["label"][sides == "train"]) == {"cello", "harp", "viola", "organ"}
        assert sides.groupby(clips["recording_id"]).nunique().eq(1).all()
    assert unmended


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


def test_the_report_says_what_was_left_out_and_that_no_source_is_shared(clips):
    rule = LeaveOneSourceOut(fold="attic")
    said = describe_sides(rule, clips.assign(split=rule.assign(clips)))
    assert "tested on the source attic, which chose nothing; trained on 4 other(s)" in said
    assert "Left out, because no training clip is of their class: gong (12)" in said
    assert "Trained but not tested: drum, oboe" in said
    assert "no test clip shares its source, instrument or recording with training" in said


def test_a_recording_in_two_sources_is_reported(clips):
    clips.loc[clips["recording_id"] == "attic_flute0", "recording_id"] = "barn_flute0"
    rule = LeaveOneSourceOut(fold="attic")
    said = describe_sides(rule, clips.assign(split=rule.assign(clips)))
    assert "of the test clips have a `recording_id` that training has heard" in said


def test_named_sources_train_and_test_and_the_rest_is_unused(clips):
    rule = BySource(train=["barn", "cellar"], test=["attic"])
    sides = rule.assign(clips)
    assert sides.groupby(clips["source"]).agg(set).to_dict() == {
        "attic": {"test", "untaught"},
        "barn": {"train", "validation"},
        "cellar": {"train", "validation"},
        "dome": {"unused"},
        "shed": {"unused"},
    }
    said = describe_sides(rule, clips.assign(split=sides))
    assert "27 clips of sources on neither side are not used" in said


def test_leaving_one_out_is_testing_it_by_name(clips):
    for source in FOLDS:
        left_out, named = LeaveOneSourceOut(fold=source, seed=3), BySource(test=[source], seed=3)
        assert left_out.assign(clips).equals(named.assign(clips))


def test_a_sealed_source_is_no_fold_and_on_no_side_of_any(clips):
    rule = LeaveOneSourceOut(sealed=["barn", "shed"])
    folds = rule.fold_table(clips)
    assert list(folds.index) == ["attic", "cellar", "dome"]
    sealed = clips["source"].isin(rule.sealed)
    for source in folds.index:
        sides = replace(rule, fold=source).assign(clips)
        assert set(sides[sealed]) == {"unused"}
        assert "unused" not in set(sides[~sealed])
    # With the shed goes the only drum: nobody misses it.
    assert "drum" not in {label for row in folds["unvalidated"] for label in row}


def test_the_folds_of_the_other_sources_are_those_of_a_table_without_the_sealed_ones(clips):
    rule, open_ = LeaveOneSourceOut(sealed=["cellar"]), clips[clips["source"] != "cellar"]
    assert rule.fold_table(clips).equals(LeaveOneSourceOut().fold_table(open_))
    # The oboe is then in one source alone, and no fold can test it.
    assert rule.fold_table(clips).loc["dome", "left_out"] == ("oboe",)
    for source in ("attic", "barn", "dome"):
        sides = replace(rule, fold=source).assign(clips)[open_.index]
        assert sides.equals(LeaveOneSourceOut(fold=source).assign(open_))


def test_the_report_names_the_sealed_sources(clips):
    rule = LeaveOneSourceOut(fold="attic", sealed=["barn", "dome"])
    said = describe_sides(rule, clips.assign(split=rule.assign(clips)))
    assert "trained on 2 other(s)" in said
    assert "sealed, on no side: barn, dome" in said
    assert "33 clips of sources on neither side are not used" in said
    assert rule.promise.endswith("Sealed, trained, validated and tested on by no fold: barn, dome")
    assert "ealed" not in LeaveOneSourceOut().promise


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


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (LeaveOneSourceOut(), r"split\.fold names no source; the table has attic, barn"),
        (LeaveOneSourceOut(fold="loft"), "names the source loft; the table has attic, barn"),
        (LeaveOneSourceOut(fold="shed"), "none of the classes of shed is in a training source"),
        (BySource(test=["attic"], train=["shed"]), "have one class only, 'drum'"),
        (BySource(test=list(HELD)), "every source is tested"),
        (BySource(test=["attic"], group_by=["source"], train=["barn"]), "no clip to validate on"),
        (BySource(test=["attic"], group_by=["player"]), "player"),
    ],
)
def test_what_cannot_be_tested_is_refused_naming_the_reason(clips, rule, said):
    with pytest.raises(SplitError, match=said):
        rule.assign(clips)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"test": "attic"}, r"split\.test must be a list"),
        ({"test": []}, r"split\.test must be a list"),
        ({"test": ["attic"], "train": []}, r"split\.train must be a list"),
        ({"test": ["attic", "barn"], "train": ["barn"]}, "both name barn"),
        ({"test": ["attic"], "validation_fraction": 0}, "validation_fraction is 0"),
    ],
)
def test_options_that_contradict_themselves_are_refused(options, said):
    with pytest.raises(SplitError, match=said):
        BySource(**options)


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
