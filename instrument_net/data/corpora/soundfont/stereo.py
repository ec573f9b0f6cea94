"""Which samples of a bank are the two channels of one recording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from instrument_net.data.corpora.soundfont.bank import COMPRESSED, Bank, text

_RIGHT, _LEFT = 2, 4  # kinds of samples: SoundFont specification 2.04, section 7.10
_CHANNEL = re.compile(r"[\s_(\[-]*[LR][\s)\]]*$", re.IGNORECASE)  # at the end of a name


@dataclass(frozen=True)
class StereoPairs:
    """Which samples of a bank belong together.

    Attributes:
        channels: Sample -> those of its recording, the left one first.
        n_by_name: Samples whose link leads to no partner, paired by their names and lengths.
        n_alone: Samples whose link leads to no partner, and which are a recording by themselves.
    """

    channels: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    n_by_name: int = 0
    n_alone: int = 0

    def of(self, sample: int) -> tuple[int, ...]:
        """Return the samples of a recording: two, or the one that was named."""
        return self.channels.get(sample, (sample,))


def stereo_pairs(bank: Bank) -> StereoPairs:
    """Return the pairs of a bank: left and right samples of one rate that link to each other.

    Where links are wrong, which is common, names say it: the same but for their last letter, L or
    R, and of one length.
    """
    headers = bank.headers
    sides = headers["kind"] & (_LEFT | _RIGHT)
    channels: dict[int, tuple[int, int]] = {}
    for left in np.flatnonzero(sides == _LEFT).tolist():
        right = int(headers["link"][left])
        if right < len(headers) and sides[right] == _RIGHT and headers["link"][right] == left:
            _pair(channels, headers, left, right)
    n_linked = len(channels)
    rights = {
        _side_less(headers[right]): right
        for right in np.flatnonzero(sides == _RIGHT).tolist()
        if right not in channels
    }
    for left in np.flatnonzero(sides == _LEFT).tolist():
        partner = rights.pop(_side_less(headers[left]), None) if left not in channels else None
        if partner is not None:
            _pair(channels, headers, left, partner)
    n_meant = int(np.count_nonzero(sides))
    return StereoPairs(channels, len(channels) - n_linked, n_meant - len(channels))


def _pair(channels: dict[int, tuple[int, int]], headers: np.ndarray, left: int, right: int) -> None:
    if headers["rate"][left] == headers["rate"][right]:
        channels[left] = channels[right] = (left, right)


def _side_less(header: np.void) -> tuple[str, int]:
    """Return the name of a sample without its side, and a length that both sides have."""
    name = _CHANNEL.sub("", text(header["name"]))
    if header["kind"] & COMPRESSED:  # start and end count bytes
        return name, int(header["loop_end"])
    return name, int(header["end"]) - int(header["start"])
