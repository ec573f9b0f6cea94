"""Packed corpus -> loaders of (spectrogram, features, label), in train, validation and test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from instrument_net.audio import AudioError
from instrument_net.augmentation import AugmentationChain
from instrument_net.data.corpora.packed import PackedCorpus
from instrument_net.data.datamodule import InstrumentDataModule
from instrument_net.data.description import describe_augmentation
from instrument_net.data.epoch import Epoch
from instrument_net.data.equal_content import DIGEST
from instrument_net.data.left_out import LeftOut
from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.packed.block_order import BlockOrder
from instrument_net.data.packed.clips import PackedClips
from instrument_net.data.packed.index import REJECTED, TABLE, UNDIVIDED, PackIndex
from instrument_net.data.packed.place import Place, place_of
from instrument_net.data.splits import Everything, Split, SplitOfRun, SplitRule
from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd
from instrument_net.own_table import read_own_table

_MEASURED = 4096  # clips that the scaling of the features is measured on
_CACHE = "packs"  # below store_dir


class PackedDataModule(InstrumentDataModule):
    """Yield the batches of a pack as :class:`InstrumentDataModule` yields those of a corpus.

    Classes and split are those that the clips were packed with. In memory are, of each clip, its
    class and its place in the order of an epoch, and one batch; of the table, once they are tested,
    the validation and the test clips. An epoch goes through the
    chunks in random order and mixes the clips of a few of them at a time; with another ``sampling``
    than ``shuffled``, or ``epoch_clips``, clips are drawn from all chunks at once.

    Args:
        corpus: The pack.
        front_end: Waveforms -> (spectrogram, features), of the pack's sample rate and length.
        split: ``Everything`` or that of a run; otherwise it has to be left as it is by default.
        augmentation: What training changes about its clips; default: nothing.
        **loading: As for :class:`InstrumentDataModule`. ``store_dir`` keeps what is fetched of a
            remote pack.

    Raises:
        InputError: If an option is out of range, or cannot be had with a pack.
    """

    def __init__(
        self,
        corpus: PackedCorpus,
        front_end: FrontEnd | None = None,
        *,
        split: SplitRule | None = None,
        augmentation: AugmentationChain | None = None,
        **loading: Any,
    ) -> None:
        super().__init__(corpus, front_end, split=split, augmentation=augmentation, **loading)
        self._path = corpus.path
        for name in ("extra", "views", "near_duplicates"):
            if loading.get(name):
                raise InputError(
                    f"{name} cannot be had with a pack, which is read batch by batch: leave it "
                    "out, or take the corpus that the pack was made of"
                )
        self._is_set_up = False

    @cached_property
    def _place(self) -> Place:
        return place_of(self._path)

    @cached_property
    def pack(self) -> PackIndex:
        """What is known about the pack as a whole."""
        return PackIndex.read(self._place)

    @cached_property
    def store(self) -> Any:
        """The waveforms, batch by batch; what asks for more of them is refused."""
        from instrument_net.data.packed.waveforms import PackedWaveforms

        return PackedWaveforms(self._place, self.pack, self._cache)

    @property
    def clips(self) -> pd.DataFrame:
        """The table of the test clips, read when it is asked for; empty before ``setup``."""
        return self._division.table("test") if self._is_set_up else pd.DataFrame()

    @clips.setter
    def clips(self, value: pd.DataFrame) -> None:
        """Keep nothing: Lightning's data module begins with an empty table."""

    @property
    def own_clips(self) -> pd.DataFrame:
        """Refuse: a pack was divided when it was written.

        Raises:
            InputError: Always.
        """
        raise InputError(
            f"{self._path}: a pack was divided when it was written, {self.pack.rule}, and has no "
            "folds: pack each fold, or take the corpus that the pack was made of"
        )

    @property
    def left_out(self) -> LeftOut:
        """What of the corpus was left out when it was packed, and why."""
        return LeftOut(self.rejected, passed_over=(), lost_classes={})

    def table_files(self) -> list[Path]:
        """Return the tables of all clips, with the same columns, as files."""
        names = [*(f"{split}/{TABLE}" for split in SPLIT_NAMES), UNDIVIDED]
        return [self._place.local(name, self._cache) for name in names]

    @property
    def n_epoch_clips(self) -> int:
        """Clips that an epoch of training draws; 0 before ``setup``."""
        return self._epoch.n_clips if self._is_set_up else 0

    def prepare_data(self) -> None:
        """Do nothing: the clips are decoded."""

    def setup(self, stage: str | None = None) -> None:
        """Read what the pack says about its clips.

        Raises:
            InputError: If there is no pack or it is not whole, it has another sample rate or length
                than the front end, or the split is another one.
        """
        if self._is_set_up:
            return
        self._check_front_end()
        self._check_split()
        rejected = read_own_table(self._place.local(REJECTED, self._cache))
        self.rejected = rejected.set_index("row")
        if self._loading.on_error == "raise" and len(rejected):
            raise AudioError(
                f"{self._path}: {len(rejected)} file(s) were left out when the clips were packed "
                "(data.on_error=skip goes on without them):\n" + "\n".join(rejected["reason"])
            )
        self.class_names, self._is_set_up = self._division.class_names, True

    def feature_statistics(self) -> tuple[Tensor, Tensor]:
        """Return mean and deviation of each feature, float32 ``(n_features,)``.

        Measured on the first 4,096 training clips: packed in random order, they are a sample of
        all.
        """
        measured: list[Tensor] = []
        for _, features, _ in self._loaders.plain("train"):
            measured.append(features.double().cpu())
            if sum(map(len, measured)) >= _MEASURED:
                break
        features = torch.cat(measured)
        return features.mean(0).float(), features.std(0, correction=0).float()

    def describe(self) -> str:
        """Return one line about the corpus, as it was when it was packed."""
        return f"packed: {self.pack.described}"

    def describe_renaming(self) -> list[str]:
        """Return which labels have another name than in the corpus, if any have."""
        return [self.pack.renaming] if self.pack.renaming else []

    def describe_extra(self) -> None:
        """Return nothing: a pack is all there is to train on."""

    def describe_split(self) -> str:
        """Return a few sentences about the split, made when the clips were packed."""
        return self._division.rule if self._tests_all else self.pack.described_split

    def describe_augmentation(self) -> str:
        """Return what training changes about its clips."""
        return describe_augmentation(self.augmentation, None)

    @property
    def _cache(self) -> Path:
        return Path(self._loading.store_dir) / _CACHE

    @property
    def _tests_all(self) -> bool:
        return isinstance(self.split, Everything)

    @cached_property
    def _division(self) -> Any:
        return PackedClips(self._place, self.pack, self._cache, all_tested=self._tests_all)

    @cached_property
    def _epoch(self) -> Any:
        if self._tests_all:
            return _BlocksOfEpoch(torch.zeros(1, dtype=torch.int64))
        if self._loading.sampling == "shuffled" and self._loading.epoch_clips is None:
            return _BlocksOfEpoch(self._division.blocks())
        origins = pd.DataFrame({"source": self._division.sources()}).assign(corpus="")
        epoch: Epoch = self._loading.epoch(self._division.labels("train"), origins)
        return epoch

    def _check_front_end(self) -> None:
        ours = (self.front_end.sample_rate_hz, self.front_end.num_samples)
        theirs = (self.pack.sample_rate_hz, self.pack.num_samples)
        if ours != theirs:
            raise InputError(
                f"{self._path}: its clips have {theirs[1]:,} samples at {theirs[0]:,} Hz, but the "
                f"front end takes {ours[1]:,} at {ours[0]:,} Hz: pack the clips again with this "
                "front end, frontend=..."
            )

    def _check_split(self) -> None:
        """Refuse a split of the user's, and the test split of a run on another pack."""
        if isinstance(self.split, SplitOfRun):
            tested = self.split.table[self.split.table["split"] == "test"]
            if set(tested.get(DIGEST, [])) != set(self._division.table("test")[DIGEST]):
                raise InputError(
                    f"{self._path}: the test clips of this pack are not those of the run: it was "
                    "packed again from other clips or with another split"
                )
        elif isinstance(self.split, Split) and replace(self.split, seed=0) == Split():
            return
        elif not self._tests_all:
            raise InputError(
                f"split: {self._path} was divided when it was written, {self.pack.rule}: leave "
                "split as it is by default, or pack the clips again with this split"
            )


@dataclass(frozen=True)
class _BlocksOfEpoch:
    """An epoch that has every training clip once, a few chunks at a time."""

    bounds: Tensor

    @property
    def n_clips(self) -> int:
        """Clips that an epoch has."""
        return int(self.bounds[-1])

    def sampler(self, seed: int | None = None) -> BlockOrder:
        """Return the order of the clips, another one in every epoch; see :class:`BlockOrder`."""
        return BlockOrder(self.bounds, seed=seed)
