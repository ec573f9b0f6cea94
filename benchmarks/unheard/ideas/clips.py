"""The clips of a fold as the recipe `best` sees them: made once, read again by every idea."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import pandas as pd
import torch
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig
from torch import Tensor

from benchmarks.unheard.trial import Trial
from instrument_net.configuration import CONF_DIR, extend_hydra
from instrument_net.data import InstrumentDataModule
from instrument_net.data.store import FULL_SCALE
from instrument_net.files import written_atomically
from instrument_net.own_table import read_own_table
from instrument_net.runs.assembly import build_datamodule
from instrument_net.stress.cut import cut

WHOLE, SHORT = "whole", "0.5 s"
_SHORT_S = 0.5
_TABLE = "clips.csv"  # written last: the folder is complete once it is there
_AT_A_TIME = 64


@dataclass(frozen=True)
class Part:
    """The clips of one split.

    Attributes:
        table: One row a clip, with ``label``, ``source``, ``extra`` and ``pitch_midi``.
        spectrograms: ``(n_clips, 1, bins, frames)`` float16 in [0, 1].
        features: ``(n_clips, n_features)``.
        class_names: Of the network's outputs.
    """

    table: pd.DataFrame
    spectrograms: Tensor
    features: Tensor
    class_names: tuple[str, ...]

    @cached_property
    def labels(self) -> Tensor:
        """Class of each clip, int64 ``(n_clips,)``."""
        code = {name: index for index, name in enumerate(self.class_names)}
        return torch.tensor([code[label] for label in self.table["label"]])

    @cached_property
    def sources(self) -> Tensor:
        """Source of each clip, from 0 on in the order of the names, int64 ``(n_clips,)``."""
        return torch.from_numpy(self.table["source"].factorize(sort=True)[0])

    @cached_property
    def pitches(self) -> Tensor:
        """MIDI number of each clip's note, ``(n_clips,)``; NaN where it is not known."""
        known = pd.to_numeric(self.table["pitch_midi"], errors="coerce")
        return torch.from_numpy(known.to_numpy(dtype="float32"))


@dataclass(frozen=True)
class Clips:
    """The clips that train, and those of the sources that are left out.

    Attributes:
        config: That of the recipe on this fold.
        train: Recordings and notes of banks.
        tested: Condition -> the same clips, whole and cut to half a second.
    """

    config: DictConfig
    train: Part
    tested: dict[str, Part]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Name of each output."""
        return self.train.class_names

    @classmethod
    def of(cls, trial: Trial, root: Path) -> Self:
        """Return the clips of a fold, made first where they are missing.

        Args:
            trial: Says fold, table and banks.
            root: Folder of all such clips.
        """
        extend_hydra()
        with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
            config = compose("train", overrides=[*trial.overrides, "run_dir=unknown"])
        folder = root / trial.folder.path.name
        if not (folder / _TABLE).is_file():
            _make(config, folder)
        table = read_own_table(folder / _TABLE)
        kept = torch.load(folder / "clips.pt", weights_only=True)
        names = tuple(kept["class_names"])

        def part(split: str, condition: str) -> Part:
            rows = table[table["split"] == split]
            return Part(rows, kept[f"{split} {condition}"], kept[f"{split} features"], names)

        tested = {condition: part("test", condition) for condition in (WHOLE, SHORT)}
        return cls(config, part("train", WHOLE), tested)


@torch.inference_mode()
def _make(config: DictConfig, folder: Path) -> None:
    """Write the spectrograms of both splits, and the table of their clips."""
    datamodule = build_datamodule(config)
    datamodule.setup()
    kept: dict[str, object] = {"class_names": list(datamodule.class_names)}
    for split in ("train", "test"):
        batches = list(datamodule.loader(split))
        kept[f"{split} {WHOLE}"] = torch.cat([spectrogram.half() for spectrogram, _, _ in batches])
        kept[f"{split} features"] = torch.cat([features for _, features, _ in batches])
    kept[f"test {SHORT}"] = _short(datamodule)
    folder.mkdir(parents=True, exist_ok=True)
    with written_atomically(folder / "clips.pt") as path:
        torch.save(kept, path)
    tables = [datamodule.clips_of("train"), datamodule.clips_of("test")]
    with written_atomically(folder / _TABLE) as path:
        pd.concat(tables).to_csv(path)


def _short(datamodule: InstrumentDataModule) -> Tensor:
    """Return the spectrograms of the tested clips, silent after half a second."""
    front_end = datamodule.front_end
    tested = (datamodule.clips["split"] == "test").to_numpy().nonzero()[0].tolist()
    parts = []
    for start in range(0, len(tested), _AT_A_TIME):
        waveforms = datamodule.store.batch(tested[start : start + _AT_A_TIME]) / FULL_SCALE
        shortened = cut(waveforms, length_s=_SHORT_S, sample_rate_hz=front_end.sample_rate_hz)
        parts.append(front_end(shortened)[0].half())
    return torch.cat(parts)
