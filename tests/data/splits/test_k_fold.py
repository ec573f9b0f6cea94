import pandas as pd
import pytest

from instrument_net.data import KFold, SplitError


@pytest.fixture
def clips():
    rows = [
        {"path": f"{label}{r}{k}.wav", "label": label, "recording_id": f"{label}{r}"}
        for label in ("flute", "harp", "oboe")
        for r in range(12)
        for k in range(3)
    ]
    return pd.DataFrame(rows)


def test_every_clip_is_tested_once_and_its_recording_with_it(clips):
    tested = pd.Series(0, index=clips.index)
    for fold in range(5):
        splits = KFold(fold=fold, folds=5).assign(clips)
        tested += splits == "test"
        assert not set(clips["recording_id"][splits == "test"]) & set(
            clips["recording_id"][splits != "test"]
        )
        per_label = pd.crosstab(clips["label"], splits)
        assert (per_label > 0).all(axis=None)
        assert per_label["test"].between(5, 10).all()
        assert per_label["validation"].between(3, 9).all()
    assert (tested == 1).all()


def test_the_seed_fixes_the_folds(clips):
    first, again, other = (KFold(folds=5, seed=seed).assign(clips) for seed in (0, 0, 1))
    assert first.equals(again)
    assert not first.equals(other)


def test_official_folds_are_kept(clips):
    clips["fold"] = clips["recording_id"].str[-1].map(lambda digit: str(int(digit) % 4 + 1))
    for fold in range(4):
        splits = KFold(fold=fold, folds=4).assign(clips)
        assert ((splits == "test") == (clips["fold"] == str(fold + 1))).all()
    with pytest.raises(SplitError, match=r"has 4 folds, split\.folds is 10"):
        KFold(folds=10).assign(clips)


def test_a_class_that_a_fold_takes_whole_is_named(clips):
    few = clips[(clips["label"] != "oboe") | (clips["recording_id"] == "oboe0")]
    # The rarest class is assigned first, so that its one recording lies in the first fold.
    with pytest.raises(SplitError, match="class 'oboe' has no clip for train, validation"):
        KFold(fold=0, folds=5, group_by=["recording_id"]).assign(few)


@pytest.mark.parametrize("options", [{"fold": 10}, {"fold": -1}, {"folds": 1}])
def test_what_is_no_fold_is_refused(options):
    with pytest.raises(SplitError, match="fold must lie in 0"):
        KFold(**options)
