"""Instruments of the orchestra: how sizes of a family, and similar families, differ."""

from dataclasses import replace

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from instrument_net.configuration import CONF_DIR
from instrument_net.data.corpora import SyntheticCorpus
from instrument_net.errors import InputError
from instrument_net.runs.data_assembly import build_corpus
from instrument_net.synthesis import ORCHESTRA, SAMPLE_RATE_HZ, render_clip
from instrument_net.synthesis.body import BodyHabit, body_impulse_response
from instrument_net.synthesis.bowed_string import draw_bowed_string
from instrument_net.synthesis.note import Note
from instrument_net.synthesis.phrase import play_phrase
from instrument_net.synthesis.players import by_any_player
from instrument_net.synthesis.ranges import uneven
from instrument_net.synthesis.reeds import draw_single_reed
from instrument_net.synthesis.vibrato import Vibrato


def dry(label, pitch_midi, *, seed=0, dynamic="mf"):
    rng = np.random.default_rng(seed)
    return ORCHESTRA[label].draw(rng).play(Note(pitch_midi, dynamic, "sustained", 1.5), rng)


def power_spectrum(waveform):
    power = np.abs(np.fft.rfft(waveform * np.hanning(len(waveform)))) ** 2
    return np.fft.rfftfreq(len(waveform), 1 / SAMPLE_RATE_HZ), power


def mean_centroid_hz(label, pitch_midi):
    """Return the centre of power, on average over ten individuals."""
    centroids = []
    for seed in range(10):
        frequency_hz, power = power_spectrum(dry(label, pitch_midi, seed=seed))
        centroids.append((frequency_hz * power).sum() / power.sum())
    return np.mean(centroids)


def harmonic_levels_db(label, pitch_midi, n_harmonics, seed=0):
    frequency_hz, power = power_spectrum(dry(label, pitch_midi, seed=seed))
    f0_hz = 440 * 2 ** ((pitch_midi - 69) / 12)
    heights = [
        power[np.abs(frequency_hz / (h * f0_hz) - 1) < 0.02].max()
        for h in range(1, n_harmonics + 1)
    ]
    return 10 * np.log10(np.array(heights) / heights[0])


@pytest.mark.parametrize("label", ORCHESTRA)
def test_every_instrument_is_audible_over_its_whole_range(label):
    model = ORCHESTRA[label]
    for pitch_midi in (model.lowest_midi, model.highest_midi):
        waveform = dry(label, pitch_midi)
        assert np.isfinite(waveform).all()
        assert np.abs(waveform).max() > 1e-3
    clip, metadata = render_clip(label, individual=1, clip=2, table="orchestra")
    assert metadata.label == label
    assert 0.02 < np.abs(clip).max() < 1
    assert model.lowest_midi <= metadata.pitch_midi <= model.highest_midi


@pytest.mark.parametrize("label", [name for name in ORCHESTRA if name != "marimba"])
def test_every_instrument_plays_the_written_note(label):
    model = ORCHESTRA[label]
    pitch_midi = (model.lowest_midi + model.highest_midi) // 2
    frequency_hz, power = power_spectrum(dry(label, pitch_midi))
    f0_hz = 440 * 2 ** ((pitch_midi - 69) / 12)
    near = np.abs(1200 * np.log2(np.maximum(frequency_hz, 1) / f0_hz)) < 100
    found_hz = frequency_hz[near][power[near].argmax()]
    assert abs(1200 * np.log2(found_hz / f0_hz)) < 40
    between = np.abs(frequency_hz / f0_hz - 1.5) < 0.1
    assert power[near].max() > 10 * power[between].max()


@pytest.mark.parametrize(
    ("large", "small"),
    [
        ("viola", "violin"),
        ("cello", "viola"),
        ("bassoon", "oboe"),
        ("trombone", "trumpet"),
        ("tuba", "french_horn"),
    ],
)
def test_the_larger_instrument_plays_the_same_note_darker(large, small):
    pitch_midi = 60
    assert mean_centroid_hz(large, pitch_midi) < mean_centroid_hz(small, pitch_midi)


