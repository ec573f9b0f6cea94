"""What of a corpus is not used, and why: for the screen, for ``rejected.csv`` and for reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from instrument_net.files import PassedOver, described


@dataclass(frozen=True)
class LeftOut:
    """What of a corpus is not used.

    Attributes:
        rejected: Rows of clips that are left out, with a column ``reason``.
        passed_over: What lies beside the clips and was not taken for audio.
        lost_classes: The classes none of whose clips is left, with their numbers of clips.
        incomplete: What of published corpora is missing, a line each.
    """

    rejected: pd.DataFrame
    passed_over: Sequence[PassedOver]
    lost_classes: Mapping[str, int]
    incomplete: Sequence[str] = ()

    def table(self) -> pd.DataFrame:
        """Return everything with its ``path`` and ``reason``; clips with their other columns."""
        beside = pd.DataFrame(
            [(entry.path, f"passed over: {entry.kind}") for entry in self.passed_over],
            columns=["path", "reason"],
            dtype=str,
        )
        if beside.empty:
            return self.rejected
        if self.rejected.empty:
            return beside.reindex(columns=self.rejected.columns.union(beside.columns, sort=False))
        beside.index = pd.Index([""] * len(beside), name=self.rejected.index.name)
        return pd.concat([self.rejected, beside])

    def lines(self) -> list[str]:
        """Return a line for each clip that is left out, and one a kind of what lies beside them."""
        return [
            *self.incomplete,
            *self.rejected["reason"],
            *(f"class {name}: none of its {n} clips can be used" for name, n in
              self.lost_classes.items()),
            *described(self.passed_over),
        ]  # fmt: skip

    def describe(self) -> str:
        """Return the numbers, and the classes that are lost, on one line."""
        words = f"{len(self.rejected)} left out (rejected.csv)"
        if self.lost_classes:
            names = ", ".join(f"{name} ({n})" for name, n in self.lost_classes.items())
            words += f", among them all of {names}"
        kinds = Counter(entry.kind for entry in self.passed_over)
        if kinds:
            words += "; passed over beside them: " + ", ".join(
                f"{kind} ({n})" for kind, n in sorted(kinds.items())
            )
        return "; ".join([words, *self.incomplete])
