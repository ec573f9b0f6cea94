"""Conditions: each does what its name says, to every clip by itself."""

import pickle

import pytest
import torch

from instrument_net.augmentation.excerpt import sounding_part
from instrument_net.errors import InputError
from instrument_net.stress.conditions import CONDITIONS, KINDS
from instrument_net.stress.mp3 import through_mp3, writes_mp3

RATE_HZ = 44_100
ONSET, END, LENGTH = 4_410, 79_380, 88_200  # sounds from 0.1 to 1.8 s of 2 s

named = pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)


def of_kind(kind):
    chosen = [condition for condition in CONDITIONS if condition.kind == kind]
    return pytest.mark.parametrize("condition", chosen, ids=lambda condition: condition.name)


def clips(n=2, rate_hz=RATE_HZ, peak=0.5):
    """Tones with harmonics and white noise, silent at both ends, ``(n, samples)``."""
    scale = rate_hz / RATE_HZ
    time_s = torch.arange(round(LENGTH * scale)) / rate_hz
    generator = torch.Generator().manual_seed(0)
    out = 0.3 * torch.rand(n, len(time_s), generator=generator) - 0.15
    for row in range(n):
        out[row] += 0.3 * torch.sin(2 * torch.pi * 300 * (row + 1) * time_s)
    out[:, : round(ONSET * scale)] = 0
    out[:, round(END * scale) :] = 0
    return out * peak / out.abs().amax(dim=1, keepdim=True)


def apply(condition, waveforms, rate_hz=RATE_HZ):
    return condition.apply(waveforms, sample_rate_hz=rate_hz)


def energy(waveforms):
    return waveforms.double().square().sum(dim=1)


def power_above(waveforms, limit_hz):
    """Return the share of energy above a frequency."""
    power = torch.fft.rfft(waveforms.double()).abs().square()
    above = torch.fft.rfftfreq(waveforms.shape[1], 1 / RATE_HZ) > limit_hz
    return power[:, above].sum(dim=1) / power.sum(dim=1)


def test_names_are_unique_and_every_kind_occurs():
    assert len({condition.name for condition in CONDITIONS}) == len(CONDITIONS)
    assert {condition.kind for condition in CONDITIONS} == set(KINDS)


@named
def test_a_clip_is_changed_the_same_whatever_comes_with_it_and_was_drawn_before(condition):
    waveforms = clips(3)
    before = waveforms.clone()
    together = apply(condition, waveforms)
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    assert torch.equal(apply(condition, waveforms[[2, 0]]), together[[2, 0]])
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(waveforms, before)
    assert not torch.equal(together, waveforms)
    assert together.shape == waveforms.shape
    assert together.dtype == torch.float32
    assert together.isfinite().all()


@named
def test_silence_stays_silent(condition):
    waveforms = clips(2)
    waveforms[0] = 0
    changed = apply(condition, waveforms)
    assert not changed[0].any()
    assert changed[1].any()


@named
def test_very_short_and_very_soft_sounds_stay_finite(condition):
    waveforms = torch.zeros(3, LENGTH)
    waveforms[0, 100] = 1.0
    waveforms[1, -1] = -0.5
    waveforms[2] = 1e-30 * clips(1)[0]
    assert apply(condition, waveforms).isfinite().all()


@named
def test_a_table_of_conditions_can_go_to_another_process(condition):
    assert pickle.loads(pickle.dumps(condition)).name == condition.name


@named
def test_a_condition_wants_a_batch_of_float32(condition):
    for wrong in (clips()[0], clips().double()):
        with pytest.raises(ValueError, match=r"takes float32 \(batch, samples\)"):
            apply(condition, wrong)


@of_kind("length")
def test_a_cut_leaves_what_is_within_its_time_from_the_onset(condition):
    waveforms = clips()
    changed = apply(condition, waveforms)
    begin, end = sounding_part(changed)
    kept = (end - begin) / RATE_HZ
    torch.testing.assert_close(
        kept, torch.full((2,), condition.value, dtype=kept.dtype), atol=2e-3, rtol=0
    )
    whole = ONSET + round((condition.value - 0.006) * RATE_HZ)
    assert torch.equal(changed[:, :whole], waveforms[:, :whole])
    last = changed[:, whole : ONSET + round(condition.value * RATE_HZ)].abs()
    assert last[:, -20:].max() < 0.1 * last[:, :20].max()


@of_kind("length")
def test_a_cut_counts_from_the_sound_and_not_from_the_noise_before_it(condition):
    waveforms = clips()
    generator = torch.Generator().manual_seed(1)
    waveforms[:, :ONSET] = 0.001 * torch.rand(2, ONSET, generator=generator)
    changed = apply(condition, waveforms)
    _, end = sounding_part(changed)
    assert ((end - ONSET) / RATE_HZ - condition.value).abs().max() < 2e-3
    assert torch.equal(changed[:, :ONSET], waveforms[:, :ONSET])