def test_a_saxophone_has_even_harmonics_and_a_clarinet_does_not():
    clarinet, saxophone = (
        np.mean([harmonic_levels_db(label, 55, 4, seed) for seed in range(20)], axis=0)
        for label in ("clarinet", "saxophone")
    )
    assert clarinet[[1, 3]].max() < -15
    assert saxophone[[1, 3]].min() > -12


def test_metal_rings_much_longer_than_wood():
    def seconds_to_minus_30_db(label):
        level = np.abs(dry(label, 72))
        blocks = level[: len(level) // 441 * 441].reshape(-1, 441).max(axis=1)
        return 0.01 * np.flatnonzero(blocks > 10**-1.5 * blocks.max()).max()

    assert seconds_to_minus_30_db("vibraphone") > 3 * seconds_to_minus_30_db("marimba")


def test_the_extra_corpus_is_the_whole_table(tmp_path):
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        extra = compose("train", overrides=["data/extra=orchestra"]).data.extra.orchestra
    one = {"folder": str(tmp_path), "individuals_per_class": 1, "clips_per_individual": 1}
    corpus = build_corpus(OmegaConf.merge(extra, one), "data.extra.orchestra")
    assert sorted(corpus.read().clips["label"]) == sorted(ORCHESTRA)


def test_chosen_classes_of_a_table_are_rendered_and_unknown_ones_refused(tmp_path):
    some = {"individuals_per_class": 1, "clips_per_individual": 1, "table": "orchestra"}
    corpus = SyntheticCorpus(tmp_path, classes=["cello", "flute"], **some)
    assert sorted(corpus.read().clips["label"]) == ["cello", "flute"]
    with pytest.raises(ValueError, match="classes: unknown 'bell': did you mean 'cello'"):
        SyntheticCorpus(tmp_path, classes=["bell"], **some)
    with pytest.raises(InputError, match="'orchestras': did you mean 'orchestra'"):
        SyntheticCorpus(tmp_path, table="orchestras")


def test_a_class_of_both_tables_sounds_different_in_each():
    kind, named = (
        render_clip("flute", individual=0, clip=0, table=table)[0]
        for table in ("kinds", "orchestra")
    )
    assert not np.array_equal(kind[: len(named)], named[: len(kind)])


def test_partials_scatter_by_the_decibels_that_are_set():
    smooth = 1.0 / np.arange(1, 2001)
    rng = np.random.default_rng(0)
    assert uneven(smooth, 0.0, rng) is smooth
    offset_db = 20 * np.log10(uneven(smooth, 5.0, rng) / smooth)
    assert np.std(offset_db) == pytest.approx(5, abs=0.3)
    assert abs(np.mean(offset_db)) < 0.5
    for label in ("harp", "piano", "marimba"):
        assert ORCHESTRA[label].draw(rng).spread_db >= 3
    assert ORCHESTRA["oboe"].draw(rng).spread_db >= 2


@pytest.mark.parametrize("label", ["harp", "piano", "marimba", "oboe"])
def test_an_uneven_instrument_plays_the_same_note_differently_each_time(label):
    def change_db(instrument):
        """Return by how much the strongest partials differ between two strokes."""
        spectra = []
        for seed in range(2):
            note = Note(60, "mf", "sustained", 1.5)
            spectra.append(power_spectrum(instrument.play(note, np.random.default_rng(seed)))[1])
        n = min(map(len, spectra))
        first, second = (10 * np.log10(each[:n] + 1e-20) for each in spectra)
        strong = (first > first.max() - 30) & (second > second.max() - 60)
        return np.std((first - second)[strong])

    instrument = ORCHESTRA[label].draw(np.random.default_rng(1))
    assert change_db(replace(instrument, spread_db=9.0)) > change_db(
        replace(instrument, spread_db=0.0)
    )


def test_losses_of_a_higher_order_damp_the_upper_partials_sooner():
    guitar = ORCHESTRA["acoustic_guitar"].draw(np.random.default_rng(0))

    def late_share(loss_order):
        """Return how much of what is above 2 kHz is left after half a second."""
        string = replace(guitar, loss_order=loss_order, loss_hz=700.0, spread_db=0.0)
        waveform = string.play(Note(52, "f", "sustained", 1.5), np.random.default_rng(0))
        power = []
        for start in (2000, 22_050):
            frequency_hz, block = power_spectrum(waveform[start : start + 8192])
            power.append(block[frequency_hz > 2000].sum())
        return power[1] / power[0]

    assert late_share(1.6) < 0.3 * late_share(1.0)


def test_a_held_tone_swells():
    tone = ORCHESTRA["oboe"].draw(np.random.default_rng(0))

    def unsteadiness_db(swell_db):
        still = replace(
            tone, swell_db=swell_db, spread_db=0.0, tremolo_db=0.0, noise=None, vibrato=Vibrato()
        )
        note = Note(69, "f", "sustained", 4.0)
        waveform = still.play(note, np.random.default_rng(2))[22_050 : 22_050 + 3 * 44_100]
        blocks = np.sqrt(np.mean(waveform.reshape(-1, 4410) ** 2, axis=1))
        return np.std(20 * np.log10(blocks))

    assert unsteadiness_db(0.0) < 0.1
    assert unsteadiness_db(3.0) > 0.5


def test_a_small_body_does_not_radiate_low_frequencies():
    def low_share(radiates_from_hz):
        response = body_impulse_response(
            BodyHabit(3, 300, 4000, 0, 0, radiates_from_hz=radiates_from_hz),
            np.random.default_rng(1),
        )
        power = np.abs(np.fft.rfft(response)) ** 2
        frequency_hz = np.fft.rfftfreq(len(response), 1 / SAMPLE_RATE_HZ)
        return power[frequency_hz < 100].mean() / power[frequency_hz > 1000].mean()

    assert low_share(400) < 0.02 * low_share(0)


def test_players_differ_in_attack_vibrato_and_noise():
    tones = [by_any_player(draw_single_reed, np.random.default_rng(seed)) for seed in range(40)]
    attacks_s = [tone.attack_s for tone in tones]
    assert max(attacks_s) > 4 * min(attacks_s)
    violins = [by_any_player(draw_bowed_string, np.random.default_rng(seed)) for seed in range(40)]
    without = sum(violin.vibrato.depth_cents == 0 for violin in violins)
    assert 6 < without < 28
    levels_db = [violin.noise.level_db for violin in violins]
    assert max(levels_db) - min(levels_db) > 10


def test_a_phrase_has_several_onsets_within_the_range():
    model = replace(ORCHESTRA["piano"], lowest_midi=60, highest_midi=72)
    rng = np.random.default_rng(3)
    asked = []

    class Pulses:
        def play(self, note, _rng):
            asked.append(note)
            return np.ones(int(note.duration_s * SAMPLE_RATE_HZ), dtype=np.float32)

    phrase = play_phrase(Note(60, "f", "sustained", 2.0), Pulses(), model, rng)
    assert len(asked) > 2
    assert all(60 <= note.pitch_midi <= 72 and note.dynamic == "f" for note in asked)
    assert len({note.pitch_midi for note in asked}) > 1
    assert 3 < len(phrase) / SAMPLE_RATE_HZ < 8
    assert np.isfinite(phrase).all()


def test_some_clips_of_the_orchestra_are_phrases_and_none_of_the_kinds(monkeypatch):
    played = []
    monkeypatch.setattr(
        "instrument_net.synthesis.clip.play_phrase",
        lambda first, sounding, _model, rng: played.append(first) or sounding.play(first, rng),
    )
    for clip in range(40):
        render_clip("flute", individual=0, clip=clip, table="orchestra")
    assert 2 <= len(played) <= 20
    played.clear()
    for clip in range(40):
        render_clip("flute", individual=0, clip=clip, table="kinds")
    assert not played


def test_a_violin_is_sometimes_plucked():
    rng = np.random.default_rng(0)
    violin = ORCHESTRA["violin"].draw(rng)
    late = []
    for _ in range(40):
        waveform = violin.play(Note(80, "mf", "sustained", 2.0), rng)
        late.append(np.abs(waveform[SAMPLE_RATE_HZ:]).max() / np.abs(waveform).max())
    plucked = sum(share < 0.05 for share in late)
    assert 1 <= plucked <= 15
