"""Clips -> train, validation and test: the rules, one per file."""

from instrument_net.data.grouping import SplitError
from instrument_net.data.splits.by_recording import Split
from instrument_net.data.splits.by_source import BySource
from instrument_net.data.splits.description import describe_sides
from instrument_net.data.splits.everything import Everything
from instrument_net.data.splits.k_fold import KFold
from instrument_net.data.splits.leave_one_source_out import LeaveOneSourceOut
from instrument_net.data.splits.rule import FoldRule, SplitRule
from instrument_net.data.splits.sides import UNTAUGHT, UNUSED, shared_values

__all__ = [
    "UNTAUGHT",
    "UNUSED",
    "BySource",
    "Everything",
    "FoldRule",
    "KFold",
    "LeaveOneSourceOut",
    "Split",
    "SplitError",
    "SplitRule",
    "describe_sides",
    "shared_values",
]
