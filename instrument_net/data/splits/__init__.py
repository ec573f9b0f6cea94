"""Clips -> train, validation and test: the rules, one per file."""

from instrument_net.data.grouping import SplitError
from instrument_net.data.splits.assignment import CLASS_NOT_TRAINED, UNUSED, shared_values
from instrument_net.data.splits.by_recording import Split
from instrument_net.data.splits.by_source import BySource
from instrument_net.data.splits.description import describe_split
from instrument_net.data.splits.everything import Everything
from instrument_net.data.splits.k_fold import KFold
from instrument_net.data.splits.leave_one_source_out import LeaveOneSourceOut
from instrument_net.data.splits.of_run import SplitOfRun
from instrument_net.data.splits.rule import FoldRule, SplitRule

__all__ = [
    "CLASS_NOT_TRAINED",
    "UNUSED",
    "BySource",
    "Everything",
    "FoldRule",
    "KFold",
    "LeaveOneSourceOut",
    "Split",
    "SplitError",
    "SplitOfRun",
    "SplitRule",
    "describe_split",
    "shared_values",
]
