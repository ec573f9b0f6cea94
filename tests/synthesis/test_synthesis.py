import subprocess
import sys

import numpy as np
import pytest
import soundfile
from scipy.special import jn_zeros

from instrument_net.data.corpora import SyntheticCorpus
from instrument_net.errors import InputError
from instrument_net.synthesis import INSTRUMENTS, SAMPLE_RATE_HZ, render_clip
from instrument_net.synthesis.brass import draw_brass
from instrument_net.synthesis.modal import decaying_modes
from instrument_net.synthesis.note import Note
from instrument_net.synthesis.percussion import MEMBRANE_RATIOS
from instrument_net.synthesis.rendering import render_files
from instrument_net.synthesis.waves import draw_plain_wave

IN_TUNE = [
    "plucked_string", "bowed_string", "single_reed", "double_reed", "brass", "flute",
    "voice", "sine", "square", "sawtooth", "triangle",
]  # fmt: skip


def spectrum(waveform, *, pad=4):
    window = np.hanning(len(waveform))
    magnitude = np.abs(np.fft.rfft(waveform * window, pad * len(waveform)))
    return np.fft.rfftfreq(pad * len(waveform), 1 / SAMPLE_RATE_HZ), magnitude


def peak_hz(waveform, near_hz):
    frequency_hz, magnitude = spectrum(waveform)
    near = np.abs(1200 * np.log2(np.maximum(frequency_hz, 1) / near_hz)) < 80
    return frequency_hz[near][magnitude[near].argmax()]


def note(pitch_midi=57, dynamic="f", duration_s=2.0):
    return Note(pitch_midi, dynamic, "sustained", duration_s)


def test_there_are_sixteen_classes_or_more():
    assert len(INSTRUMENTS) >= 16
    assert {"sine", "square", "sawtooth", "triangle", "noise", "bell", "brass"} <= set(INSTRUMENTS)


@pytest.mark.parametrize("label", INSTRUMENTS)
def test_every_class_gives_audible_finite_unclipped_clips_of_sensible_length(label):
    for individual in range(2):
        for clip in range(3):
            waveform, metadata = render_clip(label, individual=individual, clip=clip)
            assert waveform.dtype == np.float32
            assert np.isfinite(waveform).all()
            assert 0.02 < np.abs(waveform).max() < 1
            assert 0.3 < len(waveform) / SAMPLE_RATE_HZ < 6
            assert metadata.duration_s == pytest.approx(len(waveform) / SAMPLE_RATE_HZ, abs=1e-4)
            assert metadata.label == label


@pytest.mark.parametrize("label", IN_TUNE)
def test_instruments_play_the_written_note(label):
    rng = np.random.default_rng(1)
    written = note(pitch_midi=64)
    waveform = INSTRUMENTS[label].draw(rng).play(written, rng)
    # The second harmonic where the fundamental may be faint or vibrato is wide.
    sounding_hz = peak_hz(waveform, written.f0_hz)
    assert abs(1200 * np.log2(sounding_hz / written.f0_hz)) < (60 if label == "voice" else 30)


@pytest.mark.parametrize(
    ("shape", "amplitudes"),
    [
        ("sine", [1, 0, 0, 0, 0]),
        ("square", [1, 0, 1 / 3, 0, 1 / 5]),
        ("sawtooth", [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]),
        ("triangle", [1, 0, 1 / 9, 0, 1 / 25]),
    ],
)
def test_plain_waves_have_the_harmonics_of_the_textbook(shape, amplitudes):
    rng = np.random.default_rng(0)
    waveform = draw_plain_wave(shape, rng).play(note(), rng)
    frequency_hz, magnitude = spectrum(waveform[8000:60_000])
    f0_hz = peak_hz(waveform, 220.0)
    heights = [magnitude[np.abs(frequency_hz - h * f0_hz) < 5].max() for h in range(1, 6)]
    np.testing.assert_allclose(np.array(heights) / heights[0], amplitudes, atol=0.02)


def test_decaying_modes_are_the_sum_of_their_formula():
    f, t60, a = np.array([220.0, 3000.0]), np.array([0.5, 0.1]), np.array([1.0, 0.3])
    time_s = np.arange(5000) / SAMPLE_RATE_HZ
    expected = sum(
        a[p] * 10 ** (-3 * time_s / t60[p]) * np.sin(2 * np.pi * f[p] * time_s) for p in (0, 1)
    )
    np.testing.assert_allclose(decaying_modes(f, t60, a, 5000), expected, atol=1e-5)


def test_modes_above_half_the_rate_are_left_out_instead_of_aliased():
    silent = decaying_modes(np.array([30_000.0]), np.array([1.0]), np.array([1.0]), 1000)
    assert np.abs(silent).max() == 0


def test_a_membrane_vibrates_at_the_zeros_of_bessel_functions():
    zeros = sorted(zero for m in range(7) for zero in jn_zeros(m, 3))
    np.testing.assert_allclose(MEMBRANE_RATIOS, np.array(zeros[:12]) / zeros[0], atol=2e-3)


