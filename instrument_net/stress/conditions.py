"""The conditions under which a model is tested: a closed table, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import torch
from torch import Tensor

from instrument_net.errors import InputError
from instrument_net.stress.band import has_above, limit_band
from instrument_net.stress.cut import cut
from instrument_net.stress.level import record_low
from instrument_net.stress.mp3 import through_mp3, writes_mp3
from instrument_net.stress.noise import add_pink_noise
from instrument_net.stress.room import reverberate

Kind = Literal["length", "noise", "codec", "band", "room", "level"]

# What the value of a condition is, as the label of an axis.
KINDS: dict[Kind, str] = {
    "length": "seconds from the onset on",
    "noise": "dB above pink noise",
    "codec": "kbit/s of MP3, mono",
    "band": "kHz, nothing above",
    "room": "seconds of reverberation",
    "level": "dB of full scale, 16 bits",
}


class _Change(Protocol):
    def __call__(self, clip: Tensor, *, sample_rate_hz: int) -> Tensor: ...


def _everywhere(sample_rate_hz: int) -> bool:
    del sample_rate_hz
    return True


@dataclass(frozen=True)
class Condition:
    """A change of a recording that does not change which instrument plays.

    Attributes:
        name: Distinguishes it from all others.
        kind: What it changes.
        value: How much, in the unit of its kind, see ``KINDS``.
        change: One clip that is not silent, ``(1, samples)`` -> the changed clip.
        possible_at: Sample rate in hertz -> whether it can be applied there.
    """

    name: str
    kind: Kind
    value: float
    change: _Change
    possible_at: Callable[[int], bool] = _everywhere

    def apply(self, waveforms: Tensor, *, sample_rate_hz: int) -> Tensor:
        """Return changed waveforms.

        Each clip is changed by itself, and what is drawn follows from its samples: the result
        depends neither on the batch nor on anything drawn before.

        Args:
            waveforms: float32 ``(batch, samples)``, on the CPU, at any level. Zeros after a sound
                are taken for padding.
            sample_rate_hz: Of the waveforms.

        Returns:
            float32 ``(batch, samples)``, finite; silence stays silent.

        Raises:
            InputError: If the condition cannot be applied at this sample rate.
            ValueError: If the waveforms have another shape or type.
        """
        if waveforms.ndim != 2 or waveforms.dtype != torch.float32:
            raise ValueError(
                f"waveforms are {waveforms.dtype} {tuple(waveforms.shape)}, "
                "a condition takes float32 (batch, samples)"
            )
        if not self.possible_at(sample_rate_hz):
            raise InputError(f"{self.name}: not possible at {sample_rate_hz} Hz; leave it out")
        changed = waveforms.clone()
        for row in changed.any(dim=1).nonzero()[:, 0].tolist():
            clip = waveforms[row : row + 1]
            changed[row] = self.change(clip, sample_rate_hz=sample_rate_hz)[0]
        return changed


def _cut(length_s: float) -> Condition:
    return Condition(f"cut to {length_s:g} s", "length", length_s, partial(cut, length_s=length_s))


def _noise(snr_db: float) -> Condition:
    change = partial(add_pink_noise, snr_db=snr_db)
    return Condition(f"pink noise at {snr_db:g} dB", "noise", snr_db, change)


def _mp3(kbit_s: int) -> Condition:
    change = partial(through_mp3, kbit_s=kbit_s)
    return Condition(f"MP3 at {kbit_s} kbit/s", "codec", kbit_s, change, writes_mp3)


def _band(limit_khz: float) -> Condition:
    limit_hz = 1000 * limit_khz
    return Condition(
        f"band up to {limit_khz:g} kHz",
        "band",
        limit_khz,
        partial(limit_band, limit_hz=limit_hz),
        partial(has_above, limit_hz=limit_hz),
    )


def _room(rt60_s: float, direct_to_reverberant_db: float) -> Condition:
    change = partial(reverberate, rt60_s=rt60_s, direct_to_reverberant_db=direct_to_reverberant_db)
    return Condition(f"room of {rt60_s:g} s", "room", rt60_s, change)


def _level(peak_db: float) -> Condition:
    change = partial(record_low, peak_db=peak_db)
    return Condition(f"level of {peak_db:g} dB", "level", peak_db, change)


# Within a kind from the mildest to the hardest.
CONDITIONS: tuple[Condition, ...] = (
    *(_cut(length_s) for length_s in (1.0, 0.5, 0.25)),
    *(_noise(snr_db) for snr_db in (30.0, 20.0)),
    _mp3(64),
    *(_band(limit_khz) for limit_khz in (8.0, 4.0)),
    _room(0.5, 5.0),
    *(_level(peak_db) for peak_db in (-20.0, -40.0)),
)
