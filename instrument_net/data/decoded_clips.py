"""Table of clips, decoded -> which of them can be divided, and why the others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pandas as pd

from instrument_net.audio import AudioError
from instrument_net.data.clip_table import ClipTable
from instrument_net.data.divided_clips import DividedClips, divide, with_left_out
from instrument_net.data.equal_content import DIGEST, RECORDING, TWO_LABELS, contradictions
from instrument_net.data.extra import EXTRA
from instrument_net.data.left_out import LeftOut
from instrument_net.data.near_duplicates import recordings
from instrument_net.data.splits import SplitError, SplitRule
from instrument_net.data.store import WaveformStore

_SHOWN = 3


@dataclass(frozen=True)
class DecodedClips:
    """The clips of all corpora that could be decoded.

    Attributes:
        table: What was read.
        store: Its samples.
        near_duplicates: Whether clips that are the same recording are looked for.
    """

    table: ClipTable
    store: WaveformStore
    near_duplicates: bool = False

    @cached_property
    def kept(self) -> pd.DataFrame:
        """The rows of the store, with their ``digest``, and ``same_recording`` if it is wanted."""
        known = {DIGEST: list(self.store.digests)}
        if self.near_duplicates:
            known[RECORDING] = recordings(self.store)
        return self.store.kept.assign(**known)

    @cached_property
    def _two_labels(self) -> pd.Series:
        return contradictions(self.kept)

    @cached_property
    def usable(self) -> pd.DataFrame:
        """The rows that can be divided: all but those whose content has two labels."""
        return self.kept.drop(index=self._two_labels.index)

    @property
    def own(self) -> pd.DataFrame:
        """The usable clips that a split divides: all but the extra ones."""
        return self.table.own(self.usable)

    @cached_property
    def rejected(self) -> pd.DataFrame:
        """The rows that are left out, with a column ``reason``."""
        contradictory = self.store.kept.loc[self._two_labels.index].assign(reason=self._two_labels)
        if contradictory.empty:
            return self.store.rejected
        return pd.concat([self.store.rejected, contradictory]).sort_index()

    @property
    def left_out(self) -> LeftOut:
        """What of all corpora is not used."""
        counts = self.rejected["label"].value_counts()
        lost = counts[~counts.index.isin(self.usable["label"])]
        return LeftOut(
            self.rejected,
            passed_over=[entry for one in self.table.manifests for entry in one.passed_over],
            lost_classes={str(label): int(n) for label, n in sorted(lost.items())},
            incomplete=[one.incomplete for one in self.table.manifests if one.incomplete],
        )

    def divide(self, rule: SplitRule, *, on_error: Literal["skip", "raise"]) -> DividedClips:
        """Divide the clips; the table of the result has every row of the store, in its order.

        Args:
            rule: Assigns a split to each clip of the corpus.
            on_error: What to do with clips that are left out: ``skip`` or ``raise``.

        Raises:
            AudioError: With the reason of each clip that would be left out.
            SplitError: What the rule refuses; or if no clip is left.
        """
        if on_error == "raise" and len(self.rejected):
            raise AudioError(
                f"{len(self.rejected)} file(s) cannot be used (data.on_error=skip leaves them "
                "out):\n" + "\n".join(self.rejected["reason"])
            )
        if self.own.empty:
            reasons = "; ".join(self.rejected["reason"].head(_SHOWN))
            raise SplitError(f"{self.table.corpus.origin}: no clip can be used: {reasons}, ...")
        extra = self.usable[self.usable[EXTRA] != ""] if self.table.extra else None
        left_out = self.kept.loc[self._two_labels.index].assign(split=TWO_LABELS)
        divided = divide(rule, self.own, extra, auxiliary=self.table.auxiliary)
        return with_left_out(divided, left_out, self.kept.index)
