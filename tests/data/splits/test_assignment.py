import pandas as pd
import pytest

from instrument_net.data.grouping import SplitError
from instrument_net.data.splits import shared_values
from instrument_net.data.splits.assignment import check_classes, missing_classes


def test_shared_values_is_the_share_of_test_clips_that_training_knows():
    clips = pd.DataFrame({"source": ["x", "y", "x", "z"]})
    splits = pd.Series(["train", "train", "test", "test"])
    assert shared_values(clips, splits, "source") == 0.5


def test_a_blank_value_is_shared_with_nothing():
    clips = pd.DataFrame({"source": ["", "y", "", "y"]})
    splits = pd.Series(["train", "train", "test", "test"])
    assert shared_values(clips, splits, "source") == 0.5


def test_a_class_is_missing_where_training_has_it_and_the_split_has_not():
    labels = pd.Series(["flute", "oboe", "harp", "flute", "gong"])
    splits = pd.Series(["train", "train", "train", "test", "test"])
    assert missing_classes(labels, splits, "test") == ["harp", "oboe"]


def test_a_class_without_a_clip_in_a_needed_split_is_named_with_its_groups():
    labels, groups = pd.Series(list("aabb")), pd.Series(["1", "2", "3", "3"])
    splits = pd.Series(["train", "test", "train", "train"])
    check_classes(labels, splits, groups, ["train"])
    with pytest.raises(SplitError, match=r"class 'b' has no clip for test: its 2 .* 1 group"):
        check_classes(labels, splits, groups, ["train", "test"])
