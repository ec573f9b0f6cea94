"""The recordings of banks, each written once, however many presets and banks hold it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from instrument_net.data.corpora.soundfont.bank import COMPRESSED, Bank
from instrument_net.data.corpora.soundfont.pitch import estimated_pitch
from instrument_net.data.corpora.soundfont.samples import SampleError, held, mixes, read_channel
from instrument_net.data.corpora.soundfont.uses import Use

# Two recordings of the same number of frames are one, mixed to mono or encoded, from this
# correlation on. Of 747 such pairs in five banks of Debian, none lies between 0.1 and 0.9.
_SAME_FROM = 0.9
_SILENT_BELOW = 1e-4
_SHORTEST_LOOP = 8  # frames


@dataclass(frozen=True)
class Recording:
    """A sound that banks hold.

    Attributes:
        sample_id: Digest of its PCM.
        path: Where it was written.
        name: What the first bank calls it.
        estimated: Its pitch as a MIDI note number, ``None`` where it is not clear.
        uses: Where it sounds.
    """

    sample_id: str
    path: Path
    name: str
    estimated: float | None
    uses: list[Use] = field(default_factory=list)


class Recordings:
    """All recordings so far.

    Args:
        folder: Where they are written.
        shortest_s: What is shorter is left out, seconds.
        held_s: Length up to which a loop is repeated, seconds; ``None``: as recorded.
    """

    def __init__(self, folder: Path, *, shortest_s: float, held_s: float | None) -> None:
        self._folder = folder
        self._shortest_s = shortest_s
        self._held_s = held_s
        self._by_content: dict[str, Recording] = {}
        self._by_length: dict[tuple[int, int], list[Recording]] = {}

    def all(self) -> list[Recording]:
        """Return the recordings in the order in which they were met first."""
        return list({id(one): one for one in self._by_content.values()}.values())

    def add(self, bank: Bank, samples: tuple[int, ...], uses: list[Use]) -> None:
        """Read a recording, and write it unless it is there.

        Args:
            bank: That holds it.
            samples: Its channels.
            uses: Where it sounds.

        Raises:
            SampleError: With the reason, if it cannot be used.
        """
        header = bank.headers[samples[0]]
        channels = [read_channel(bank, sample) for sample in samples]
        pcm = np.stack([channel[: min(map(len, channels))] for channel in channels], axis=1)
        rate = int(header["rate"])
        if len(pcm) < self._shortest_s * rate:
            raise SampleError(f"sample shorter than {self._shortest_s:g} s")
        contents = [hashlib.sha256(one.tobytes()).hexdigest() for one in pcm.T]
        known = next((self._by_content[one] for one in contents if one in self._by_content), None)
        if known is None:
            known = self._recording(bank, samples[0], pcm, contents[0], uses)
        for one in contents:
            self._by_content[one] = known
        known.uses.extend(uses)

    def _recording(
        self, bank: Bank, sample: int, pcm: np.ndarray, content: str, uses: list[Use]
    ) -> Recording:
        """Return the recording of which this is another mix or encoding, or write a new one."""
        sounds = mixes(pcm)
        if np.abs(sounds).max() < _SILENT_BELOW:
            raise SampleError("sample in which nothing sounds")
        header = bank.headers[sample]
        rate = int(header["rate"])
        of_same_length = self._by_length.setdefault((rate, len(pcm)), [])
        for other in of_same_length:
            there, _ = soundfile.read(other.path, frames=len(pcm), dtype="int32", always_2d=True)
            if _correlation(sounds, mixes(there)) >= _SAME_FROM:
                return other
        recording = Recording(
            sample_id=content[:16],
            path=self._folder / f"{content}.flac",
            name=bank.name_of(sample),
            estimated=estimated_pitch(sounds[0], rate),
        )
        self._write(recording.path, pcm, header, uses)
        of_same_length.append(recording)
        return recording

    def _write(self, path: Path, pcm: np.ndarray, header: np.void, uses: list[Use]) -> None:
        rate = int(header["rate"])
        start, end = _loop(header)
        n_held = 0 if self._held_s is None else round(self._held_s * rate)
        is_held = any(use.zone.is_held for use in uses)
        if is_held and 0 <= start <= end - _SHORTEST_LOOP and end <= len(pcm) < n_held:
            pcm = held(pcm, (start, end), n_held)
        subtype = "PCM_16" if pcm.dtype == np.int16 else "PCM_24"
        soundfile.write(path, pcm, rate, subtype=subtype, format="FLAC")


def _correlation(some: np.ndarray, others: np.ndarray) -> float:
    """Return the highest correlation of two sets of mixes ``(mixes, frames)``, without sign."""
    scales = np.outer(np.linalg.norm(some, axis=1), np.linalg.norm(others, axis=1))
    products = np.abs(some @ others.T)
    return float(np.divide(products, scales, out=np.zeros_like(products), where=scales > 0).max())


def _loop(header: np.void) -> tuple[int, int]:
    """Return first frame of a loop and the one behind its last, from the sample's start."""
    start, end = int(header["loop_start"]), int(header["loop_end"])
    if header["kind"] & COMPRESSED:  # SF3 counts frames of the decoded sample
        return start, end
    return start - int(header["start"]), end - int(header["start"])
