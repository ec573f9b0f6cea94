"""Averages over the classes that occur, on paper and beside torchmetrics and the report."""

import pytest
import torch

from instrument_net.learning.class_averages import MacroF1, MacroRecall

# True and predicted class of six clips and five classes: 3 is only predicted, 4 not even that.
TRUE = torch.tensor([0, 0, 0, 1, 1, 2])
PREDICTED = torch.tensor([0, 0, 1, 1, 1, 3])


def test_a_class_without_a_clip_counts_in_no_average():
    recall, f1 = MacroRecall(5), MacroF1(5)
    for metric in (recall, f1):
        for rows in (slice(0, 4), slice(4, 6)):
            metric.update(PREDICTED[rows], TRUE[rows])
    assert float(recall.compute()) == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert float(f1.compute()) == pytest.approx((0.8 + 0.8 + 0) / 3)


def test_the_metrics_in_training_are_those_of_the_report():
    import pandas as pd

    from instrument_net.evaluation import Predictions, measure

    names = ("a", "b", "c", "d", "e")
    clips = pd.DataFrame({"path": list("uvwxyz"), "label": [names[k] for k in TRUE]})
    predicted = torch.nn.functional.one_hot(PREDICTED, 5).float()
    overall = measure(Predictions(clips, predicted, names)).overall
    for metric, name in ((MacroRecall(5), "macro_recall"),
                         (MacroF1(5), "macro_f1")):  # fmt: skip
        metric.update(predicted, TRUE)
        assert float(metric.compute()) == pytest.approx(overall[name])
        metric.reset()
        assert float(metric.tp.sum()) == 0


def test_where_every_class_has_clips_they_agree_with_torchmetrics():
    from torchmetrics.functional.classification import multiclass_accuracy, multiclass_f1_score

    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(200, 4, generator=generator)
    labels = torch.arange(200) % 4
    for metric, theirs in ((MacroRecall(4), multiclass_accuracy),
                           (MacroF1(4), multiclass_f1_score)):  # fmt: skip
        metric.update(logits, labels)
        assert metric.compute() == theirs(logits, labels, num_classes=4, average="macro")
