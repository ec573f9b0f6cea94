"""The data module of a corpus in one call."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from instrument_net.data.corpora import Corpus, FolderCorpus, ManifestCorpus, SyntheticCorpus
from instrument_net.data.relabelled import relabelled


class FromCorpus:
    """What makes a data module of the settings of its corpus."""

    if TYPE_CHECKING:

        def __init__(self, corpus: Corpus, **options: Any) -> None: ...

    @classmethod
    def from_manifest(cls, path: str | Path, **options: Any) -> Self:
        """Use the clips that a CSV table lists.

        Args:
            path: The table.
            **options: ManifestCorpus' and this class's; and ``labels``, a table that maps and drops
                labels, see :func:`~instrument_net.data.relabelled.relabelled`.
        """
        return cls._from(ManifestCorpus, path, **options)

    @classmethod
    def from_folder(cls, path: str | Path, **options: Any) -> Self:
        """Use the clips in a folder of folders, ``label/clip.wav``; ``options``: as for a table.

        >>> from instrument_net.data import InstrumentDataModule
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
        labels = options.pop("labels", None)
        return cls(relabelled(corpus(place, **own), labels), **options)
