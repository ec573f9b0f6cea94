"""Sounds to try the page with, rendered by this program when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from instrument_net.synthesis import SAMPLE_RATE_HZ, TABLES, render_clip

_SEED = 2024  # not that of the synthetic corpora: other individuals than any was trained on
_USUAL_DYNAMICS = ("mf", "f", "ff")
_USUAL_SHARE = 0.6  # of the range, around its middle
_MOST_TRIES = 25
_IN_A_ROW = 3


@dataclass(frozen=True)
class Example:
    """A sound that can be rendered.

    Attributes:
        name: What a visitor chooses.
        labels: The classes that play, one after the other.
        table: The table of instruments that they are of, a key of ``synthesis.TABLES``.
    """

    name: str
    labels: tuple[str, ...]
    table: str


def examples_for(class_names: Sequence[str]) -> list[Example]:
    """Return the examples for a network: instruments whose name is that of a class.

    They are of the table that has most of them, the orchestra first; of a network that has none,
    all of the orchestra. The last one has several instruments in a row.
    """
    known = set(class_names)
    tables = sorted(TABLES, key=lambda table: table != "orchestra")
    table = max(tables, key=lambda table: len(known & set(TABLES[table])))
    labels = [label for label in TABLES[table] if label in known] or list(TABLES[table])
    examples = [Example(label, (label,), table) for label in labels]
    if len(labels) >= _IN_A_ROW:
        spread = np.linspace(0, len(labels) - 1, _IN_A_ROW).round().astype(int)
        row = tuple(labels[k] for k in spread)
        examples.append(Example(", then ".join(row), row, table))
    return examples


def render(example: Example, folder: Path) -> Path:
    """Return the file of an example, rendered when it is asked for the first time.

    Args:
        example: One of :func:`examples_for`.
        folder: Where it is kept; it exists.
    """
    path = folder / f"{', '.join(example.labels)} (synthetic).wav"
    if not path.exists():
        parts = [_typical_clip(label, example.table) for label in example.labels]
        being_written = path.with_suffix(".part.wav")
        soundfile.write(being_written, np.concatenate(parts), SAMPLE_RATE_HZ, subtype="PCM_16")
        being_written.replace(path)
    return path


def _typical_clip(label: str, table: str) -> np.ndarray:
    """Return a held note or a phrase, neither soft nor at an end of the range, at full level."""
    model = TABLES[table][label]
    centre = (model.lowest_midi + model.highest_midi) / 2
    reach = _USUAL_SHARE * (model.highest_midi - model.lowest_midi) / 2
    for clip in range(_MOST_TRIES):
        waveform, facts = render_clip(label, individual=0, clip=clip, seed=_SEED, table=table)
        if (
            facts.articulation != "staccato"
            and facts.dynamic in _USUAL_DYNAMICS
            and abs(facts.pitch_midi - centre) <= reach
        ):
            break
    return waveform / max(float(np.abs(waveform).max()), 1e-9) * 0.9
