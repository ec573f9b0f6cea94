"""One training of a recipe: a seed, a fold, a run folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from benchmarks.unheard.recipes import BEST, Recipe
from instrument_net.configuration import CONF_DIR, extend_hydra
from instrument_net.evaluation import Predictions
from instrument_net.run_folder import RunFolder


@dataclass(frozen=True)
class Data:
    """Where the clips are.

    Attributes:
        table: CSV table of clips with a column ``source``.
        banks: A SoundFont, or a folder of them.
    """

    table: Path
    banks: Path

    def overrides(self, recipe: Recipe) -> list[str]:
        """Return what ``train`` needs to read the clips of a recipe."""
        given = ["data=manifest", f"data.path={self.table}", "data.near_duplicates=true"]
        if not recipe.extra:
            return given
        names = ",".join(name for name, _ in recipe.extra)
        given += [f"data/extra=[{names}]", "data.extra_classes=shared"]
        for name, share in recipe.extra:
            if share is not None:
                given.append(f"data.extra.{name}.share={share}")
            if name == "soundfont":
                given += [f"data.extra.{name}.path={self.banks}", f"data.extra.{name}.held_s=3"]
            else:
                given += [f"data.extra.{name}.individuals_per_class=60",
                          f"data.extra.{name}.clips_per_individual=1"]  # fmt: skip
        return given


@dataclass(frozen=True)
class Trial:
    """A recipe with a seed, tested on the sources of a fold.

    Attributes:
        name: Of the recipe.
        recipe: It.
        seed: Of the training.
        fold: Its name.
        sources: Those that are tested.
        data: Where the clips are.
        root: Folder of all trials.
    """

    name: str
    recipe: Recipe
    seed: int
    fold: str
    sources: Sequence[str]
    data: Data
    root: Path

    @property
    def overrides(self) -> list[str]:
        """The command line of ``train``, but for the run folder."""
        return [
            f"+experiment={BEST}",
            *self.data.overrides(self.recipe),
            "split=by_source",
            f"split.test=[{','.join(self.sources)}]",
            "split.validation_fraction=0.03",  # it chooses nothing: tested_epoch is last
            "split.group_by=[path]",
            "trainer.precision=bf16-mixed",
            f"seed={self.seed}",
            *self.recipe.overrides,
        ]

    @property
    def folder(self) -> RunFolder:
        """Its run folder: another one where command or configuration are others."""
        digest = hashlib.sha256(_composed(tuple(self.overrides)).encode()).hexdigest()[:8]
        return RunFolder(self.root / self.name / f"seed_{self.seed}_fold_{self.fold}_{digest}")

    @property
    def stress_folder(self) -> RunFolder:
        """The run folder of the same network under stress."""
        return RunFolder(self.folder.path / "under_stress")

    def is_done(self, *, stress: bool) -> bool:
        """Return whether there is nothing left to run."""
        begun = (self.root / self.name).glob(f"seed_{self.seed}_fold_{self.fold}_*")
        if not any(begun):  # known at once; the name of the folder takes the configuration
            return False
        done = self.folder.report_page.is_file()
        return done and (not stress or self.stress_folder.report_page.is_file())

    def run(self, *, stress: bool) -> str | None:
        """Train and test; with ``stress`` test on worse recordings, too.

        Returns:
            Why it failed, in one line; ``None`` if it did not.
        """
        if not self.folder.report_page.is_file():
            problem = _call("train", [*self.overrides, f"hydra.run.dir={self.folder.path}"], self)
            if problem is not None:
                return problem
        if stress and not self.stress_folder.report_page.is_file():
            best = self.folder.best_checkpoint
            given = [f"checkpoint={best}", "stress=true"]
            return _call("evaluate", [*given, f"hydra.run.dir={self.stress_folder.path}"], self)
        return None

    def predictions(self) -> Predictions:
        """Return what the finished training predicted."""
        return Predictions.from_csv(self.folder.predictions)


@cache
def _composed(overrides: tuple[str, ...]) -> str:
    extend_hydra()
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        return OmegaConf.to_yaml(compose("train", overrides=[*overrides, "run_dir=unknown"]))


def _call(command: str, overrides: Sequence[str], trial: Trial) -> str | None:
    trial.folder.path.mkdir(parents=True, exist_ok=True)
    log = trial.folder.path.with_suffix(f".{command}.txt")  # beside it: train wants an empty folder
    with log.open("w") as file:
        done = subprocess.run(
            [sys.executable, "-m", f"instrument_net.{command}", *overrides],
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=False,
        )
    if done.returncode == 0:
        return None
    return f"{trial.name}, seed {trial.seed}, fold {trial.fold}: {command} failed, see {log}"
