"""Some sources are tested, others trained on: what is tested has been used for nothing else."""

import pytest
from source_tables import HELD, table

from instrument_net.data import BySource, LeaveOneSourceOut, SplitError
from instrument_net.data.splits import describe_split


@pytest.fixture
def clips():
    return table()


def test_named_sources_train_and_test_and_the_rest_is_unused(clips):
    rule = BySource(train=["barn", "cellar"], test=["attic"])
    splits = rule.assign(clips)
    assert splits.groupby(clips["source"]).agg(set).to_dict() == {
        "attic": {"test", "class_not_trained"},
        "barn": {"train", "validation"},
        "cellar": {"train", "validation"},
        "dome": {"unused"},
        "shed": {"unused"},
    }
    said = describe_split(rule.describe(clips), clips.assign(split=splits))
    assert "27 clips of sources that are neither trained nor tested on are not used" in said


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
