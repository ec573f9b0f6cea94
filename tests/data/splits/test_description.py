"""What the report states about a split."""

import pytest
from source_tables import table

from instrument_net.data import LeaveOneSourceOut, Split
from instrument_net.data.splits import describe_split


@pytest.fixture
def clips():
    return table()


def test_the_report_says_what_was_left_out_and_that_no_source_is_shared(clips):
    rule = LeaveOneSourceOut(fold="attic")
    said = describe_split(rule.describe(clips), clips.assign(split=rule.assign(clips)))
    assert "tested on the source attic, by which nothing was chosen; trained on 4 others," in said
    assert "Left out, because no training clip is of their class: gong (12)" in said
    assert "Trained but not tested: drum, oboe" in said
    assert said.endswith(
        "No test clip shares its `source` or `recording_id` with training; whether they share "
        "instruments is not known"
    )


def test_nothing_is_claimed_about_columns_that_are_not_there(clips):
    rule = LeaveOneSourceOut(fold="attic")
    clips = clips.assign(split=rule.assign(clips))
    said = describe_split(rule.describe(clips), clips.assign(instrument_id=clips["recording_id"]))
    assert said.endswith(
        "No test clip shares its `source` or `instrument_id` or `recording_id` with training"
    )
    half = clips.assign(instrument_id=["one", ""] * (len(clips) // 2))
    half.loc[half["split"] != "test", "instrument_id"] = "other"
    assert "or `instrument_id` (known of 18 of 36 test clips) or" in describe_split(
        rule.describe(half), half
    )


def test_where_a_table_says_nothing_nothing_is_known(clips):
    clips = clips[["path", "label"]]
    said = describe_split(Split().describe(clips), clips.assign(split=Split().assign(clips)))
    assert said.endswith("training and test share: it is not known")


def test_a_recording_in_two_sources_is_reported(clips):
    clips.loc[clips["recording_id"] == "attic_flute0", "recording_id"] = "barn_flute0"
    rule = LeaveOneSourceOut(fold="attic")
    said = describe_split(rule.describe(clips), clips.assign(split=rule.assign(clips)))
    assert "of the test clips have a `recording_id` that occurs in training" in said


def test_the_report_names_the_sealed_sources(clips):
    rule = LeaveOneSourceOut(fold="attic", sealed=["barn", "dome"])
    said = describe_split(rule.describe(clips), clips.assign(split=rule.assign(clips)))
    assert "trained on 2 others," in said
    assert "sealed, in no split: barn, dome" in said
    assert "33 clips of sources that are neither trained nor tested on are not used" in said
    assert rule.guarantee.endswith(
        "Sealed, trained, validated and tested on by no fold: barn, dome"
    )
    assert "ealed" not in LeaveOneSourceOut().guarantee
