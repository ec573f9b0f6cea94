"""Predictions -> metrics, plots and a report."""

from instrument_net.evaluation.metrics import Metrics, measure
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.report import write_report

__all__ = ["Metrics", "Predictions", "measure", "write_report"]