def test_brass_gets_brighter_as_it_gets_louder():
    def centroid_hz(dynamic):
        rng = np.random.default_rng(5)
        frequency_hz, magnitude = spectrum(draw_brass(rng).play(note(dynamic=dynamic), rng), pad=1)
        return (frequency_hz * magnitude**2).sum() / (magnitude**2).sum()

    soft, middle, loud = (centroid_hz(dynamic) for dynamic in ("pp", "mf", "ff"))
    assert soft * 1.2 < middle < loud / 1.2


def test_a_clip_is_fixed_by_its_numbers_and_its_neighbours_differ():
    first, metadata = render_clip("flute", individual=3, clip=1, seed=7)
    render_clip("bell", individual=0, clip=0)
    again, metadata_again = render_clip("flute", individual=3, clip=1, seed=7)
    assert metadata == metadata_again
    assert np.array_equal(first, again)
    for other in ({"individual": 4}, {"clip": 2}, {"seed": 8}):
        numbers = {"individual": 3, "clip": 1, "seed": 7} | other
        assert not np.array_equal(first, render_clip("flute", **numbers)[0])


def test_unknown_classes_and_negative_numbers_are_refused():
    with pytest.raises(InputError, match=r"no instrument class 'flut': did you mean 'flute'\?"):
        render_clip("flut", individual=0, clip=0)
    with pytest.raises(InputError, match="individual is -1"):
        render_clip("flute", individual=-1, clip=0)


def rendered(folder, n_workers):
    rows = render_files(
        folder, classes=["bell", "noise"], individuals_per_class=2, clips_per_individual=2,
        seed=1, n_workers=n_workers,
    )  # fmt: skip
    return [row for individual in rows for row in individual]


def test_files_do_not_depend_on_the_number_of_workers(tmp_path):
    alone, together = (rendered(tmp_path / str(n), n) for n in (1, 2))
    assert alone == together
    assert len(alone) == 8
    for row in alone:
        contents = [(tmp_path / n / row["path"]).read_bytes() for n in ("1", "2")]
        assert contents[0] == contents[1]
    assert soundfile.info(tmp_path / "1" / alone[0]["path"]).subtype == "PCM_16"


PLAIN_SCRIPT = """
import sys
from pathlib import Path
from instrument_net.synthesis.rendering import render_files
print("begins")
options = dict(individuals_per_class=2, clips_per_individual=2, seed=1)
rows = list(render_files(Path(sys.argv[-1]), classes=["bell", "noise"], n_workers=2, **options))
print(sum(map(len, rows)), "clips")
"""


@pytest.mark.slow
@pytest.mark.parametrize("from_stdin", [False, True])
def test_a_script_without_a_guarded_main_part_renders_the_same_files_once(from_stdin, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(PLAIN_SCRIPT)
    done = subprocess.run(
        [sys.executable, "-" if from_stdin else str(script), str(tmp_path / "plain")],
        input=PLAIN_SCRIPT if from_stdin else None, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "begins\n8 clips\n", done.stderr
    for row in rendered(tmp_path / "alone", n_workers=1):
        plain, alone = (tmp_path / name / row["path"] for name in ("plain", "alone"))
        assert plain.read_bytes() == alone.read_bytes()


SMALL = {"individuals_per_class": 3, "clips_per_individual": 2, "classes": ["bell", "noise"]}


def test_a_corpus_is_rendered_once_and_other_settings_go_elsewhere(tmp_path):
    table = SyntheticCorpus(tmp_path, **SMALL).render()
    written = table.stat().st_mtime_ns
    assert SyntheticCorpus(tmp_path, **SMALL).render() == table
    assert table.stat().st_mtime_ns == written
    other = SyntheticCorpus(tmp_path, **SMALL, seed=1).render()
    assert other.parent != table.parent
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([table.parent.name,
                                                                 other.parent.name])  # fmt: skip


def test_a_corpus_reads_as_a_manifest_of_many_individuals(tmp_path):
    clips = SyntheticCorpus(tmp_path, **SMALL).read().clips
    assert len(clips) == 12
    assert clips.groupby("label")["instrument_id"].nunique().tolist() == [3, 3]
    assert {"pitch_midi", "dynamic", "articulation"} <= set(clips.columns)


def test_an_interrupted_rendering_leaves_nothing_under_the_final_name(tmp_path, monkeypatch):
    corpus = SyntheticCorpus(tmp_path, **SMALL)

    def interrupted(*_args, **_options):
        yield []
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("instrument_net.data.corpora.synthetic.render_files", interrupted)
        with pytest.raises(KeyboardInterrupt):
            corpus.render()
    assert not list(tmp_path.glob("*/metadata.csv"))
    assert len(corpus.read().clips) == 12


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"individuals_per_class": 0}, "individuals_per_class must be at least 1"),
        ({"classes": ["bell", "trumpett"]}, "classes: unknown 'trumpett'; known here: bell"),
        ({"classes": ["bell", "bell"]}, "'bell' appears twice"),
    ],
)
def test_impossible_settings_are_refused(tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        SyntheticCorpus(tmp_path, **settings)
