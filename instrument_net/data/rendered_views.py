"""Augmented versions of every clip, rendered once and kept, so that an epoch only draws them.

A view of a corpus is every clip of it, each augmented once: ``view_<k>_spectrograms.npy`` and
``view_<k>_features.npy`` in a folder whose name is a hash of what made them (samples, augmentation,
front end). So a view is never stale, the folds of a cross-validation share them, and more views of
the same kind only add to those that are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.kept_array import kept_array
from instrument_net.data.preparing import one_at_a_time
from instrument_net.data.store import FULL_SCALE, WaveformStore
from instrument_net.errors import InputError
from instrument_net.files import written_atomically
from instrument_net.frontend import FrontEnd
from instrument_net.progress import work_progress

_FORMAT = 1  # raise it whenever the same settings would give other views
_CLIPS_PER_BATCH = 16


class RenderedViews:
    """Spectrograms and features of a store's clips, each augmented in a number of ways.

    What is drawn follows from the view's number alone, not from the run's seed: two runs on the
    same kind of device draw from the same views. Augmentations of spectrograms are no part of
    them: they are cheap, and drawn again in every epoch.

    Args:
        store: The decoded waveforms.
        n_views: How many versions of each clip.
        front_end: Waveforms -> (spectrogram, features).
        augmentation: Changes the waveforms.
        device: Where views are made.

    Raises:
        InputError: See :func:`check_views`.
    """

    def __init__(
        self,
        store: WaveformStore,
        n_views: int,
        *,
        front_end: FrontEnd,
        augmentation: AugmentationChain,
        device: torch.device,
    ) -> None:
        check_views(n_views, augmentation)
        made_from = repr((_FORMAT, store.fingerprint, front_end.fingerprint, augmentation.settings))
        key = hashlib.sha256(made_from.encode()).hexdigest()[:32]
        self._folder = store.folder / f"views_{key}"
        if any(not self._is_rendered(view, len(store)) for view in range(n_views)):
            with one_at_a_time(self._folder):
                self._render_missing(n_views, store, front_end, augmentation, device)
        # Features fit into memory; spectrograms stay on disk and in its cache.
        self._spectrograms = [
            np.load(self._spectrograms_path(view), mmap_mode="r") for view in range(n_views)
        ]
        self._features = np.stack([np.load(self._features_path(view)) for view in range(n_views)])
        self.n_views = n_views

    def batch(self, clips: Sequence[int], views: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Return one view each of some clips.

        Args:
            clips: Positions in the store.
            views: Which view of each, from 0.

        Returns:
            Spectrograms ``(len(clips), 1, bins, frames)`` in [0, 1] and features
            ``(len(clips), n_features)``, both float32, on the CPU.
        """
        spectrograms = np.stack(
            [self._spectrograms[view][clip] for clip, view in zip(clips, views, strict=True)]
        )
        features = self._features[list(views), list(clips)]
        return torch.from_numpy(spectrograms).float()[:, None], torch.from_numpy(features)

    def _render_missing(
        self,
        n_views: int,
        store: WaveformStore,
        front_end: FrontEnd,
        augmentation: AugmentationChain,
        device: torch.device,
    ) -> None:
        missing = [view for view in range(n_views) if not self._is_rendered(view, len(store))]
        if not missing:  # another process was quicker
            return
        with work_progress() as progress:
            bar = progress.add_task("Rendering augmented clips", total=len(missing) * len(store))
            for view in missing:
                self._render(
                    view, store, front_end, augmentation, device,
                    done=lambda n_clips: progress.advance(bar, n_clips),
                )  # fmt: skip

    @torch.no_grad()
    def _render(
        self,
        view: int,
        store: WaveformStore,
        front_end: FrontEnd,
        augmentation: AugmentationChain,
        device: torch.device,
        *,
        done: Callable[[int], None],
    ) -> None:
        """Write a view's spectrograms (float16: steps of 0.04 dB at 80 dB) and features."""
        n_clips, (_, bins, frames) = len(store), front_end.spectrogram_shape
        features = np.empty((n_clips, len(front_end.feature_names)), dtype=np.float32)
        with (
            written_atomically(self._spectrograms_path(view)) as part,
            torch.random.fork_rng([device] if device.type == "cuda" else []),
        ):
            torch.manual_seed(view)
            spectrograms = np.lib.format.open_memmap(  # a view may be larger than the memory
                part, mode="w+", dtype=np.float16, shape=(n_clips, bins, frames)
            )
            for start in range(0, n_clips, _CLIPS_PER_BATCH):
                clips = range(start, min(start + _CLIPS_PER_BATCH, n_clips))
                waveforms, _ = augmentation.augment_waveforms(
                    store.batch(clips).to(device) / FULL_SCALE,
                    torch.zeros(len(clips), dtype=torch.int64, device=device),
                )
                batch_spectrograms, batch_features = front_end(waveforms)
                spectrograms[start : clips.stop] = batch_spectrograms[:, 0].cpu().numpy()
                features[start : clips.stop] = batch_features.cpu().numpy()
                done(len(clips))
            spectrograms.flush()
            del spectrograms  # an open map cannot be renamed everywhere
        with written_atomically(self._features_path(view)) as part, part.open("wb") as file:
            np.save(file, features)

    def _is_rendered(self, view: int, n_clips: int) -> bool:
        spectrograms = kept_array(self._spectrograms_path(view), n_clips, mapped=True)
        return (
            spectrograms is not None and kept_array(self._features_path(view), n_clips) is not None
        )

    def _spectrograms_path(self, view: int) -> Path:
        return self._folder / f"view_{view}_spectrograms.npy"

    def _features_path(self, view: int) -> Path:  # written last: a view exists once it does
        return self._folder / f"view_{view}_features.npy"


def check_views(n_views: int, augmentation: AugmentationChain | None) -> None:
    """Refuse views that cannot be rendered once for all epochs.

    Raises:
        InputError: If ``n_views`` is no whole number above 0, there is no augmentation, or it
            mixes clips (a view has the label of its clip) or does not know its settings (by which
            rendered views are found again).
    """
    if not (isinstance(n_views, int) and n_views > 0):
        raise InputError(f"views must be null or a whole number above 0, got {n_views!r}")
    if augmentation is None:
        raise InputError(
            f"views={n_views} asks for {n_views} augmented versions of each clip, and nothing is "
            "augmented: choose augment=light or strong, or views=null"
        )
    if augmentation.mixes_labels:
        raise InputError(
            "views: a rendered view has the label of its clip, and this augmentation mixes clips: "
            "set augment.mixup.probability=0, or views=null"
        )
    if augmentation.settings is None:
        raise InputError("views: give AugmentationChain its settings, by which views are named")
