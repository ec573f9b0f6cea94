"""Finished attempts -> one table: a row an idea, against its reference on the same clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from benchmarks.unheard.ideas.attempt import Attempt
from benchmarks.unheard.ideas.clips import SHORT, WHOLE
from benchmarks.unheard.scores import Key, table_of
from instrument_net.evaluation import Predictions

_KEPT = ["macro recall", "of each seed", "averaged", "difference"]


def table_of_ideas(done: Mapping[str, Sequence[Attempt]], reference: str) -> pd.DataFrame:
    """Return a row of text an idea: whole clips first, behind them those cut to half a second.

    Args:
        done: Idea -> its attempts, in the order of the rows and of their networks.
        reference: The idea that the others are compared with.
    """
    whole, short = (_scores(done, condition, reference) for condition in (WHOLE, SHORT))
    table = whole[["recipe", "question", *_KEPT]]
    table = table.rename(columns={"recipe": "idea", "of each seed": "of each network"})
    for column in ("macro recall", "difference"):
        table[f"{column}, {SHORT}"] = short[column]
    return table


def _scores(done: Mapping[str, Sequence[Attempt]], condition: str, reference: str) -> pd.DataFrame:
    predictions: dict[str, dict[Key, Predictions]] = {
        name: {(one.seed, ""): one.predictions(condition) for one in attempts}
        for name, attempts in done.items()
    }
    questions = {name: attempts[0].idea.question for name, attempts in done.items()}
    return table_of(predictions, questions, reference)
