"""Which clips a report explains, and the averages over all of them."""

import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions
from instrument_net.explanation.report_sections import (
    branch_accuracies,
    clips_to_explain,
    mean_contributions,
)


def predicted(*rows):
    table = pd.DataFrame(rows, columns=["label", "predicted", "confidence"])
    return table.assign(correct=table["label"] == table["predicted"])


TABLE = predicted(
    ("oboe", "flute", 0.9),  # 0
    ("oboe", "flute", 0.8),  # 1: this confusion again
    ("harp", "flute", 0.7),  # 2
    ("flute", "flute", 0.99),  # 3
    ("harp", "harp", 0.6),  # 4
    ("flute", "flute", 0.98),  # 5: this class again
    ("oboe", "oboe", 0.97),  # 6
)


@pytest.mark.parametrize(
    ("n_clips", "rows"),
    [
        (1, [0]),
        (2, [0, 3]),
        (4, [0, 2, 3, 6]),  # another confusion, another class, before the same again
        (5, [0, 1, 2, 3, 6]),
        (6, [0, 1, 2, 3, 6, 4]),
        (99, [0, 1, 2, 3, 5, 6, 4]),
    ],
)
def test_the_most_confident_mistakes_come_first_and_then_the_most_confident_correct_clips(
    n_clips, rows
):
    assert clips_to_explain(TABLE, n_clips).index.tolist() == rows


def test_where_there_are_few_of_one_kind_there_are_more_of_the_other():
    correct, wrong = TABLE[TABLE["correct"]], TABLE[~TABLE["correct"]]
    assert clips_to_explain(correct, 3).index.tolist() == [3, 6, 4]
    assert clips_to_explain(wrong, 2).index.tolist() == [0, 2]
    assert clips_to_explain(pd.concat([wrong.head(1), correct]), 4).index.tolist() == [0, 3, 6, 4]
    assert clips_to_explain(pd.concat([wrong, correct.head(1)]), 4).index.tolist() == [0, 1, 2, 3]


PREDICTIONS = Predictions(
    clips=pd.DataFrame({"path": list("abc"), "label": ["harp", "harp", "oboe"]}),
    probabilities=torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]),
    class_names=("harp", "oboe"),
)


def test_both_branches_and_each_alone_have_their_accuracies():
    always_harp = torch.tensor([[0.9, 0.1]]).expand(3, 2)
    table = branch_accuracies(
        PREDICTIONS, {"both": PREDICTIONS.probabilities, "features alone": always_harp}
    )
    assert table.loc["both"].tolist() == [1, 1]
    assert table.loc["features alone"].tolist() == pytest.approx([2 / 3, 1 / 2])


def test_contributions_are_averaged_without_their_sign_over_a_classs_clips():
    contributions = torch.tensor([[1.0, -2.0], [-3.0, 0.0], [0.0, -5.0]])
    table = mean_contributions(PREDICTIONS, contributions, ["rms", "mfcc_1"])
    assert table.loc["harp"].tolist() == [2, 1]
    assert table.loc["oboe"].tolist() == [0, 5]
