"""Corpus -> loaders of (spectrogram, features, label), in train, validation and test."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import lightning
import pandas as pd
import torch
from torch import Tensor

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.clip_table import ClipTable, read_clips
from instrument_net.data.corpora import Corpus, FolderCorpus, ManifestCorpus, SyntheticCorpus
from instrument_net.data.corpora.corpus import check_corpus
from instrument_net.data.decoded_clips import DecodedClips
from instrument_net.data.description import describe_augmentation, describe_corpus, describe_extra
from instrument_net.data.divided_clips import DividedClips
from instrument_net.data.left_out import LeftOut
from instrument_net.data.loader import ClipDataset, FrontEndLoader
from instrument_net.data.loaders import Loaders
from instrument_net.data.loading import Loading
from instrument_net.data.splits import Split, SplitRule, describe_split
from instrument_net.data.store import WaveformStore
from instrument_net.data.view_loader import ViewLoader
from instrument_net.frontend import FrontEnd


class InstrumentDataModule(lightning.LightningDataModule):
    """Yield batches of (spectrogram, features, label) from any corpus.

    The loaders give (spectrogram ``(batch, 1, 560, 256)`` float32, features ``(batch, 20)``
    float32, label ``(batch,)`` int64) with the default front end, on the trainer's device, or on
    the CPU where there is no trainer. Only training is shuffled, and only training is augmented;
    where the augmentation mixes clips, its labels are probabilities ``(batch, n_classes)``.

    Args:
        corpus: Where clips come from.
        front_end: Waveforms -> (spectrogram, features); default: the 560 x 256 front end.
        split: How clips are divided into train, validation and test.
        extra: Another corpus, all of whose clips are trained on: none is validated on or tested,
            and the split of ``corpus`` is the same as without them. Its labels join those of
            ``corpus``.
        augmentation: What training changes about its clips; default: nothing.
        extra_classes, views, store_dir, batch_size, sampling, on_error, num_workers: How clips are
            read and batched, see :class:`~instrument_net.data.loading.Loading`.

    Attributes:
        class_names: Labels in the order of the network's outputs: those of the training split, or
            of all clips where nothing is trained. Empty before ``setup``, as are the others.
        clips: The corpus' table without the rows that could not be decoded, with columns
            ``digest``, ``split`` and ``group``, and ``extra`` (bool) where there is such a corpus.
        rejected: The rows of clips that are left out, with a column ``reason``.

    Raises:
        InputError: If an option is out of range, ``views`` does not suit the augmentation, or
            ``corpus`` or ``extra`` is no corpus.
    """

    def __init__(
        self,
        corpus: Corpus,
        front_end: FrontEnd | None = None,
        *,
        split: SplitRule | None = None,
        extra: Corpus | None = None,
        extra_classes: Literal["all", "shared"] = "all",
        augmentation: AugmentationChain | None = None,
        views: int | None = None,
        store_dir: str | Path = "outputs/store",
        batch_size: int | Literal["auto"] = 64,
        sampling: Literal["shuffled", "class_balanced"] = "shuffled",
        on_error: Literal["skip", "raise"] = "skip",
        num_workers: int = 0,
    ) -> None:
        super().__init__()
        check_corpus(corpus, "corpus")
        if extra is not None:
            check_corpus(extra, "data.extra")
        self.front_end = front_end or FrontEnd()
        self.split: SplitRule = split or Split()
        active = augmentation is not None and augmentation.active
        self.augmentation = augmentation if active else None
        self._loading = Loading(
            extra_classes, views, store_dir, batch_size, sampling, on_error, num_workers
        )
        self._loading.check(self.augmentation)
        self._corpus, self._extra = corpus, extra
        self._divided: DividedClips | None = None
        self.class_names: tuple[str, ...] = ()
        self.clips = pd.DataFrame()
        self.rejected = pd.DataFrame()

    @classmethod
    def from_manifest(cls, path: str | Path, **options: Any) -> Self:
        """Use the clips that a CSV table lists; ``options``: ManifestCorpus' and this class's."""
        return cls._from(ManifestCorpus, path, **options)

    @classmethod
    def from_folder(cls, path: str | Path, **options: Any) -> Self:
        """Use the clips in a folder of folders, ``label/clip.wav``.

        >>> datamodule = InstrumentDataModule.from_folder("recordings", store_dir="decoded")
        >>> datamodule.setup()
        Decoding audio ... 8/8 ...
        >>> datamodule.class_names
        ('flute', 'oboe')
        >>> spectrogram, features, label = next(iter(datamodule.train_dataloader()))
        >>> spectrogram.shape, features.shape, label.shape
        (torch.Size([4, 1, 560, 256]), torch.Size([4, 20]), torch.Size([4]))
        """
        return cls._from(FolderCorpus, path, **options)

    @classmethod
    def from_synthesis(cls, folder: str | Path = SyntheticCorpus.folder, **options: Any) -> Self:
        """Use synthetic instruments; ``options``: SyntheticCorpus' and this class's."""
        return cls._from(SyntheticCorpus, folder, **options)

    @classmethod
    def _from(cls, corpus: Callable[..., Corpus], place: str | Path, **options: Any) -> Self:
        of_corpus = inspect.signature(corpus).parameters
        own = {name: options.pop(name) for name in [*options] if name in of_corpus}
        return cls(corpus(place, **own), **options)

    @property
    def batch_size(self) -> int:
        """Clips a batch; with ``auto``, after ``setup``."""
        return self._loading.batch_of(0 if self._divided is None else sum(self.n_training_clips()))

    def prepare_data(self) -> None:
        """Find, check and decode every clip; what is already in the store is not decoded again."""
        _ = self.store

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
        """Divide the clips; afterwards ``class_names``, ``clips`` and ``rejected`` are filled.

        Raises:
            ManifestError, SplitError, AudioError: What is wrong with table, classes or files.
        """
        del stage  # one table serves them all
        if self._divided is None:
            self.rejected = self._decoded.rejected
            self._divided = self._decoded.divide(self.split, on_error=self._loading.on_error)
            self.clips, self.class_names = self._divided.table, self._divided.class_names

    def train_dataloader(self) -> FrontEndLoader | ViewLoader:
        """Return the training batches, augmented, in another random order each epoch."""
        return self._loaders.training()

    def val_dataloader(self) -> FrontEndLoader:
        """Return the validation batches, in the order of the table."""
        return self.loader("validation")

    def test_dataloader(self) -> FrontEndLoader:
        """Return the test batches, in the order of the table."""
        return self.loader("test")

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
        """Return mean and standard deviation of every feature over the training split as it is.

        Both are float32 ``(n_features,)``, in the features' own units.
        """
        return self._loaders.feature_statistics()

    def describe(self) -> str:
        """Return one line about the corpus: where it is, how large, what was left out."""
        corpus, use = self._table.corpus, self.store.describe_use()
        return describe_corpus(corpus, self.own_clips, left_out=self.left_out) + use

    def describe_extra(self) -> str | None:
        """Return one line about the extra corpus; ``None`` without one."""
        return describe_extra(self._table.extra, self._decoded.usable)

    def describe_split(self) -> str:
        """Return a few sentences about the split: its groups, missing classes, shared values."""
        return describe_split(self.split, self._division.own, self._division.extra)

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
        return DecodedClips(self._table, self.store)

    @property
    def _division(self) -> DividedClips:
        self.setup()
        assert self._divided is not None
        return self._divided

    @property
    def _loaders(self) -> Loaders:
        trainer = self.trainer
        return Loaders(
            self.store,
            self._division,
            self.front_end,
            self.augmentation,
            device=trainer.strategy.root_device if trainer else torch.device("cpu"),
            loading=self._loading.with_batches_of(self.batch_size),
        )
