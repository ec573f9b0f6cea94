"""Runs are cut into notes by their level alone, and only where their number is beyond doubt."""

import re

import numpy as np
import pytest
import soundfile

from instrument_net.data.corpora.published.iowa.onsets import cut_run

RATE_HZ = 11_025  # of which 10 ms are no whole number of samples


def note(frequency_hz, *, seconds=0.8, decay_s=None, attack_s=0.02, level=0.3):
    """Return a note with harmonics and vibrato; with ``decay_s`` it dies away from its start."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * (frequency_hz * time_s + 0.4 * np.sin(2 * np.pi * 5 * time_s))
    sound = sum(np.sin(k * phase) / k for k in range(1, 5)) * (1 + 0.2 * np.sin(30 * time_s))
    envelope = np.minimum(time_s / attack_s, 1)
    if decay_s is None:
        envelope *= np.minimum((time_s[-1] - time_s) / 0.05, 1)
    else:
        envelope *= np.exp(-time_s / decay_s)
    return level * sound * envelope


def run(n_notes, *, gap_s, noise=1e-4, semitones=None, **of_note):
    """Return rising semitones, each ``gap_s`` after the end of the one before, and their starts."""
    semitones = range(n_notes) if semitones is None else semitones
    seconds, starts, sounds = 0.5, [], []
    for step, semitone in enumerate(semitones):
        # Players are not machines: notes differ in level.
        sound = note(196 * 2 ** (semitone / 12), level=0.3 - 0.02 * (step % 3), **of_note)
        starts.append(seconds)
        sounds.append(sound)
        seconds += len(sound) / RATE_HZ + gap_s
    whole = noise * np.random.default_rng(0).standard_normal(round((seconds + 1) * RATE_HZ))
    for start, sound in zip(starts, sounds, strict=True):
        first = round(start * RATE_HZ)
        whole[first : first + len(sound)] += sound
    return whole, starts


@pytest.fixture
def written(tmp_path):
    def write(samples):
        path = tmp_path / "run.aiff"
        soundfile.write(path, np.stack([samples, samples], axis=1), RATE_HZ, subtype="PCM_16")
        return path

    return write


@pytest.mark.parametrize("noise", [0.0, 1e-4, 3e-3])
def test_notes_with_silence_between_them_are_found_where_they_are(written, noise):
    samples, starts = run(25, gap_s=0.7, noise=noise)
    cut = cut_run(written(samples), 25)
    assert cut.problem == ""
    found = np.array(cut.notes)
    assert np.abs(found[:, 0] - starts).max() < 0.06
    assert np.abs(found[:, 1] - found[:, 0] - 0.8).max() < 0.12


def test_notes_that_follow_at_once_are_found_by_the_dip_between_them(written):
    """As legato as a tongue or a bow allows: the level falls by some 12 dB, for 0.1 s."""
    samples, starts = run(13, gap_s=0.0)
    cut = cut_run(written(samples), 13)
    assert len(cut.notes) == 13
    assert np.abs(np.array(cut.notes)[:, 0] - starts).max() < 0.08


def test_struck_notes_that_ring_into_the_next_are_found(written):
    samples, starts = run(8, gap_s=0.0, seconds=1.2, decay_s=0.35, attack_s=0.003, noise=1e-3)
    cut = cut_run(written(samples), 8)
    assert len(cut.notes) == 8
    assert np.abs(np.array(cut.notes)[:, 0] - starts).max() < 0.06


@pytest.mark.parametrize("claimed", [11, 13])
@pytest.mark.parametrize("kind", [{"gap_s": 0.7}, {"gap_s": 0.0}])
def test_a_run_of_another_number_of_notes_than_it_claims_is_not_cut(written, claimed, kind):
    samples, _ = run(12, **kind)
    cut = cut_run(written(samples), claimed)
    assert cut.notes == ()
    assert cut.problem == f"its level shows 12 notes, not {claimed}"


@pytest.mark.parametrize(
    ("seconds", "level", "problem"),
    [
        (0.3, 0.006, "its level shows 6 notes, not 7"),  # a chair
        (0.01, 0.3, r"one of its notes lasts less than 0\.1 s"),  # a click
    ],
)
def test_a_noise_between_two_notes_is_no_note(written, seconds, level, problem):
    samples, _ = run(6, gap_s=0.9)
    at, n_samples = round(1.7 * RATE_HZ), round(seconds * RATE_HZ)
    samples[at : at + n_samples] += level * np.random.default_rng(1).standard_normal(n_samples)
    assert re.fullmatch(problem, cut_run(written(samples), 7).problem)


def test_a_soft_noise_between_two_notes_does_not_hinder_their_cutting(written):
    samples, _ = run(6, gap_s=0.9)
    at = round(1.7 * RATE_HZ)
    samples[at : at + 5000] += 0.006 * np.random.default_rng(1).standard_normal(5000)
    assert len(cut_run(written(samples), 6).notes) == 6


@pytest.mark.parametrize("samples", [np.zeros(RATE_HZ), 0.1 * np.ones(RATE_HZ), np.zeros(100)])
def test_what_holds_no_notes_is_not_cut(written, samples):
    assert cut_run(written(samples), 4).notes == ()


def test_samples_that_are_no_numbers_are_no_notes(tmp_path):
    path = tmp_path / "run.wav"
    samples, _ = run(4, gap_s=0.5)
    samples[:200], samples[200:400] = np.nan, np.inf
    soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    assert len(cut_run(path, 4).notes) == 4


def test_notes_may_begin_with_the_file_and_end_with_it(written):
    samples, _ = run(5, gap_s=0.5, noise=0.0)
    cut = cut_run(written(samples[round(0.6 * RATE_HZ) : -round(1.6 * RATE_HZ)]), 5)
    assert len(cut.notes) == 5
    assert cut.notes[0][0] < 0.02
    assert cut.notes[-1][1] > 5 * 1.3 - 0.6 - 0.65


def test_a_note_played_twice_beside_one_left_out_is_no_run_though_the_number_is_right(written):
    samples, _ = run(6, gap_s=0.5, semitones=[0, 1, 2, 2, 4, 5])
    cut = cut_run(written(samples), 6)
    assert cut.notes == ()
    assert cut.problem == "it does not rise by one semitone after another"
    samples, _ = run(6, gap_s=0.5)
    assert len(cut_run(written(samples), 6).notes) == 6
