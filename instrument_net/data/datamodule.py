"""Corpus -> loaders of (spectrogram, features, label), in train, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import lightning
import pandas as pd
from torch import Tensor

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.clip_table import ClipTable, read_clips
from instrument_net.data.corpora import Corpus
from instrument_net.data.corpora.corpus import check_corpus
from instrument_net.data.decoded_clips import DecodedClips
from instrument_net.data.description import describe_augmentation, describe_corpus, describe_extra
from instrument_net.data.divided_clips import DividedClips
from instrument_net.data.epoch import Epoch, Sampling
from instrument_net.data.extra import ExtraClasses
from instrument_net.data.left_out import LeftOut
from instrument_net.data.loader import ClipDataset, FrontEndLoader
from instrument_net.data.loaders import Loaders
from instrument_net.data.loading import Loading
from instrument_net.data.preparing import one_at_a_time
from instrument_net.data.process import Process
from instrument_net.data.shortcuts import FromCorpus
from instrument_net.data.splits import Split, SplitRule
from instrument_net.data.store import WaveformStore
from instrument_net.data.view_loader import ViewLoader
from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd
from instrument_net.spelling import hint


class InstrumentDataModule(lightning.LightningDataModule, FromCorpus):
    """Yield batches of (spectrogram, features, label) from any corpus.

    The loaders give (spectrogram ``(batch, 1, 560, 256)`` float32, features ``(batch, 20)``
    float32, label ``(batch,)`` int64) with the default front end, on the trainer's device, or on
    the CPU where there is no trainer. Only training is shuffled, and only training is augmented;
    where the augmentation mixes clips, its labels are probabilities ``(batch, n_classes)``.
    All other arguments are those of :class:`~instrument_net.data.loading.Loading`.

    Args:
        corpus: Where clips come from.
        front_end: Waveforms -> (spectrogram, features); default: the 560 x 256 front end.
        split: How clips are divided into train, validation and test.
        extra: Name -> another corpus, all of whose clips are trained on and nothing else; the
            split of ``corpus`` is the same as without them. Its labels join those of ``corpus``.
        augmentation: What training changes about its clips; default: nothing.

    Attributes:
        class_names: Labels in the order of the network's outputs: those of the training split, or
            of all clips where nothing is trained. Empty before ``setup``, as are the others.
        auxiliary_classes: What is learnt beside them; their labels follow.
        clips: The decoded rows of the table, with ``digest``, ``split``, ``group`` and, where there
            is an extra corpus, ``extra``: its name, or blank.
        rejected: The rows of clips that are left out, with a column ``reason``.

    Raises:
        InputError: If an option is out of range, or ``corpus`` or one of ``extra`` is no corpus.
    """

    def __init__(
        self,
        corpus: Corpus,
        front_end: FrontEnd | None = None,
        *,
        split: SplitRule | None = None,
        extra: Mapping[str, Corpus] | None = None,
        shares: Mapping[str, float] | None = None,
        extra_classes: ExtraClasses = "all",
        augmentation: AugmentationChain | None = None,
        views: int | None = None,
        store_dir: str | Path = "outputs/store",
        batch_size: int | Literal["auto"] = 64,
        sampling: Sampling = "shuffled",
        on_error: Literal["skip", "raise"] = "skip",
        num_workers: int = 0,
        near_duplicates: bool = False,
        epoch_clips: int | None = None,
        joined_notes: float = 0.0,
    ) -> None:
        super().__init__()
        check_corpus(corpus, "corpus")
        extra, shares = dict(extra or {}), dict(shares or {})
        for name, one in extra.items():
            check_corpus(one, f"data.extra.{name}")
        if unknown := sorted(set(shares) - set(extra)):
            raise InputError(f"shares: {unknown[0]!r} is no extra corpus{hint(unknown[0], extra)}")
        self.front_end = front_end or FrontEnd()
        self.split: SplitRule = split or Split()
        self.augmentation = augmentation if augmentation and augmentation.active else None
        self._loading = Loading(
            extra_classes, views, store_dir, batch_size, sampling, on_error, num_workers, shares,
            near_duplicates, epoch_clips, joined_notes,
        )  # fmt: skip
        self._loading.check(self.augmentation)
        if self.augmentation:
            self.augmentation.check_picture(self.front_end.settings["spectrogram"])
        self._corpus, self._extra = corpus, extra
        self._divided: DividedClips | None = None
        self.class_names: tuple[str, ...] = ()
        self.auxiliary_classes: tuple[str, ...] = ()
        self.clips = pd.DataFrame()
        self.rejected = pd.DataFrame()

    @property
    def batch_size(self) -> int:
        """Clips a batch; with ``auto``, after ``setup``."""
        return self._loading.batch_of(self.n_epoch_clips)

    @property
    def n_epoch_clips(self) -> int:
        """Clips that an epoch of training draws; 0 before ``setup``."""
        return 0 if self._divided is None else self._epoch.n_clips

    def prepare_data(self) -> None:
        """Find, check and decode every clip, in one process at a time; what is kept is found."""
        with one_at_a_time(self._loading.store_dir):
            _ = self._decoded.rejected

    @cached_property
    def store(self) -> WaveformStore:
        """The decoded clips, before they are divided: its ``kept`` are the table's rows."""
        return WaveformStore(
            self._table.clips,
            self._loading.store_dir,
            sample_rate_hz=self.front_end.sample_rate_hz,
            num_samples=self.front_end.num_samples,
            parts=self._table.parts,
        )

    @property
    def own_clips(self) -> pd.DataFrame:
        """The clips that the split divides: decoded, with one label each, and not extra ones."""
        return self._decoded.own

    @property
    def left_out(self) -> LeftOut:
        """What of the corpora is not used, and why."""
        return self._decoded.left_out

    def setup(self, stage: str | None = None) -> None:
        """Divide the clips; afterwards, the attributes are filled.

        Raises:
            InputError: What is wrong with table, classes or files.
        """
        if self._divided is None:  # one table serves all stages
            self.prepare_data()
            self.rejected = self._decoded.rejected
            self._divided = self._decoded.divide(self.split, on_error=self._loading.on_error)
            self.clips, self.class_names = self._divided.table, self._divided.class_names
            self.auxiliary_classes = self._divided.auxiliary

    def train_dataloader(self) -> FrontEndLoader | ViewLoader:
        """Return the training batches, augmented, in another random order each epoch."""
        return self._loaders.training()

    def val_dataloader(self) -> FrontEndLoader:
        """Return the validation batches, in the order of the table; each process' share of them."""
        return self._loaders.share_of("validation")

    def test_dataloader(self) -> FrontEndLoader:
        """Return the test batches, in the order of the table; each process' share of them."""
        return self._loaders.share_of("test")

    def loader(self, split: str) -> FrontEndLoader:
        """Return the batches of one split as they are, in the order of the table."""
        return self._loaders.plain(split)

    def training_clips(self) -> ClipDataset:
        """Return the training split's waveforms, labelled as the augmentation needs it."""
        return self._loaders.training_clips()

    def clips_of(self, split: str) -> pd.DataFrame:
        """Return the table rows of one split, in the order of its loader."""
        return self._division.of(split)

    def n_training_clips(self) -> list[int]:
        """Return how many clips of each class the training split has, in the order of the names."""
        return self._division.count_training()

    def feature_statistics(self) -> tuple[Tensor, Tensor]:
        """Return mean and deviation of each feature in training, float32 ``(n_features,)``."""
        return self._loaders.feature_statistics()

    def describe(self) -> str:
        """Return one line about the corpus: where it is, how large, what was left out."""
        corpus, use = self._table.corpus, self.store.describe_use()
        return describe_corpus(corpus, self.own_clips, left_out=self.left_out) + use

    def describe_renaming(self) -> list[str]:
        """Return a line for each corpus whose labels a table maps."""
        return [one.renaming for one in self._table.manifests if one.renaming]

    def describe_extra(self) -> str | None:
        """Return each corpus' part of the training, after ``setup`` with its share of an epoch."""
        if not self._table.extra:
            return None
        usable = self._decoded.usable
        clips = usable.assign(**self._table.origins.loc[usable.index])
        drawn = None if self._divided is None else self._epoch.drawn()
        return describe_extra(self._table.extra, clips, drawn, auxiliary=self._table.auxiliary)

    def describe_split(self) -> str:
        """Return a few sentences about the split: its groups, missing classes, shared values."""
        return self._division.describe()

    def describe_augmentation(self) -> str:
        """Return what training changes about its clips, and whether in every epoch or once."""
        return describe_augmentation(self.augmentation, self._loading.views)

    @cached_property
    def _table(self) -> ClipTable:
        return read_clips(
            self._corpus, self._extra, extra_classes=self._loading.extra_classes, split=self.split
        )

    @cached_property
    def _decoded(self) -> DecodedClips:
        return DecodedClips(self._table, self.store, self._loading.near_duplicates)

    @property
    def _division(self) -> DividedClips:
        self.setup()
        assert self._divided is not None
        return self._divided

    @cached_property
    def _epoch(self) -> Epoch:
        division = self._division
        origins = self._table.origins.loc[division.of("train").index]
        return self._loading.epoch(division.labels("train"), origins)

    @property
    def _loaders(self) -> Loaders:
        return Loaders(
            self.store,
            self._division,
            self.front_end,
            self.augmentation,
            epoch=self._epoch,
            loading=self._loading.with_batches_of(self.batch_size),
            process=Process.of(self.trainer),
        )
