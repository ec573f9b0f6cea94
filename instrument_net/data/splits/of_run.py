"""The split that a run made: its clips are found again by path and by content."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from instrument_net.data.equal_content import DIGEST
from instrument_net.data.grouping import SplitError

NOT_IN_RUN = "not_in_run"  # split of a clip that the run did not have


@dataclass(frozen=True)
class SplitOfRun:
    """Every clip in the split that a run's table gives it.

    A clip is the run's if its samples are, wherever and under whatever name it lies now; and if its
    path and excerpt are, though its samples have changed. Each clip of the run is found once: a
    copy that was added since is not the run's.

    Attributes:
        table: The run's: ``path``, ``start_s``, ``split``, ``group``, and ``digest``, without which
            (earlier versions did not write it) clips are found by path only. All text.
        seed: Of no meaning here.
    """

    table: pd.DataFrame
    seed: int = 0

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return what names a group."""
        del clips
        return ("group",)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the group that the run had each clip in; of others, their path."""
        found = self._found(clips)
        return found.map(self._rows["group"]).fillna(clips["path"])

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return the split that the run had each clip in, or ``not_in_run``.

        Raises:
            SplitError: If none of the run's test clips is among them.
        """
        splits = self._found(clips).map(self._rows["split"]).fillna(NOT_IN_RUN).rename("split")
        if not (splits == "test").any():
            raise SplitError(
                f"none of the {self._n_tested} test clips of the run is among the {len(clips)} "
                "clips that were found, by path or content"
            )
        return splits

    def describe(self, clips: pd.DataFrame) -> str:
        """Return in a few words what became of the run's clips."""
        found = self._found(clips)
        here = self._rows.loc[found.dropna().astype(int)]
        own = clips.loc[found.dropna().index]
        missing = self._n_tested - int((here["split"] == "test").sum())
        moved = int((here["path"].to_numpy() != own["path"].to_numpy()).sum())
        changed = 0
        if DIGEST in self._rows.columns and DIGEST in clips.columns:
            changed = int((here[DIGEST].to_numpy() != own[DIGEST].to_numpy()).sum())
        counted = {
            "clips that the run did not have are not tested": int(found.isna().sum()),
            f"of its {self._n_tested} test clips are missing": missing,
            "clips lie elsewhere than in the run and were found by content": moved,
            "clips have the path of one of the run and other content": changed,
        }
        return "; ".join(
            ["as the run divided its clips", *(f"{n} {what}" for what, n in counted.items() if n)]
        )

    @property
    def _rows(self) -> pd.DataFrame:
        return self.table.reset_index(drop=True)

    @property
    def _n_tested(self) -> int:
        return int((self.table["split"] == "test").sum())

    def _found(self, clips: pd.DataFrame) -> pd.Series:
        """Return the row of the run's table that each clip is; NaN where it is none."""
        found: dict[object, int] = {}
        free = set(range(len(self.table)))
        for keys in (("path", "start_s", DIGEST), (DIGEST,), ("path", "start_s")):
            theirs, ours = _keys(self._rows, keys), _keys(clips, keys)
            if theirs is None or ours is None:
                continue
            rows_of = defaultdict(list)
            for row, key in theirs.items():
                if row in free:
                    rows_of[key].append(row)
            for number, key in ours.items():
                if number not in found and rows_of[key]:
                    found[number] = rows_of[key].pop(0)
            free -= set(found.values())
        return pd.Series(found, dtype="Int64").reindex(clips.index).astype(float)


def _keys(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series | None:
    """Return the values of some columns of each row as one; ``None`` where the table lacks one."""
    if not set(columns) <= set(table.columns):
        return None
    parts = [
        table[column].astype(float) if column == "start_s" else table[column] for column in columns
    ]
    return pd.Series(list(zip(*parts, strict=True)), index=table.index)
