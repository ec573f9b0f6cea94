"""What is known of a published corpus: its size, licence, split, files and traps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import pandas as pd

from instrument_net.data.manifest import Manifest

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


@dataclass(frozen=True)
class RemoteFile:
    """A file that a corpus is downloaded from.

    Attributes:
        url: Its address.
        checksum: ``md5:...`` or ``sha256:...``; ``None`` where none is published.
    """

    url: str
    checksum: str | None = None

    @property
    def name(self) -> str:
        """What the file is called when it is downloaded."""
        return self.url.partition("?")[0].rpartition("/")[2]

    @property
    def is_archive(self) -> bool:
        """Whether it is unpacked when it is downloaded."""
        return self.name.endswith(_ARCHIVES)


@dataclass(frozen=True)
class CorpusFacts:
    """The facts of a published corpus, as they stand on screen and in ``docs/corpora.md``.

    Attributes:
        name: As in ``data=NAME``.
        title: As its authors call it, with the version.
        n_classes: Number of labels; ``None`` where it is not known.
        n_clips: Number of clips; ``None`` where it is not known.
        hours: Of sound; ``None`` where it is not known.
        licence: Of the audio, in a few words.
        citation: Whom and what to cite, on one line.
        page: Address of its page.
        official_split: What its authors say about training and testing, in a few words.
        beware: What scores on it do not say, as half a sentence for reports.
        layout: Which files lie where below ``path``, in a few words.
        files: What ``fetch`` downloads; empty where there is no free download.
        size: Bytes of all these files; ``None`` where it is not known.
        ask: Where to ask for the audio, if ``files`` does not hold all of it.
        keeps_whole: Columns each of whose values a split keeps whole.
        clips_per_class: Label -> number of clips, where no file of the corpus lists its clips.
        parts: File or folder below ``path`` -> number of clips that come with it, where one that is
            missing does not show in the list of clips.
    """

    name: str
    title: str
    n_classes: int | None
    n_clips: int | None
    hours: float | None
    licence: str
    citation: str
    page: str
    official_split: str
    beware: str
    layout: str
    files: tuple[RemoteFile, ...] = ()
    size: int | None = None
    ask: str = ""
    keeps_whole: tuple[str, ...] = ()
    clips_per_class: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)


@runtime_checkable
class NamedCorpus(Protocol):
    """What the class of a published corpus offers; it is made of the ``path`` of the corpus."""

    def listed(self) -> pd.DataFrame:
        """Return the rows of ``listing.listed_manifest``.

        Files that are listed and not there are among them.
        """
        ...

    def read(self) -> Manifest:
        """Return the checked table of the clips whose files are there."""
        ...
