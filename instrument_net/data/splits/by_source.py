"""Some sources are trained on, others tested: does a network know instruments or libraries?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from instrument_net.data.grouping import SplitError, assign_groups, group_columns, group_names
from instrument_net.data.splits.assignment import CLASS_NOT_TRAINED, UNUSED

SOURCE = "source"


@dataclass(frozen=True)
class BySource:
    """Train on some sources (libraries, collections, rooms), test on others.

    Nothing is chosen by the test sources: which columns name a group, which recordings validate,
    the scaling of features, where training stops and which checkpoint is tested follow from clips
    of the training sources alone. Validation takes whole groups of those, stratified by label; a
    class whose clips form a single group stays in training and is not validated on.

    All classes of the training sources are trained. A test clip whose class none of them has is
    left out (``class_not_trained``), and so is a clip of a source that is neither trained nor
    tested on (``unused``).

    Attributes:
        test: Sources that are tested, values of the table's column ``source``.
        train: Sources that are trained and validated on; ``None`` takes all others.
        group_by: As in :class:`Split`.
        validation_fraction: Share of each label's training clips aimed at, in (0, 1).
        seed: Of the shuffle.
    """

    test: Sequence[str]
    train: Sequence[str] | None = None
    group_by: Sequence[str] | None = None
    validation_fraction: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what tests nothing, or what it has trained on."""
        if not 0 < self.validation_fraction < 1:
            raise SplitError(f"validation_fraction is {self.validation_fraction}, not in (0, 1)")
        for name, sources in (("test", self.test), ("train", self.train)):
            if isinstance(sources, str) or (sources is not None and not len(sources)):
                raise SplitError(f"split.{name} must be a list of sources, got {sources!r}")
        both = sorted(set(self.test) & set(self.train or ()))
        if both:
            raise SplitError(f"split.train and split.test both name {', '.join(both)}")

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that name a group: :class:`Split`'s on the training sources."""
        _, trained = self._sources(clips)
        return group_columns(clips[trained], self.group_by)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the name of the group that each clip belongs to."""
        return group_names(clips, self.columns(clips))

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return the split of every clip, or ``class_not_trained`` or ``unused``.

        Raises:
            SplitError: If the table has no sources or not those that are named, or a split would be
                empty.
        """
        tested, trained = self._sources(clips)
        splits = pd.Series(UNUSED, index=clips.index, name="split")
        splits[trained] = self._train_and_validation(clips[trained])
        # Only now, with training and validation settled, do the test sources come in.
        known = clips["label"].isin(set(clips["label"][trained]))
        splits[tested] = known[tested].map({True: "test", False: CLASS_NOT_TRAINED})
        if not (splits == "test").any():
            raise SplitError(
                f"no clip to test: none of the classes of {', '.join(self.test)} is in a training "
                "source"
            )
        return splits

    def describe(self, clips: pd.DataFrame) -> str:
        """Return in a few words how a table is divided."""
        _, trained = self._sources(clips)
        n_sources = clips[SOURCE][trained].nunique()
        columns = " and ".join(self.columns(clips))
        tested = f"the source{'s' * (len(self.test) > 1)} {', '.join(self.test)}"
        return (
            f"tested on {tested}, by which nothing was chosen; trained on {n_sources} "
            f"other{'s' * (n_sources != 1)}, of which whole groups by {columns} (seed {self.seed}) "
            "validate"
        )

    def _sources(self, clips: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
        """Return which clips are of a test source, and which of a training source."""
        sources = source_names(clips)
        named = {*self.test, *(self.train or ())}
        unknown = sorted(named - set(sources))
        if unknown:
            raise SplitError(
                f"the split names the source {', '.join(unknown)}; the table has "
                f"{', '.join(sorted(sources.unique()))}"
            )
        tested = sources.isin(list(self.test))
        trained = ~tested if self.train is None else sources.isin(list(self.train))
        if not trained.any():
            raise SplitError(f"nothing to train on: every source is tested ({len(named)})")
        return tested, trained

    def _train_and_validation(self, clips: pd.DataFrame) -> pd.Series:
        """Divide the clips of the training sources, which are all that it sees."""
        labels, groups = clips["label"], group_names(clips, group_columns(clips, self.group_by))
        if labels.nunique() < 2:
            raise SplitError(f"the training sources have one class only, {labels.iloc[0]!r}")
        wanted = {"train": 1 - self.validation_fraction, "validation": self.validation_fraction}
        splits = assign_groups(labels, groups, wanted, seed=self.seed)
        # A group with two labels may have been assigned for the sake of one and be all that the
        # other has.
        untrained = set(labels) - set(labels[splits == "train"])
        splits[groups.isin(set(groups[labels.isin(untrained)]))] = "train"
        if not (splits == "validation").any():
            raise SplitError(
                "no clip to validate on: every class of the training sources forms a single group. "
                "Let split.group_by name finer groups"
            )
        return splits


def source_names(clips: pd.DataFrame) -> pd.Series:
    """Return the source of each clip.

    Raises:
        SplitError: If the table has no column ``source``, or a row's is blank: such a clip could be
            of the source that is tested.
    """
    if SOURCE not in clips.columns:
        raise SplitError(f"the table has no column {SOURCE!r}; it has {', '.join(clips.columns)}")
    sources = clips[SOURCE].astype(str)
    blank = clips.index[sources.str.strip() == ""]
    if len(blank):
        raise SplitError(
            f"column {SOURCE!r} is empty in {len(blank)} row(s), the first is row {blank[0]}: fill "
            "it or remove them"
        )
    return sources
