"""Notes of one instrument -> phrases, on the spectrogram.

Most libraries hold single notes, and most recordings are phrases. A network that was trained on
notes alone hears something new in the second onset.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import torch
from torch import Tensor

_NOTE_S = (0.15, 1.15)  # of a note before the next begins
_QUIETER = 0.16  # at most, of the spectrogram's scale: 10 dB of 60
_SAME = ["label", "source", "instrument_id"]  # what notes of one instrument have in common

Pictures = Callable[[list[int]], Tensor]  # positions -> (n, 1, bins, frames)


class JoinedNotes:
    """Puts notes of the same instrument one after the other, for a share of the clips.

    The first note is the beginning of the clip itself, the others begin other clips of the same
    label, source and ``instrument_id``, as far as the table has these columns. Each lasts 0.15 to
    1.15 s and is up to a sixth of the scale quieter than it was; the last one is cut by the end of
    the picture. What is drawn comes from torch's global generator.

    Args:
        clips: The clips that may follow one another, one row each.
        share: Of the clips that become phrases, 0 to 1.
        hop_s: Seconds from one frame to the next.
    """

    def __init__(self, clips: pd.DataFrame, *, share: float, hop_s: float) -> None:
        self._share = share
        columns = [column for column in _SAME if column in clips]
        instrument = clips.groupby(columns, dropna=False).ngroup().to_numpy()
        members = {code: (instrument == code).nonzero()[0].tolist() for code in set(instrument)}
        self._members_of = [members[code] for code in instrument]
        self._shortest, self._longest = (max(1, round(length / hop_s)) for length in _NOTE_S)

    def join(self, spectrograms: Tensor, rows: list[int], pictures: Pictures) -> Tensor:
        """Return the spectrograms, a share of them as phrases.

        Args:
            spectrograms: ``(batch, 1, bins, frames)`` in [0, 1].
            rows: Which clip each of them is.
            pictures: Rows -> their spectrograms.
        """
        chosen = torch.rand(len(rows)) < self._share
        joined = spectrograms.clone()
        for position in chosen.nonzero()[:, 0].tolist():
            starts = self._starts(spectrograms.shape[3])
            others = self._draw(rows[position], len(starts) - 1)
            notes = torch.cat([spectrograms[position][None], pictures(others)])
            ends = [*starts[1:], spectrograms.shape[3]]
            for note, start, end in zip(notes, starts, ends, strict=True):
                quieter = _QUIETER * torch.rand(())
                part = note[..., : end - start]
                joined[position][..., start:end] = ((part - quieter) * (part > 0)).clamp_min_(0)
        return joined

    def _starts(self, n_frames: int) -> list[int]:
        starts = [0]
        while True:
            start = starts[-1] + int(torch.randint(self._shortest, self._longest + 1, ()))
            if start >= n_frames:
                return starts
            starts.append(start)

    def _draw(self, row: int, n: int) -> list[int]:
        members = self._members_of[row]
        return [members[k] for k in torch.randint(len(members), (n,)).tolist()]
