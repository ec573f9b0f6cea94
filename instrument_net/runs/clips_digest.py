"""The clips of a run -> digits that stand for their content."""

from __future__ import annotations

import hashlib

from instrument_net.data import InstrumentDataModule
from instrument_net.data.extra import EXTRA
from instrument_net.data.packed import PackedDataModule

_PLACES = ("path", "start_s", "duration_s")  # say where the samples are, which have digests


def clips_digest(datamodule: InstrumentDataModule) -> str:
    """Return a digest of the clips of a data module: samples, labels, other columns and order.

    Where the files lie changes nothing.
    """
    if isinstance(datamodule, PackedDataModule):
        return datamodule.pack.fingerprint
    clips = datamodule.store.kept
    table = clips.drop(columns=[column for column in _PLACES if column in clips.columns])
    table = table.assign(digest=list(datamodule.store.digests))
    if EXTRA in table.columns:  # in words of earlier versions, whose runs continue
        table = table.assign(**{EXTRA: (table[EXTRA] != "").astype(str)})
    # Which clips are of one file, not what the file is called.
    parts = [table.to_csv(index=False), str(clips["path"].factorize()[0].tolist())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
