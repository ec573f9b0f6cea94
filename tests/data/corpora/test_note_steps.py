"""Steps between notes, from the patterns of their partials."""

import numpy as np
import pytest
import soundfile

from instrument_net.data.corpora.published.iowa.steps import steps_in_semitones


def write_notes(path, semitones, *, lowest_hz, partials, rate_hz=22_050):
    """Write notes of half a second; return where they are."""
    time_s = np.arange(rate_hz // 2) / rate_hz
    of_note = partials if isinstance(partials, list) else [partials] * len(semitones)
    sounds = [
        sum(
            strength * np.sin(2 * np.pi * ratio * lowest_hz * 2 ** (step / 12) * time_s)
            for ratio, strength in these.items()
        )
        for step, these in zip(semitones, of_note, strict=True)
    ]
    noise = 1e-3 * np.random.default_rng(0).standard_normal(len(sounds) * len(time_s))
    soundfile.write(path, 0.1 * np.concatenate(sounds) + noise, rate_hz)
    return [(0.5 * k, 0.5 * k + 0.5) for k in range(len(sounds))]


@pytest.mark.parametrize(
    ("lowest_hz", "partials"),
    [
        (65, {1: 0.1, 2: 1, 3: 0.7, 4: 0.9, 5: 0.4, 6: 0.3}),  # a fundamental that is hardly there
        (880, {1: 1, 2: 0.3}),
        (220, {1: 1, 3.9: 0.5, 9.2: 0.2}),  # a bar: partials that are no harmonics
    ],
)
def test_a_step_is_found_whatever_the_partials(tmp_path, lowest_hz, partials):
    path = tmp_path / "notes.wav"
    notes = write_notes(path, [0, 1, 2, 2, 4, 3], lowest_hz=lowest_hz, partials=partials)
    steps = steps_in_semitones(path, notes)
    assert np.abs(np.array(steps) - [1, 1, 0, 2, -1]).max() < 0.4


def test_the_strongest_partial_alone_does_not_decide(tmp_path):
    """A resonance lifts the fifth partial of a note, and of the next one the fourth."""
    path = tmp_path / "notes.wav"
    weak = dict.fromkeys(range(1, 9), 0.2)
    partials = [weak | {5: 1}, weak | {4: 1}]
    notes = write_notes(path, [0, 1], lowest_hz=150, partials=partials)
    assert steps_in_semitones(path, notes) == pytest.approx([1], abs=0.4)


def test_a_single_note_and_silence_have_no_steps(tmp_path):
    path = tmp_path / "notes.wav"
    soundfile.write(path, np.zeros(44_100), 44_100)
    assert steps_in_semitones(path, [(0.0, 1.0)]) == []
    assert len(steps_in_semitones(path, [(0.0, 0.5), (0.5, 1.0)])) == 1
