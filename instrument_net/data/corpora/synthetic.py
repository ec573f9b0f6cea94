"""The embedded corpus: instruments rendered by the project itself."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from instrument_net.data.manifest import Manifest, read_manifest
from instrument_net.errors import InputError
from instrument_net.files import unfinished
from instrument_net.progress import work_progress
from instrument_net.spelling import hint
from instrument_net.synthesis import table_of
from instrument_net.synthesis.rendering import render_files

_SYNTHESIS = 3  # raise it whenever the same settings would give other sounds
_CAVEAT = "synthetic: scores on it say nothing about real instruments"


@dataclass(frozen=True)
class SyntheticCorpus:
    """Many individuals of each class of synthetic instrument, each playing a few clips.

    Clips are rendered once, into a folder named after the settings; the same settings give the same
    files to the last bit. ``instrument_id`` names the individual, so a split by it tests a network
    on instruments that it was not trained on.

    Attributes:
        folder: Where corpora are kept.
        individuals_per_class: Instruments of each class.
        clips_per_individual: Clips that each of them plays.
        seed: Another seed gives other instruments and other clips.
        classes: Names of instrument classes, keys of the table; ``None`` takes all.
        table: Which instruments: ``kinds`` (principles of sound production) or ``orchestra`` (as
            recordings name them), see ``synthesis.TABLES``.

    Raises:
        InputError: If a count is below 1, the table unknown, or a class unknown or named twice.
    """

    folder: str | Path = "outputs/synthetic"
    individuals_per_class: int = 20
    clips_per_individual: int = 4
    seed: int = 0
    classes: Sequence[str] | None = None
    table: str = "kinds"

    def __post_init__(self) -> None:
        """Check the settings before anything is rendered."""
        for name in ("individuals_per_class", "clips_per_individual"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}")
        names = self._class_names
        known = table_of(self.table)
        for name in names:
            if name not in known:
                raise InputError(f"classes: unknown {name!r}{hint(name, known)}")
            if names.count(name) > 1:
                raise InputError(f"classes: {name!r} appears twice")

    def render(self) -> Path:
        """Return the corpus' CSV table, rendering the clips first where they are missing."""
        final = Path(self.folder) / self._fingerprint
        table = final / "metadata.csv"
        if table.is_file():
            return table
        # A folder of its own until all is there: what has the final name is complete.
        part = unfinished(final)
        part.mkdir(parents=True)
        rows = []
        individuals = render_files(
            part,
            classes=self._class_names,
            individuals_per_class=self.individuals_per_class,
            clips_per_individual=self.clips_per_individual,
            seed=self.seed,
            table=self.table,
        )
        total = len(self._class_names) * self.individuals_per_class * self.clips_per_individual
        with work_progress() as progress:
            bar = progress.add_task("Rendering instruments", total=total)
            for clips in individuals:
                rows.extend(clips)
                progress.advance(bar, len(clips))
        with (part / "metadata.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        (part / "settings.json").write_text(json.dumps(self._settings, indent=2) + "\n")
        try:
            part.rename(final)
        except OSError:  # another run was quicker; its files are the same
            shutil.rmtree(part)
        return table

    def read(self) -> Manifest:
        """Return the table of clips."""
        return replace(read_manifest(self.render()), caveat=_CAVEAT)

    @property
    def _class_names(self) -> list[str]:
        return list(table_of(self.table)) if self.classes is None else list(self.classes)

    @property
    def _settings(self) -> dict[str, object]:
        settings = asdict(self) | {"classes": self._class_names, "synthesis": _SYNTHESIS}
        del settings["folder"]
        return settings

    @property
    def _fingerprint(self) -> str:
        settings = json.dumps(self._settings, sort_keys=True)
        return hashlib.sha256(settings.encode()).hexdigest()[:12]
