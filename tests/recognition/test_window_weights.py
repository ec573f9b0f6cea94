"""How much the windows of a long file weigh."""

import numpy as np
import pytest
import soundfile
import torch
from small_recogniser import small_recogniser, write_noise

from instrument_net.audio import load_sound
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.files import predict_files
from instrument_net.recognition.window_weights import Level, level_of, window_weights

RATE_HZ = 44_100
SURE, EVEN = [0.98, 0.01, 0.01], [1 / 3, 1 / 3, 1 / 3]
LOUD = Level(power=1.0, quiet=0.1)


def weights(windows, levels=()):
    return window_weights(torch.tensor(windows), levels).tolist()


def test_a_window_weighs_as_much_as_it_is_certain():
    sure, half, even = weights([SURE, [0.5, 0.5, 0.0], EVEN])
    assert even == pytest.approx(0, abs=1e-6)
    # 1 - log(2) / log(3), and 1 - H / log(3) with H = 0.1119 nats
    assert half / sure == pytest.approx((1 - 0.6309) / (1 - 0.1119 / 1.0986), rel=1e-3)
    assert sure + half + even == pytest.approx(1)


def test_soft_and_loud_passages_weigh_nearly_the_same_and_hiss_next_to_nothing():
    soft = Level(power=0.01, quiet=0.001)  # 20 dB below
    hiss = Level(power=1.1e-6, quiet=1e-6)
    a, b, c = weights([SURE] * 3, [LOUD, soft, hiss])
    assert b == pytest.approx(a, rel=1e-3)
    assert c == pytest.approx(a * (1 - 1 / 1.1), rel=1e-3)


def test_a_file_without_a_pause_has_no_floor_among_its_windows():
    steady = [Level(power, 0.99 * power) for power in (1.0, 0.9, 1.1)]
    assert weights([SURE] * 3, steady) == pytest.approx([1 / 3] * 3, rel=0.01)


def test_where_no_window_says_anything_all_weigh_the_same():
    assert weights([EVEN, EVEN], [LOUD, LOUD]) == [0.5, 0.5]


def test_one_window_is_the_file_to_the_last_digit():
    window = torch.tensor([0.1, 0.2, 0.7])
    result = FilePrediction("a.wav", ("a", "b", "c"), [0.0], [window], levels=[LOUD])
    assert result.probabilities is window


def test_a_level_is_that_of_the_file_without_the_padding(tmp_path):
    sound = np.zeros(RATE_HZ)
    sound[: RATE_HZ // 2] = 0.25  # half a second at a power of 1/16, then a pause
    sound[: RATE_HZ // 2 : 2] *= -1
    soundfile.write(tmp_path / "a.wav", sound, RATE_HZ, subtype="FLOAT")
    loaded = load_sound(tmp_path / "a.wav", num_samples=4 * RATE_HZ)
    assert loaded.peak == 0.25
    level = level_of(loaded, sample_rate_hz=RATE_HZ, duration_s=1.0)
    assert level.power == pytest.approx(1 / 32)
    assert level.quiet == 0
    shorter_than_a_frame = level_of(loaded, sample_rate_hz=RATE_HZ, duration_s=0.01)
    assert shorter_than_a_frame.power == pytest.approx(1 / 16)


def test_a_file_that_is_mostly_hiss_is_named_by_what_plays_in_it(tmp_path):
    recogniser = small_recogniser()
    path = write_noise(tmp_path / "a.wav", 6 * recogniser.duration_s)
    sound, _ = soundfile.read(path)
    sound[round(recogniser.duration_s * RATE_HZ) :] *= 1e-3  # 60 dB down
    soundfile.write(path, sound, RATE_HZ, subtype="FLOAT")
    (result,) = predict_files(recogniser, [path])
    assert len(result.levels) == len(result.windows) > 8
    shares = window_weights(torch.stack(result.windows), result.levels)
    assert shares[:2].sum() > 0.8  # the windows that reach into what plays; of the mean, 0.18
    expected = (shares[:, None] * torch.stack(result.windows)).sum(dim=0)
    torch.testing.assert_close(result.probabilities, expected)
    assert result.probabilities.sum().item() == pytest.approx(1)
