"""Files -> windows -> probabilities."""

import numpy as np
import pytest
import soundfile
import torch
from encoded_sound import encode
from small_recogniser import NAMES, small_recogniser, write_noise

from instrument_net.errors import InputError
from instrument_net.recognition.file_windows import window_starts_s
from instrument_net.recognition.files import predict_files
from instrument_net.recognition.window_weights import window_weights


@pytest.fixture
def recogniser():
    return small_recogniser()


@pytest.fixture
def noise(tmp_path):
    def write(name, seconds, seed=0):
        return write_noise(tmp_path / name, seconds, seed)

    return write


@pytest.mark.parametrize(
    ("length_s", "starts"),
    [
        (0.1, [0]),
        (6, [0]),
        (7.4, [0]),
        (7.5, [0, 3]),
        (10.4, [0, 3]),
        (10.5, [0, 3, 6]),
    ],
)
def test_windows_overlap_by_half_and_leave_no_long_rest(length_s, starts):
    # One more window, 3 s later, where at least a quarter of a window (1.5 s) follows the last.
    assert window_starts_s(length_s, 6.0) == starts


def test_a_long_file_is_the_weighted_mean_of_its_windows(recogniser, noise):
    path = noise("long.wav", 3.2 * recogniser.duration_s)
    (result,) = predict_files(recogniser, [path], batch_size=2)
    assert len(result.windows) == len(result.start_s) > 3
    sound, _ = soundfile.read(path, dtype="float32")
    size = recogniser.front_end.num_samples
    for start_s, window in zip(result.start_s, result.windows, strict=True):
        start = round(start_s * 44_100)
        part = np.zeros(size, np.float32)
        part[: len(sound[start : start + size])] = sound[start : start + size]
        with torch.no_grad():
            expected = recogniser(torch.from_numpy(part)[None])[0]
        torch.testing.assert_close(window, expected, atol=1e-5, rtol=1e-4)
    shares = window_weights(torch.stack(result.windows), result.levels)
    mean = (shares[:, None] * torch.stack(result.windows)).sum(0)
    assert dict(result.ranking()) == pytest.approx(dict(zip(NAMES, mean.tolist(), strict=True)))
    assert sum(value for _, value in result.ranking()) == pytest.approx(1)


def test_a_long_m4a_is_classified_as_the_same_sound_in_wav_is(recogniser, noise):
    pytest.importorskip("av")
    path = noise("long.wav", 2.2 * recogniser.duration_s)
    sound, rate_hz = soundfile.read(path, always_2d=True)
    encode(path.with_suffix(".m4a"), sound.T, rate_hz, "alac")
    wav, m4a = predict_files(recogniser, [path, path.with_suffix(".m4a")])
    assert (m4a.duration_s, m4a.start_s) == (wav.duration_s, wav.start_s)
    assert torch.equal(torch.stack(m4a.windows), torch.stack(wav.windows))


def test_whole_is_the_one_window_that_training_uses(recogniser, noise):
    path = noise("long.wav", 3.2 * recogniser.duration_s)
    (whole,) = predict_files(recogniser, [path], windowing="whole")
    (slid,) = predict_files(recogniser, [path])
    assert len(whole.windows) == 1
    torch.testing.assert_close(whole.windows[0], slid.windows[0])


def test_results_come_in_order_whatever_the_batch_size(recogniser, noise):
    duration = recogniser.duration_s
    paths = [noise(f"{k}.wav", s * duration, k) for k, s in enumerate((0.5, 2.3, 0.2, 4.1, 1))]
    wanted = [next(predict_files(recogniser, [path])).probabilities for path in paths]
    for batch_size in (1, 3, 64):
        results = list(predict_files(recogniser, paths, batch_size=batch_size))
        assert [result.path for result in results] == paths
        for result, probabilities in zip(results, wanted, strict=True):
            torch.testing.assert_close(result.probabilities, probabilities)


def test_a_file_that_breaks_off_loses_only_itself(recogniser, noise, tmp_path):
    # Ogg without its end: the header states windows that are not there.
    long = noise("long.ogg", 8 * recogniser.duration_s)
    (tmp_path / "cut.ogg").write_bytes(long.read_bytes()[: long.stat().st_size // 2])
    (tmp_path / "text.wav").write_text("no sound")
    paths = [noise("a.wav", 0.3), tmp_path / "cut.ogg", tmp_path / "text.wav", noise("b.wav", 0.3)]
    for batch_size in (1, 2, 64):
        a, cut, text, b = predict_files(recogniser, paths, batch_size=batch_size)
        assert a.error is b.error is None
        torch.testing.assert_close(a.probabilities, b.probabilities)
        assert "text.wav" in text.error
        if cut.error is None:  # libsndfile counts the pages of what is left
            assert len(cut.windows) == len(cut.start_s)
        else:
            assert "cut.ogg" in cut.error
            assert not cut.windows


def test_an_unknown_windowing_is_refused(recogniser):
    with pytest.raises(InputError, match=r"windowing must be one of .*, got 'hop'"):
        next(predict_files(recogniser, ["x.wav"], windowing="hop"))
