import numpy as np
import pandas as pd
import pytest

from instrument_net.data.splits import Split, SplitError


def clips_of(n_labels=4, n_groups=10, per_group=3):
    rows = [
        {"path": f"{label}_{group}_{k}.wav", "label": label, "instrument_id": f"{label}_{group}"}
        for label in "abcdefgh"[:n_labels]
        for group in range(n_groups)
        for k in range(per_group)
    ]
    return pd.DataFrame(rows)


def test_no_group_is_divided():
    clips = clips_of()
    splits = Split().assign(clips)
    assert splits.groupby(clips["instrument_id"]).agg(set).map(len).eq(1).all()


def test_every_label_gets_about_its_share_in_every_split():
    clips = clips_of(n_groups=20)
    splits = Split(validation_fraction=0.2, test_fraction=0.1).assign(clips)
    counts = pd.crosstab(clips["label"], splits)
    assert counts["validation"].tolist() == [12] * 4
    assert counts["test"].tolist() == [6] * 4
    assert counts["train"].tolist() == [42] * 4


def test_three_groups_a_label_are_enough():
    clips = clips_of(n_groups=3, per_group=1)
    counts = pd.crosstab(clips["label"], Split().assign(clips))
    assert (counts == 1).all(axis=None)


def test_two_groups_are_an_error_that_names_the_class_and_what_to_do():
    clips = clips_of()
    clips.loc[clips["label"] == "b", "instrument_id"] = np.resize(["b_0", "b_1"], 30)
    with pytest.raises(SplitError, match=r"class 'b' has no clip for train.*2 group.*group_by"):
        Split().assign(clips)


def test_the_seed_decides_and_the_order_of_rows_does_not():
    clips = clips_of()
    first = Split(seed=1).assign(clips)
    assert first.equals(Split(seed=1).assign(clips.sample(frac=1, random_state=0)).sort_index())
    assert not first.equals(Split(seed=2).assign(clips))


def test_a_recording_with_two_labels_stays_whole():
    clips = clips_of(n_labels=2, n_groups=8, per_group=2)
    clips["recording_id"] = [str(i // 4) for i in range(16)] * 2  # both labels in each
    splits = Split().assign(clips)
    assert splits.groupby(clips["recording_id"]).agg(set).map(len).eq(1).all()


@pytest.mark.parametrize(
    ("columns", "n_instruments", "expected"),
    [
        (["recording_id", "instrument_id", "pitch_midi"], 5, ("recording_id",)),
        (["recording_id", "instrument_id", "pitch_midi"], 1, ("recording_id",)),
        (["instrument_id", "pitch_midi"], 5, ("instrument_id",)),
        (["instrument_id", "pitch_midi"], 2, ("instrument_id", "pitch_midi")),
        (["instrument_id"], 2, ("instrument_id",)),
        (["pitch_midi"], 1, ("path",)),
    ],
)
def test_without_group_by_the_strictest_columns_that_leave_three_groups_are_kept_together(
    columns, n_instruments, expected
):
    """Two labels of twelve clips each, on n instruments; every clip has a pitch of its own."""
    table = {
        "path": [f"{i}.wav" for i in range(24)],
        "label": ["a", "b"] * 12,
        "recording_id": [f"r{i // 4}" for i in range(24)],
        "instrument_id": [f"{'ab'[i % 2]}{i // 2 % n_instruments}" for i in range(24)],
        "pitch_midi": [str(40 + i) for i in range(24)],
    }
    clips = pd.DataFrame({name: table[name] for name in ["path", "label", *columns]})
    assert Split().columns(clips) == expected


def test_a_row_without_a_pitch_is_grouped_by_instrument_and_articulation():
    clips = pd.DataFrame(
        {
            "path": list("wxyz"),
            "label": ["a"] * 4,
            "instrument_id": ["i"] * 4,
            "pitch_midi": ["60", "60", "", ""],
            "articulation": ["arco", "pizz", "phrase", "phrase"],
        }
    )
    groups = Split(group_by=["instrument_id", "pitch_midi"]).groups(clips)
    assert groups.tolist() == ["i | 60", "i | 60", "i | phrase", "i | phrase"]


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(SplitError, match=r"player.*instrument_id"):
        Split(group_by=["player"]).assign(clips_of())


def test_an_official_split_is_kept_as_it_is():
    clips = clips_of()
    clips["split"] = np.resize(["train", "train", "validation", "test"], len(clips))
    assert Split().assign(clips).tolist() == clips["split"].tolist()


def test_an_official_test_set_stays_and_validation_comes_out_of_training():
    clips = clips_of(n_groups=20)
    clips["split"] = ["test" if i.endswith("_0") else "train" for i in clips["instrument_id"]]
    splits = Split().assign(clips)
    assert (splits == "test").equals(clips["split"] == "test")
    assert set(splits[clips["split"] == "train"]) == {"train", "validation"}


@pytest.mark.parametrize("fractions", [(0.0, 0.2), (0.5, 0.5), (-0.1, 0.2)])
def test_fractions_that_leave_a_split_empty_are_refused(fractions):
    with pytest.raises(SplitError, match="must be above 0"):
        Split(validation_fraction=fractions[0], test_fraction=fractions[1])


def test_clips_of_unknown_recording_are_groups_of_their_own():
    clips = pd.DataFrame(
        {
            "path": list("uvwxyz"),
            "label": ["a", "a", "a", "b", "b", "b"],
            "recording_id": ["r1", "r1", "", "", "", "r2"],
            "articulation": "arco",
        }
    )
    groups = Split(group_by=["recording_id"]).groups(clips)
    assert groups.tolist() == ["r1", "r1", "w", "x", "y", "r2"]
