"""Named instruments: what tells the sizes of a family, and families alike, apart."""

import numpy as np
import pytest
from hydra import compose, initialize_config_dir

from instrument_net.configuration import CONF_DIR
from instrument_net.data.corpora import SyntheticCorpus
from instrument_net.synthesis import INSTRUMENTS, ORCHESTRA, SAMPLE_RATE_HZ, render_clip
from instrument_net.synthesis.note import Note


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


def test_no_name_stands_in_both_tables():
    assert not set(ORCHESTRA) & set(INSTRUMENTS)


@pytest.mark.parametrize("label", ORCHESTRA)
def test_every_instrument_is_audible_over_its_whole_range(label):
    model = ORCHESTRA[label]
    for pitch_midi in (model.lowest_midi, model.highest_midi):
        waveform = dry(label, pitch_midi)
        assert np.isfinite(waveform).all()
        assert np.abs(waveform).max() > 1e-3
    clip, metadata = render_clip(label, individual=1, clip=2)
    assert metadata.label == label
    assert 0.02 < np.abs(clip).max() < 1
    assert model.lowest_midi <= metadata.pitch_midi <= model.highest_midi


@pytest.mark.parametrize("label", [name for name in ORCHESTRA if name != "marimba"])
def test_every_instrument_plays_the_note_that_is_written(label):
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
def test_of_one_note_the_larger_instrument_is_the_darker(large, small):
    pitch_midi = 60
    assert mean_centroid_hz(large, pitch_midi) < mean_centroid_hz(small, pitch_midi)


def test_a_clarinet_lacks_even_harmonics_that_a_saxophone_has():
    for seed in range(5):
        clarinet = harmonic_levels_db("clarinet", 55, 4, seed)
        saxophone = harmonic_levels_db("saxophone", 55, 4, seed)
        assert clarinet[[1, 3]].max() < -15
        assert saxophone[[1, 3]].min() > -15


def test_metal_rings_much_longer_than_wood():
    def seconds_to_minus_30_db(label):
        level = np.abs(dry(label, 72))
        blocks = level[: len(level) // 441 * 441].reshape(-1, 441).max(axis=1)
        return 0.01 * np.flatnonzero(blocks > 10**-1.5 * blocks.max()).max()

    assert seconds_to_minus_30_db("vibraphone") > 3 * seconds_to_minus_30_db("marimba")


def test_the_extra_corpus_is_the_table_with_flute_and_voice():
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        classes = compose("train", overrides=["data/extra=orchestra"]).data.extra.classes
    assert len(classes) == len(set(classes))
    assert set(classes) == {*ORCHESTRA, "flute", "voice"}


def test_named_instruments_are_rendered_only_when_asked_for(tmp_path):
    corpus = SyntheticCorpus(
        tmp_path, individuals_per_class=1, clips_per_individual=1, classes=["cello", "flute"]
    )
    assert sorted(corpus.read().clips["label"]) == ["cello", "flute"]
    with pytest.raises(ValueError, match=r"unknown \['celo'\]; known are .*cello"):
        SyntheticCorpus(tmp_path, classes=["celo"])