@of_kind("length")
def test_a_shorter_sound_is_not_cut(condition):
    waveforms = clips()
    waveforms[:, ONSET + round(0.2 * RATE_HZ) :] = 0
    assert torch.equal(apply(condition, waveforms), waveforms)


@of_kind("noise")
def test_noise_has_its_ratio_is_pink_and_ends_with_the_recording(condition):
    waveforms = clips()
    changed = apply(condition, waveforms)
    noise = changed - waveforms
    snr_db = 10 * torch.log10(energy(waveforms) / energy(noise))
    torch.testing.assert_close(snr_db, torch.full_like(snr_db, condition.value), atol=0.01, rtol=0)
    octave_db = 10 * torch.log10(
        (power_above(noise, 400) - power_above(noise, 800))
        / (power_above(noise, 3200) - power_above(noise, 6400))
    )
    assert octave_db.abs().max() < 1.5  # white noise: -9 dB
    assert noise[:, :ONSET].any(dim=1).all()
    assert not changed[:, END:].any()
    correlation = (noise[0] * noise[1]).sum() / noise.norm(dim=1).prod()
    assert correlation.abs() < 0.2  # each clip has its own


@of_kind("codec")
def test_mp3_changes_a_sound_without_moving_it_and_leaves_padding_silent(condition):
    waveforms = clips(peak=3.0)
    changed = apply(condition, waveforms)
    assert not changed[:, END:].any()
    tone = waveforms[0, ONSET:END] @ changed[0, ONSET:END]
    moved = waveforms[0, ONSET:END] @ changed[0, ONSET + 20 : END + 20]
    assert tone > moved
    assert tone / waveforms[0].norm() / changed[0].norm() > 0.9
    assert 0.001 < energy(changed - waveforms)[0] / energy(waveforms)[0] < 0.2
    assert power_above(changed, 18_000).max() < 0.01 * power_above(waveforms, 18_000).min()


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 24_000, 32_000, 48_000])
def test_mp3_keeps_the_time_at_every_sample_rate_that_it_has(rate_hz):
    waveforms = clips(1, rate_hz)
    changed = through_mp3(waveforms, kbit_s=64, sample_rate_hz=rate_hz)
    assert (changed - waveforms).norm() < 0.5 * waveforms.norm()
    assert changed.any()


def test_what_a_sample_rate_does_not_allow_is_refused_in_one_line():
    by_name = {condition.name: condition for condition in CONDITIONS}
    mp3, band = by_name["MP3 at 64 kbit/s"], by_name["band up to 8 kHz"]
    assert writes_mp3(RATE_HZ)
    assert not mp3.possible_at(40_000)
    assert not band.possible_at(16_000)
    assert band.possible_at(22_050)
    for condition, rate_hz in ((mp3, 40_000), (band, 16_000)):
        with pytest.raises(InputError, match=f"{condition.name}: not possible at {rate_hz} Hz"):
            apply(condition, clips(), rate_hz)


@of_kind("band")
def test_a_band_has_nothing_above_its_limit_and_all_below(condition):
    waveforms = clips()
    changed = apply(condition, waveforms)
    limit_hz = 1000 * condition.value
    assert power_above(waveforms, 1.1 * limit_hz).min() > 0.05
    assert power_above(changed, 1.11 * limit_hz).max() < 1e-6
    removed = waveforms - changed
    assert 1 - power_above(removed, 0.89 * limit_hz).min() < 1e-3


@of_kind("room")
def test_a_room_adds_a_tail_and_does_not_move_the_onset(condition):
    waveforms = torch.zeros(2, 2 * LENGTH)
    waveforms[0, 1000] = 1.0
    waveforms[1, 2000] = 0.5
    changed = apply(condition, waveforms)
    assert sounding_part(changed)[0].tolist() == [1000, 2000]
    tail = changed - waveforms
    direct_db = 10 * torch.log10(energy(waveforms) / energy(tail))
    assert (direct_db - 5).abs().max() < 0.01
    early, late = (
        tail[0, start : start + 2205].square().sum()
        for start in (1001, 1001 + round(condition.value / 2 * RATE_HZ))
    )
    assert abs(10 * torch.log10(early / late) - 30) < 2


@of_kind("level")
def test_a_level_has_its_peak_and_sixteen_bits_whatever_the_level_was(condition):
    waveforms = clips()
    changed = apply(condition, waveforms)
    peak_db = 20 * torch.log10(changed.abs().amax(dim=1))
    assert (peak_db - condition.value).abs().max() < 0.05
    steps = changed * 32_767
    torch.testing.assert_close(steps, steps.round(), atol=1e-3, rtol=0)
    assert torch.equal(apply(condition, 4 * waveforms), changed)
    scaled = changed * (waveforms.abs().max() / changed.abs().max())
    assert 0 < (scaled - waveforms).abs().max() < 0.01
