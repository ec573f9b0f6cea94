"""A corpus whose labels a table maps and drops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from instrument_net.data.corpora.corpus import Corpus
from instrument_net.data.label_table import LabelTable
from instrument_net.data.manifest import Manifest, ManifestError, checked_manifest
from instrument_net.files import PassedOver, printable

_SHOWN = 5


@dataclass(frozen=True)
class Relabelled:
    """The clips of a corpus under the names that a table gives to their labels.

    Attributes:
        corpus: With its own labels.
        table: Label of the corpus -> its name here.
    """

    corpus: Corpus
    table: LabelTable

    def read(self) -> Manifest:
        """Read the corpus and rename its labels; what is dropped is named among ``passed_over``.

        Raises:
            ManifestError: What is wrong with the corpus; or if every clip is dropped, or two labels
                differ only in spelling once they are renamed.
        """
        manifest = self.corpus.read()
        labels = manifest.clips["label"]
        renamed = labels.map({label: self.table.name_of(label) for label in manifest.class_names})
        dropped = renamed.isna()
        if dropped.all():
            raise ManifestError(
                f"{manifest.origin}: {self.table.origin} drops all of its classes: "
                f"{', '.join(manifest.class_names[:_SHOWN])}"
                f"{', ...' if len(manifest.class_names) > _SHOWN else ''}"
            )
        clips = manifest.clips.assign(label=renamed)[~dropped]
        changed = checked_manifest(clips, manifest.origin)
        return replace(
            manifest,
            clips=changed.clips,
            renaming=self._described(labels, renamed),
            passed_over=(
                *manifest.passed_over,
                *(
                    PassedOver(printable(path), f"dropped by {self.table.origin} (class {label})")
                    for path, label in zip(
                        manifest.clips["path"][dropped], labels[dropped], strict=True
                    )
                ),
            ),
        )

    def _described(self, labels: pd.Series, renamed: pd.Series) -> str:
        """Return which classes have another name than in the corpus, and which names match none."""
        other = labels[(labels != renamed) & renamed.notna()]
        was = other.groupby(renamed[other.index]).unique().sort_index()
        parts = [f"{name} was {' and '.join(sorted(olds))}" for name, olds in was.items()]
        said = f"labels by {self.table.origin}: " + ("; ".join(parts) or "no class renamed")
        unmatched = self.table.unmatched(labels.unique())
        everything = len(unmatched) == len(self.table.names)
        if unmatched and (everything or not self.table.shipped):
            names = ", ".join(unmatched[:_SHOWN]) + (", ..." if len(unmatched) > _SHOWN else "")
            said += (
                f"; {len(unmatched)} of its {len(self.table.names)} names match no label here: "
                f"{names}"
            )
        return said


def relabelled(corpus: Corpus, labels: str | Path | LabelTable | None) -> Corpus:
    """Return a corpus under other labels.

    Args:
        corpus: With its own.
        labels: A table, its file, or its name in ``conf/labels``; ``None``: as they are.

    Raises:
        LabelTableError: If there is no such table.
    """
    if labels is None:
        return corpus
    return Relabelled(corpus, labels if isinstance(labels, LabelTable) else LabelTable.read(labels))
