"""What the page says about uploaded files."""

import numpy as np
import pytest
from tones_and_noise import MB, RATE_HZ, noise, tone, train_checkpoint, write_sound

from instrument_net.demo.answer import classify, problem, summary
from instrument_net.recognition.recogniser import Recogniser


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory):
    return Recogniser.from_checkpoint(train_checkpoint(tmp_path_factory.mktemp("demo") / "a.ckpt"))


@pytest.fixture
def write(tmp_path):
    return lambda name, *parts: write_sound(tmp_path / name, *parts)


@pytest.mark.parametrize(("name", "sound"), [("tone", tone), ("noise", noise)])
def test_a_short_sound_has_a_class_and_its_length(recogniser, write, name, sound):
    (result,) = classify(recogniser, [write("a.flac", sound(0.4))], max_bytes=MB)
    ((best, probability),) = result.ranking(1)
    assert best == name
    assert probability > 0.9
    assert problem(result) == ""
    assert summary(result) == "a.flac: 0.4 s"


def test_a_long_sound_is_said_to_be_classified_in_windows_once(recogniser, write):
    path = write("long.wav", noise(0.6), tone(1.8))
    (result,) = classify(recogniser, [path], max_bytes=MB)
    assert summary(result) == "long.wav: 2.4 s, classified in 9 windows of 0.5 s"


def test_what_is_to_be_known_about_a_sound_is_said(recogniser, write):
    clipped = np.clip(4 * tone(0.4), -1, 1)
    (result,) = classify(recogniser, [write("loud.wav", clipped)], max_bytes=MB)
    assert summary(result) == "loud.wav: 0.4 s; clipped"


def test_files_without_a_class_are_named_without_the_servers_folder(recogniser, write, tmp_path):
    bad, large = tmp_path / "notes.wav", tmp_path / "large.wav"
    bad.write_text("no sound")
    large.write_bytes(bytes(MB + 200_000))
    silent = write("silent.wav", np.zeros(RATE_HZ))
    paths = [bad, large, silent, write("a.wav", tone(0.4))]
    results = list(classify(recogniser, paths, max_bytes=MB))
    assert [result.path for result in results] == paths
    reasons = [problem(result) for result in results]
    assert reasons[0].startswith("notes.wav: cannot be decoded")
    assert reasons[1].startswith("large.wav: 1.2 MB, at most 1 MB ")
    assert reasons[1].endswith("--max-upload-mb")
    assert reasons[2:] == ["silent.wav: silent, without a class", ""]
    assert not any(str(tmp_path) in reason for reason in reasons)


def test_a_file_above_the_limit_is_not_read(recogniser, tmp_path):
    large = tmp_path / "large.wav"
    large.write_bytes(bytes(MB + 1))
    (within,) = classify(recogniser, [large], max_bytes=2 * MB)
    assert "cannot be decoded" in problem(within)
