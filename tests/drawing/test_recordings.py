"""A picture of each long file."""

import numpy as np
import pytest
import soundfile
from small_recogniser import save_checkpoint, small_recogniser, write_noise

from instrument_net.audio import AudioError
from instrument_net.drawing.recordings import RecordingPictures
from instrument_net.errors import InputError
from instrument_net.predict import main
from instrument_net.recognition.files import predict_files


def test_a_long_file_has_a_picture_and_others_have_none(tmp_path, capsys):
    checkpoint = save_checkpoint(small_recogniser(), tmp_path / "best.ckpt")
    for name, seconds in (("long.wav", 1.5), ("b/long.wav", 1.2), ("short.wav", 0.3)):
        write_noise(tmp_path / "in" / name, seconds)
    soundfile.write(tmp_path / "in" / "zero.wav", np.zeros(100_000), 44_100)
    pictures = tmp_path / "new" / "pictures"
    assert main([str(checkpoint), str(tmp_path / "in"), f"--picture={pictures}"]) == 0
    assert f"pictures: {pictures}" in capsys.readouterr().err
    assert sorted(path.name for path in pictures.iterdir()) == [
        "long.wav (2).png", "long.wav.png",
    ]  # fmt: skip
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in pictures.iterdir())
    short = str(tmp_path / "in" / "short.wav")
    assert main([str(checkpoint), short, f"--picture={tmp_path / 'none'}"]) == 0
    assert "pictures: none: no file is longer than a window" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_gone_has_no_picture_and_disturbs_no_other(tmp_path):
    recogniser = small_recogniser()
    paths = [write_noise(tmp_path / f"{name}.wav", 1.2) for name in "ab"]
    results = list(predict_files(recogniser, paths))
    paths[0].unlink()
    pictures = RecordingPictures(recogniser.front_end, tmp_path / "pictures")
    with pytest.raises(AudioError, match=r"a\.wav: no such file"):
        pictures.draw(results[0])
    assert pictures.draw(results[1])
    assert pictures.n_drawn == 1
    (tmp_path / "pictures" / "b.wav.png").unlink()
    (tmp_path / "pictures" / "b.wav.png").mkdir()
    with pytest.raises(InputError, match="cannot be written: Is a directory; name another folder"):
        RecordingPictures(recogniser.front_end, tmp_path / "pictures").draw(results[1])


def test_pictures_of_a_run_that_was_resumed_have_the_names_of_one_that_was_not(tmp_path):
    recogniser = small_recogniser()
    paths = [write_noise(tmp_path / folder / "a.wav", 1.2) for folder in "xyz"]
    (last,) = predict_files(recogniser, paths[2:])
    folder = tmp_path / "pictures"
    assert RecordingPictures(recogniser.front_end, folder, earlier=paths[:2]).draw(last)
    assert [path.name for path in folder.iterdir()] == ["a.wav (3).png"]
