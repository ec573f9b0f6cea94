"""What is logged, and which way is better."""

from instrument_net.learning.metrics import DIRECTIONS, classification_metrics


def test_every_metric_has_its_direction_and_every_direction_its_metric():
    metrics = classification_metrics(3)
    assert set(metrics) == DIRECTIONS.keys() - {"loss"}
    assert DIRECTIONS["loss"] == "min"
    for name, metric in metrics.items():
        assert metric.higher_is_better is (DIRECTIONS[name] == "max")
