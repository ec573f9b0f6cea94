"""Predictions -> metrics, plots and a report."""

from instrument_net.evaluation.folds import figures_of_folds, together
from instrument_net.evaluation.metrics import Metrics, measure
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.report import Report, write_report
from instrument_net.evaluation.resampling import bootstrap_intervals, compare_pair

__all__ = [
    "Metrics",
    "Predictions",
    "Report",
    "bootstrap_intervals",
    "compare_pair",
    "figures_of_folds",
    "measure",
    "together",
    "write_report",
]
