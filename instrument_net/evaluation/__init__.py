"""Predictions -> metrics, intervals, plots and a report."""

from instrument_net.evaluation.folds import fold_metrics, pooled
from instrument_net.evaluation.metrics import Metrics, measure
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.report import write_report
from instrument_net.evaluation.report_content import Report
from instrument_net.evaluation.resampling import bootstrap_intervals, compare_pair

__all__ = [
    "Metrics",
    "Predictions",
    "Report",
    "bootstrap_intervals",
    "compare_pair",
    "fold_metrics",
    "measure",
    "pooled",
    "write_report",
]
