"""Corpus -> loaders of (spectrogram, features, label), split by recording."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import lightning
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from instrument_net.audio import AudioError
from instrument_net.augmentation import AugmentationChain
from instrument_net.data.class_balanced_sampler import ClassBalancedSampler
from instrument_net.data.corpora import (
    Corpus,
    FolderCorpus,
    ManifestCorpus,
    SyntheticCorpus,
)
from instrument_net.data.extra import check_sources, describe_extra, only_shared, with_extra
from instrument_net.data.loader import ClipDataset, FrontEndLoader
from instrument_net.data.manifest import ManifestError
from instrument_net.data.rendered_views import RenderedViews, check_views
from instrument_net.data.splits import Split, SplitRule, describe_sides
from instrument_net.data.store import WaveformStore
from instrument_net.data.view_loader import ViewDataset, ViewLoader
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
        extra: Another corpus, all of whose clips train: none is validated on or tested, and the
            split of ``corpus`` is what it is without them. Its labels join those of ``corpus``.
        extra_classes: Which clips of ``extra``: ``all``, or only those whose class ``corpus`` has
            too (``shared``).
        augmentation: What training changes about its clips; default: nothing.
        views: How many augmented versions of each clip are rendered once, for all epochs, folds and
            runs, see :class:`~instrument_net.data.rendered_views.RenderedViews`; ``None``:
            waveforms are augmented anew each time.
        store_dir: Folder of decoded waveforms, kept between runs.
        batch_size: Clips a batch.
        sampling: ``shuffled``: every training clip once an epoch; ``class_balanced``: as many
            clips, equally many of every class, see
            :class:`~instrument_net.data.class_balanced_sampler.ClassBalancedSampler`.
        on_error: What to do with a file that cannot be decoded: ``skip`` it, naming it on screen
            and in ``rejected``, or ``raise``.
        num_workers: Loader processes. 0 is right in most cases: a batch is one copy out of a
            memory map.

    Raises:
        ValueError: If ``on_error``, ``sampling``, ``extra_classes``, ``batch_size`` or ``views`` is
            out of range, ``views`` does not suit the augmentation, or ``extra`` is no corpus.
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
        batch_size: int = 64,
        sampling: Literal["shuffled", "class_balanced"] = "shuffled",
        on_error: Literal["skip", "raise"] = "skip",
        num_workers: int = 0,
    ) -> None:
        super().__init__()
        if on_error not in ("skip", "raise"):
            raise ValueError(f"on_error must be 'skip' or 'raise', got {on_error!r}")
        if sampling not in ("shuffled", "class_balanced"):
            raise ValueError(f"sampling must be 'shuffled' or 'class_balanced', got {sampling!r}")
        if extra_classes not in ("all", "shared"):
            raise ValueError(f"extra_classes must be 'all' or 'shared', got {extra_classes!r}")
        if extra is not None and not isinstance(extra, Corpus):
            raise ValueError(
                "extra must be a corpus, chosen by data/extra=orchestra, synthetic, folder or "
                f"manifest, got {extra!r}"
            )
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        self.front_end = front_end or FrontEnd()
        self.split: SplitRule = split or Split()
        self.augmentation = (
            augmentation if augmentation is not None and augmentation.active else None
        )
        if views is not None:
            check_views(views, self.augmentation)
        self.batch_size = batch_size
        self._corpus = corpus
        self._extra = extra
        self._extra_classes = extra_classes
        self._n_views = views
        self._store_dir = store_dir
        self._sampling = sampling
        self._on_error = on_error
        self._num_workers = num_workers
        self._store: WaveformStore | None = None
        self.class_names: tuple[str, ...] = ()
        self.clips = pd.DataFrame()
        self.rejected = pd.DataFrame()

    @classmethod
    def from_manifest(
        cls, path: str | Path, *, labels: Collection[str] | None = None, **options: Any
    ) -> Self:
        """Use the clips that a CSV table lists; ``labels`` are the only ones allowed, if given."""
        return cls(ManifestCorpus(path, labels=labels), **options)

    @classmethod
    def from_folder(cls, path: str | Path, **options: Any) -> Self:
        """Use the clips in a folder of folders, ``label/clip.wav``."""
        return cls(FolderCorpus(path), **options)

    @classmethod
    def from_synthesis(
        cls,
        folder: str | Path = "outputs/synthetic",
        *,
        individuals_per_class: int = 20,
        clips_per_individual: int = 4,
        classes: Sequence[str] | None = None,
        table: str = "kinds",
        seed: int = 0,
        **options: Any,
    ) -> Self:
        """Use synthetic instruments, rendered into ``folder`` the first time.

        See :class:`instrument_net.data.corpora.SyntheticCorpus` for the arguments.
        """
        corpus = SyntheticCorpus(
            folder,
            individuals_per_class=individuals_per_class,
            clips_per_individual=clips_per_individual,
            classes=list(classes) if classes is not None else None,
            table=table,
            seed=seed,
        )
        return cls(corpus, **options)

    def prepare_data(self) -> None:
        """Find, check and decode every clip; what is already in the store is not decoded again."""
        _ = self.store

    @property
    def store(self) -> WaveformStore:
        """Return the decoded clips, before they are divided: its ``kept`` are the table's rows."""
        if self._store is None:
            self._store = self._open_store()
        return self._store

    @property
    def own_clips(self) -> pd.DataFrame:
        """Return the decoded clips that the split divides: all but the extra ones."""
        kept = self.store.kept
        return kept if self._extra is None else kept[~kept["extra"]].drop(columns="extra")

    def setup(self, stage: str | None = None) -> None:
        """Divide the clips; afterwards ``class_names``, ``clips`` and ``rejected`` are filled.

        ``clips`` is the manifest's table without the rejected rows, with columns ``split`` and
        ``group``, and with ``extra`` (bool) where there is an extra corpus; ``class_names`` are the
        labels of the training side, or of all clips where nothing is trained.

        Raises:
            ManifestError, SplitError, AudioError: What is wrong with table, classes or files.
        """
        del stage  # one table serves them all
        if not self.clips.empty:
            return
        self.rejected = self.store.rejected
        if len(self.rejected) and self._on_error == "raise":
            raise AudioError(
                f"{len(self.rejected)} file(s) cannot be used (data.on_error=skip leaves them "
                "out):\n" + "\n".join(self.rejected["reason"])
            )
        own = self.own_clips
        clips = own.assign(split=self.split.assign(own), group=self.split.groups(own))
        if self._extra is not None:
            extra = self.store.kept.iloc[len(own) :]
            extra = extra.assign(split="train", group=extra["path"])
            clips = pd.concat([clips.assign(extra=False), extra])
        self.clips = clips
        trained = clips["label"][clips["split"] == "train"]
        labels = trained if len(trained) else clips["label"]
        self.class_names = tuple(sorted(labels.unique()))

    def train_dataloader(self) -> FrontEndLoader | ViewLoader:
        """Return the training batches, augmented, in a new random order each epoch."""
        labels = self._labels_of("train")
        balanced = self._sampling == "class_balanced"
        options = {
            **self._loader_options(),
            "shuffle": not balanced,
            "sampler": ClassBalancedSampler(labels) if balanced else None,
        }
        device = self._device()
        front_end = self.front_end.to(device)
        augmentation = None if self.augmentation is None else self.augmentation.to(device)
        if augmentation is None or self._n_views is None:
            return FrontEndLoader(
                self.training_clips(),
                front_end=front_end,
                device=device,
                augmentation=augmentation,
                **options,
            )
        views = RenderedViews(
            self.store,
            self._n_views,
            front_end=front_end,
            augmentation=augmentation,
            device=device,
        )
        return ViewLoader(
            ViewDataset(views, self._positions_of("train"), labels),
            augmentation=augmentation,
            device=device,
            **options,
        )

    def val_dataloader(self) -> FrontEndLoader:
        """Return the validation batches, in the order of the table."""
        return self.loader("validation")

    def test_dataloader(self) -> FrontEndLoader:
        """Return the test batches, in the order of the table."""
        return self.loader("test")

    def loader(self, side: str) -> FrontEndLoader:
        """Return the batches of one split as they are, in the order of the table."""
        device = self._device()
        return FrontEndLoader(
            self._clips(side, self._labels_of(side)),
            front_end=self.front_end.to(device),
            device=device,
            **self._loader_options(),
        )

    def training_clips(self) -> ClipDataset:
        """Return the training split's waveforms, labelled as the augmentation needs it."""
        labels = self._labels_of("train")
        if self.augmentation is not None and self.augmentation.mixes_labels:
            labels = one_hot(labels, len(self.class_names)).float()
        return self._clips("train", labels)

    def clips_of(self, side: str) -> pd.DataFrame:
        """Return the table rows of one split, in the order of its loader."""
        self.setup()
        return self.clips[self.clips["split"] == side]

    def n_training_clips(self) -> list[int]:
        """Return how many clips of each class the training split has, in the order of the names."""
        counts = self.clips_of("train")["label"].value_counts()
        return [int(counts[name]) for name in self.class_names]

    def feature_statistics(self) -> tuple[Tensor, Tensor]:
        """Return mean and standard deviation of every feature over the training split.

        Both are float32 ``(n_features,)`` in the features' own units; the deviation is that of
        the population (spec §1.6.2: unit variance over all samples in a column). Measured on the
        clips as they are, not augmented.
        """
        loader = self.loader("train")
        features = torch.cat([features.double().cpu() for _, features, _ in loader])
        return features.mean(0).float(), features.std(0, correction=0).float()

    def describe(self) -> str:
        """Return one line about the corpus: where it is, how large, what was left out."""
        note = ""
        if isinstance(self._corpus, SyntheticCorpus):
            note = "; synthetic: figures say nothing about real instruments"
        own = self.own_clips
        return (
            f"{self._origin.name}, {len(own)} clips of {own['label'].nunique()} classes, "
            f"{len(self.rejected)} left out (rejected.csv){note}"
        )

    def describe_extra(self) -> str | None:
        """Return one line about the extra corpus; ``None`` without one."""
        if self._extra is None:
            return None
        told = describe_extra(self.store.kept)
        note = " (synthetic)" if isinstance(self._extra, SyntheticCorpus) else ""
        return f"{self._extra_origin.name}{note}, {told}"

    def describe_split(self) -> str:
        """Return a few sentences about the split: what it keeps whole, lacks, and shares."""
        if self._extra is None:
            return describe_sides(self.split, self.clips)
        extra = self.clips["extra"]
        return describe_sides(self.split, self.clips[~extra], self.clips[extra])

    def describe_augmentation(self) -> str:
        """Return what training changes about its clips, and whether anew each time."""
        if self.augmentation is None:
            return "none"
        told = self.augmentation.describe()
        return told if self._n_views is None else f"{told}; {self._n_views} rendered views a clip"

    def _clips(self, side: str, labels: Tensor) -> ClipDataset:
        # A worker's pinned memory would not be pinned for this process.
        pin_memory = self._device().type == "cuda" and self._num_workers == 0
        return ClipDataset(self.store, self._positions_of(side), labels, pin_memory=pin_memory)

    def _positions_of(self, side: str) -> Tensor:
        self.setup()
        return torch.from_numpy((self.clips["split"] == side).to_numpy().nonzero()[0])

    def _labels_of(self, side: str) -> Tensor:
        clips = self.clips_of(side)
        code = {name: index for index, name in enumerate(self.class_names)}
        return torch.tensor([code[label] for label in clips["label"]])

    def _device(self) -> torch.device:
        return self.trainer.strategy.root_device if self.trainer else torch.device("cpu")

    def _loader_options(self) -> dict[str, Any]:
        return {
            "batch_size": self.batch_size,
            "num_workers": self._num_workers,
            "persistent_workers": self._num_workers > 0,
        }

    def _open_store(self) -> WaveformStore:
        manifest = self._corpus.read()
        self._origin = manifest.origin
        clips, parts = manifest.clips, [len(manifest.clips)]
        if self._extra is not None:
            try:
                extra = self._extra.read()
            except ManifestError as error:
                raise ManifestError(f"data.extra: {error}") from error
            if self._extra_classes == "shared":
                extra = only_shared(extra, manifest)
            self._extra_origin = extra.origin
            clips, parts = with_extra(manifest, extra), [*parts, len(extra.clips)]
            check_sources(self.split, clips)  # before anything is decoded
        return WaveformStore(
            clips,
            self._store_dir,
            sample_rate_hz=self.front_end.sample_rate_hz,
            num_samples=self.front_end.num_samples,
            parts=parts,
        )
