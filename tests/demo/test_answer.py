"""What the page says about one sound."""

import numpy as np
import pytest
import soundfile
from tones_and_noise import MB, RATE_HZ, noise, tone, train_checkpoint

from instrument_net.audio import AudioError
from instrument_net.demo.answer import answer
from instrument_net.recognition.recogniser import Recogniser


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory):
    return Recogniser.from_checkpoint(train_checkpoint(tmp_path_factory.mktemp("demo") / "a.ckpt"))


@pytest.fixture
def write(tmp_path):
    def write_sound(name, *parts):
        soundfile.write(tmp_path / name, np.concatenate(parts), RATE_HZ)
        return tmp_path / name

    return write_sound


@pytest.mark.parametrize(("name", "sound"), [("tone", tone), ("noise", noise)])
def test_a_short_sound_is_classified_and_explained_without_a_timeline(
    recogniser, write, name, sound
):
    said = answer(recogniser, write("a.flac", sound(0.4)), max_bytes=MB)
    assert next(iter(said.probabilities)) == name
    assert said.probabilities[name] > 0.9
    assert sum(said.probabilities.values()) == pytest.approx(1)
    assert said.summary == "a.flac: 0.4 s"
    assert said.timeline is None
    title = f"Why {name} ({said.probabilities[name]:.0%})"
    assert said.explanation.get_suptitle() == title


def test_of_a_long_sound_the_window_with_the_highest_probability_is_explained(recogniser, write):
    path = write("long.wav", noise(0.6), tone(1.8))
    said = answer(recogniser, path, max_bytes=MB)
    assert next(iter(said.probabilities)) == "tone"
    assert said.summary == "long.wav: 2.4 s, classified in 9 windows of 0.5 s"
    title = said.explanation.get_suptitle()
    assert title.endswith(": the window in which it is most probable")
    start_s = float(title.split(", ")[1].split(" s")[0])
    assert start_s >= 0.5
    assert said.timeline is not None


def test_a_file_that_cannot_be_read_is_named_without_the_servers_folder(recogniser, tmp_path):
    bad = tmp_path / "notes.wav"
    bad.write_text("no sound")
    with pytest.raises(AudioError, match=r"^notes\.wav: cannot be decoded") as caught:
        answer(recogniser, bad, max_bytes=MB)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_above_the_limit_is_refused_unread(recogniser, tmp_path):
    large = tmp_path / "large.wav"
    large.write_bytes(bytes(MB + 200_000))
    with pytest.raises(AudioError, match=r"^large\.wav: 1\.2 MB, at most 1 MB .*--max-upload-mb"):
        answer(recogniser, large, max_bytes=MB)
    with pytest.raises(AudioError, match="cannot be decoded"):
        answer(recogniser, large, max_bytes=2 * MB)
