"""Clips of a store -> a table of descriptors, computed once and kept beside the store."""

from __future__ import annotations

import hashlib

import numpy as np

from instrument_net.baselines.baseline import Array, Descriptor
from instrument_net.data.kept_array import kept_array
from instrument_net.data.store import WaveformStore
from instrument_net.files import written_atomically
from instrument_net.progress import work_progress

_FORMAT = 1  # raise it whenever the same samples and settings give other descriptors


def describe_clips(store: WaveformStore, descriptor: Descriptor) -> Array:
    """Return the descriptors of every clip of a store, ``(len(store), n_descriptors)``.

    Each clip is described on its own, so that the same table serves every split and fold.

    Args:
        store: Decoded waveforms; the table is kept in its folder, under a name that follows from
            the store's samples and the descriptor's settings.
        descriptor: Waveform -> numbers.
    """
    made_from = repr((_FORMAT, store.fingerprint, sorted(descriptor.settings.items())))
    path = store.folder / f"{hashlib.sha256(made_from.encode()).hexdigest()[:32]}.npy"
    kept = kept_array(path, len(store))
    if kept is not None:
        return kept
    with work_progress() as progress:
        rows = [
            descriptor(store.batch([index])[0].numpy())
            for index in progress.track(range(len(store)), description="Describing clips")
        ]
    table: Array = np.stack(rows)
    with written_atomically(path) as part, part.open("wb") as file:
        np.save(file, table)
    return table
