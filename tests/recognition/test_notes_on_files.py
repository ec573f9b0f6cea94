"""Files in which nothing sounds, and what is said about others beside their classes."""

import numpy as np
import pytest
import soundfile
import torch
from small_recogniser import NAMES, small_recogniser

from instrument_net.classifier import InstrumentClassifier
from instrument_net.errors import InputError
from instrument_net.recognition.files import predict_files
from instrument_net.recognition.window_weights import window_weights

RATE_HZ = 44_100


@pytest.fixture(scope="module")
def recogniser():
    return small_recogniser()


@pytest.fixture
def predicted(recogniser, tmp_path):
    def predict(samples, *, name="a.wav", subtype="PCM_16", **options):
        soundfile.write(tmp_path / name, samples, RATE_HZ, subtype=subtype)
        (result,) = predict_files(recogniser, [tmp_path / name], **options)
        return result

    return predict


def noise(seconds, height=0.5):
    return np.random.default_rng(0).uniform(-height, height, int(seconds * RATE_HZ))


@pytest.mark.parametrize("windowing", ["slide", "whole"])
@pytest.mark.parametrize("step", [0, 1])
def test_a_file_in_which_nothing_sounds_is_silent(predicted, recogniser, windowing, step):
    n_samples = int(RATE_HZ * 3 * recogniser.duration_s)
    dither = np.random.default_rng(0).integers(-step, step + 1, n_samples) / 2**15
    result = predicted(dither, windowing=windowing)
    assert result.is_silent
    assert result.ranking() == result.windows == []
    assert result.error is None
    assert result.problem == f"{result.path}: silent, without a class"
    assert result.notes[0] == "silent"


def test_opposite_channels_are_no_silence(predicted):
    x = noise(0.5)
    anti = predicted(np.stack([x, -x], axis=1))
    torch.testing.assert_close(anti.probabilities, predicted(x).probabilities, atol=1e-4, rtol=0)


def test_silent_windows_have_no_say(predicted, recogniser):
    window = recogniser.duration_s
    gap = np.zeros(int(2 * window * RATE_HZ))
    result = predicted(np.concatenate([noise(window), gap, noise(window)]))
    n_silent = len(result.silent_s)
    assert n_silent > 1
    assert result.notes[0] == f"{n_silent} of {n_silent + len(result.windows)} windows silent"
    assert not set(result.silent_s) & set(result.start_s)
    windows = torch.stack(result.windows)
    assert len(result.levels) == len(windows)
    weights = window_weights(windows, result.levels)
    torch.testing.assert_close(result.probabilities, weights @ windows)


@pytest.mark.parametrize("windowing", ["slide", "whole"])
def test_sound_behind_silence_is_found(predicted, recogniser, windowing):
    late = np.concatenate([np.zeros(int(1.05 * recogniser.duration_s * RATE_HZ)), noise(0.05)])
    result = predicted(late, windowing=windowing)
    assert not result.is_silent
    assert len(result.windows) == 1
    assert result.start_s == pytest.approx([1.05 * recogniser.duration_s], abs=1e-3)


def test_what_to_know_is_noted(predicted, recogniser):
    window = recogniser.duration_s
    assert predicted(noise(0.8 * window)).notes == []
    assert predicted(noise(0.05)).notes == ["too short to be sure: 50 ms"]
    assert predicted(np.clip(noise(0.3, height=9), -1, 1)).notes == ["clipped"]
    long = noise(5 * window)
    seconds = f"{5 * window:.1f} s"
    assert predicted(long).notes == [f"longer than a window: {seconds}, in windows"]
    assert predicted(long, windowing="whole").notes == [
        f"longer than a window: {seconds}, {window:.1f} s of it used"
    ]


def test_the_windows_of_an_mp3_without_a_header_reach_its_end(recogniser, tmp_path):
    soundfile.write(tmp_path / "whole.mp3", noise(20), RATE_HZ, bitrate_mode="VARIABLE")
    content = (tmp_path / "whole.mp3").read_bytes()
    (tmp_path / "bare.mp3").write_bytes(content[content.index(b"\xff\xfb", 100) :])
    (result,) = predict_files(recogniser, [tmp_path / "bare.mp3"])
    assert result.error is None
    assert result.duration_s == pytest.approx(20, abs=0.1)
    assert result.start_s[-1] + 1.3 * recogniser.duration_s > 20


def test_the_classifier_names_silence(tmp_path):
    soundfile.write(tmp_path / "zero.wav", np.zeros(9_000), RATE_HZ)
    classifier = InstrumentClassifier(NAMES, network={"name": "PerceptronNet"})
    with pytest.raises(InputError, match=r"zero\.wav: silent, without a class"):
        classifier.predict_file(tmp_path / "zero.wav")
