"""Recordings and where they sound -> one row a clip, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from instrument_net.data.corpora.soundfont.general_midi import ARTICULATIONS, RANGES
from instrument_net.data.corpora.soundfont.recordings import Recording
from instrument_net.data.corpora.soundfont.uses import Use
from instrument_net.files import PassedOver

_ALL_VELOCITIES = (0, 127)
_AGREEING = 0.6  # semitones
_OCTAVE = 12


class Joined:
    """Names that belong together, each group under the first of its names."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def join(self, names: Iterable[str]) -> None:
        """Put names, and all that were joined with them before, into one group."""
        firsts = sorted({self.of(name) for name in names})
        for first in firsts:
            self._first[first] = firsts[0]

    def of(self, name: str) -> str:
        """Return the first name of a group."""
        while self._first.setdefault(name, name) != name:
            name = self._first[name]
        return name


def listed(
    recordings: Sequence[Recording],
) -> tuple[list[tuple[Recording, dict[str, str]]], list[PassedOver]]:
    """Return the rows of a table of clips, without ``path``, and what is left out.

    A recording has the label of the presets that it sounds in. Presets and banks that share one are
    one instrument and one source: a split would otherwise test what was trained on.
    """
    rows, left_out = [], []
    kept = []
    for recording in recordings:
        reason = _reason(recording)
        if reason is None:
            kept.append(recording)
        else:
            left_out.append(PassedOver(_shown(recording), reason))
    instruments, sources = Joined(), Joined()
    for recording in kept:
        instruments.join(use.instrument for use in recording.uses)
        sources.join(use.file for use in recording.uses)
    names: dict[str, set[str]] = {}
    for recording in kept:
        for use in recording.uses:
            names.setdefault(sources.of(use.file), set()).add(Path(use.file).stem)
    for recording in kept:
        use = recording.uses[0]
        pitch, pitch_source = _pitch(recording, use)
        rows.append(
            (
                recording,
                {
                    "label": use.label,
                    "source": "+".join(sorted(names[sources.of(use.file)])),
                    "instrument_id": instruments.of(use.instrument),
                    "sample_id": recording.sample_id,
                    "pitch_midi": pitch,
                    "pitch_source": pitch_source,
                    "dynamic": _dynamic(recording.uses),
                    "articulation": ARTICULATIONS.get(use.program, ""),
                    "program": use.program,
                    "preset": use.preset.name,
                    "sample": recording.name,
                    "bank": use.file,
                },
            )
        )
    return rows, left_out


def _reason(recording: Recording) -> str | None:
    if len({use.label for use in recording.uses}) > 1:
        return "sample of presets with different labels"
    if not any(_is_playable(recording, use) for use in recording.uses):
        return "sample outside the range of its instrument"
    return None


def _is_playable(recording: Recording, use: Use) -> bool:
    """Return whether the instrument has the note, by what the bank states or by its sound."""
    low, high = RANGES.get(use.program, (0, 127))
    pitches = [one for one in (use.zone.pitch, recording.estimated) if one is not None]
    return not pitches or any(low - 0.5 <= pitch < high + 0.5 for pitch in pitches)


def _pitch(recording: Recording, use: Use) -> tuple[str, str]:
    """Return the pitch to the next semitone, and how it is known."""
    stated, estimate = use.zone.pitch, recording.estimated
    if stated is None:
        return "", ""
    if estimate is None:
        return str(round(stated)), "header_unverified"
    if abs(estimate - stated) < _AGREEING:
        return str(round(estimate)), "header_verified"
    # Of a sound with strong even harmonics, the estimate can be an octave too high.
    if abs(estimate - stated - _OCTAVE) < _AGREEING:
        return str(round(stated)), "header_unverified"
    return "", "doubtful"


def _dynamic(uses: Sequence[Use]) -> str:
    low, high = min(u.velocities[0] for u in uses), max(u.velocities[1] for u in uses)
    whole = low <= 1 and high == _ALL_VELOCITIES[1]
    return "" if whole else f"velocity_{low}_{high}"


def _shown(recording: Recording) -> str:
    use = recording.uses[0]
    presets = ", ".join(sorted({f"{u.preset.program} {u.preset.name}" for u in recording.uses}))
    return f"{use.file}: {recording.name} ({presets})"
