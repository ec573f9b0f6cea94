"""Clips of a part -> one chunk in LitData's format, and a record of what became of each clip."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from litdata.streaming.writer import BinaryWriter

from instrument_net.audio import AudioError, PassingError
from instrument_net.data.decoding import decode
from instrument_net.data.packed.place import Place
from instrument_net.data.shard import Decoded, digest_of
from instrument_net.pack.plan import Part


@dataclass(frozen=True)
class PartRecord:
    """What became of the clips of a part.

    Attributes:
        key: Of the part when it was packed.
        digests: Of each clip, 16 hexadecimal digits that follow from its samples; blank for a
            rejected one.
        available_s: Length of each clip's excerpt in seconds; NaN where it is not known.
        reasons: Of each rejected clip, in their order, why.
        is_final: Whether no clip was rejected for a cause that may be gone next time.
        chunk: What LitData's index says of the chunk; ``None`` where all clips were rejected.
        config: What it says of the format of all chunks.
    """

    key: str
    digests: list[str]
    available_s: list[float]
    reasons: list[str]
    is_final: bool
    chunk: dict[str, Any] | None
    config: dict[str, Any] | None

    @classmethod
    def read(cls, place: Place, part: Part) -> PartRecord | None:
        """Return the record of a part; ``None`` where there is none, or it is damaged."""
        content = place.read(part.record)
        try:
            return None if content is None else cls(**json.loads(content))
        except (ValueError, TypeError):
            return None


def write_part(
    part: Part, place: Place, *, sample_rate_hz: int, num_samples: int, n_threads: int
) -> PartRecord:
    """Decode the clips of a part and write its chunk; its record, which comes last, says so.

    Args:
        part: The clips.
        place: Of the pack.
        sample_rate_hz: Rate that clips are resampled to.
        num_samples: Length that they are cut to.
        n_threads: That decode at the same time.
    """
    key = part.key(sample_rate_hz, num_samples)  # before: a file that changes meanwhile is noticed
    own = partial(decode, sample_rate_hz=sample_rate_hz, num_samples=num_samples)
    with ThreadPoolExecutor(n_threads) as pool:
        clips = list(pool.map(own, part.excerpts))
    chunk, config = _write_chunk(part, place, clips)
    record = PartRecord(
        key,
        digests=[digest_of(clip.samples) if isinstance(clip, Decoded) else "" for clip in clips],
        available_s=[
            clip.available_s if isinstance(clip, Decoded) else float("nan") for clip in clips
        ],
        reasons=[str(clip) for clip in clips if isinstance(clip, AudioError)],
        is_final=not any(isinstance(clip, PassingError) for clip in clips),
        chunk=chunk,
        config=config,
    )
    place.write(part.record, json.dumps(asdict(record)).encode())
    return record


def _write_chunk(
    part: Part, place: Place, clips: Sequence[Decoded | AudioError]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    kept = [
        {"samples": clip.samples, "label": label}
        for clip, label in zip(clips, part.labels, strict=True)
        if isinstance(clip, Decoded)
    ]
    if not kept:
        return None, None
    with tempfile.TemporaryDirectory(dir=place.scratch()) as folder:
        writer = BinaryWriter(folder, chunk_size=len(kept), chunk_index=part.number)
        for number, clip in enumerate(kept):
            writer.add_item(number, clip)
        writer.done()
        (index,) = Path(folder).glob("*.index.json")
        content = json.loads(index.read_bytes())
        (chunk,) = content["chunks"]
        place.take(Path(folder) / chunk["filename"], f"{part.split}/{chunk['filename']}")
    # The number of its clips is no part of the format: it differs between chunks.
    return chunk, {**content["config"], "chunk_size": None}
