"""Outputs of a network under other names, those of one name as one."""

import pandas as pd
import pytest
import torch

from instrument_net.data.label_table import LabelTable
from instrument_net.errors import InputError
from instrument_net.evaluation.named_outputs import NamedOutputs

OWN = ("cello", "flute", "gong", "harp", "violin")
PROBABILITIES = torch.tensor([[0.1, 0.2, 0.4, 0.1, 0.2], [0.0, 0.0, 1.0, 0.0, 0.0]])
TABLE = LabelTable({"cello": "bowed", "violin": "bowed", "gong": None}, origin="mine.yaml")


def test_outputs_of_one_name_are_added_up_and_dropped_ones_left_out():
    outputs = NamedOutputs(OWN, TABLE)
    assert outputs.class_names == ("bowed", "flute", "harp")
    expected = torch.tensor([[3, 2, 1], [2, 2, 2]]) / 6  # nothing is known where all is dropped
    torch.testing.assert_close(outputs.probabilities(PROBABILITIES), expected)
    assert outputs.describe() == ("(dropped): gong; bowed: cello, violin; flute: flute; harp: harp")


def test_without_a_table_nothing_changes():
    outputs = NamedOutputs(OWN)
    assert outputs.class_names == OWN
    assert outputs.probabilities(PROBABILITIES) is PROBABILITIES
    assert outputs.unknown(pd.DataFrame({"label": ["harp", "lute"]})) == {"lute"}


def test_labels_of_clips_get_the_same_names():
    outputs = NamedOutputs(OWN, TABLE)
    clips = pd.DataFrame({"label": ["cello", "bowed", "Violin", "gong", "harp", "lute"]})
    named = outputs.labelled(clips)["label"].tolist()
    assert named == ["bowed", "bowed", "bowed", "gong", "harp", "lute"]
    assert outputs.unknown(clips) == {"gong", "lute"}


def test_a_table_that_leaves_one_output_is_refused():
    one = LabelTable(dict.fromkeys(OWN, "sound"), origin="mine.yaml")
    with pytest.raises(
        InputError, match=r"mine\.yaml: leaves the network sound as its only output"
    ):
        NamedOutputs(OWN, one)
