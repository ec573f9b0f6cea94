import librosa
import numpy as np
import pytest
import torch

from instrument_net.baselines.clip_descriptors import describe_clips
from instrument_net.baselines.front_end_features import FrontEndFeatures
from instrument_net.baselines.mfcc_statistics import MfccStatistics
from instrument_net.data.corpora import FolderCorpus
from instrument_net.data.store import WaveformStore
from instrument_net.frontend import FrontEnd

SMALL = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})


def noise(n=20_000, padding=5_000):
    rng = np.random.default_rng(0)
    waveform = np.zeros(n + padding, dtype=np.int16)
    waveform[:n] = rng.integers(-20_000, 20_000, n) * np.linspace(1, 0.01, n)
    return waveform


def test_mfcc_statistics_agree_with_librosa():
    waveform = noise(padding=0)
    waveform[-1] = 7  # nothing to trim
    theirs = librosa.feature.mfcc(y=waveform.astype(np.float32) / 32_767, sr=44_100, n_mfcc=20)
    expected = np.concatenate([theirs.mean(axis=1), theirs.std(axis=1)])
    ours = MfccStatistics(sample_rate_hz=44_100)(waveform)
    np.testing.assert_allclose(ours, expected, rtol=1e-3, atol=2e-3)


def test_padding_is_not_part_of_the_clip():
    waveform = noise()
    waveform[19_999] = 7
    describe = MfccStatistics(sample_rate_hz=44_100)
    np.testing.assert_array_equal(describe(waveform), describe(waveform[:20_000]))


@pytest.mark.parametrize("n_sounding", [0, 1, 100])
def test_silence_and_the_shortest_clips_have_finite_statistics(n_sounding):
    waveform = np.zeros(30_000, dtype=np.int16)
    waveform[:n_sounding] = 1000
    described = MfccStatistics(sample_rate_hz=44_100)(waveform)
    assert described.shape == (40,)
    assert np.isfinite(described).all()
    if n_sounding == 0:
        # The first coefficient is some -1000, its mean over the frames a float32.
        np.testing.assert_allclose(described[20:], 0, atol=2e-3)


def test_features_are_those_of_the_front_end():
    waveform = np.resize(noise(), SMALL.num_samples).astype(np.int16)
    expected = SMALL(torch.from_numpy(waveform)[None])[1][0]
    np.testing.assert_array_equal(FrontEndFeatures(SMALL)(waveform), expected.double().numpy())


def test_descriptors_of_another_front_end_have_other_settings():
    settings = FrontEndFeatures(SMALL).settings
    assert settings == {"descriptor": "features", "front_end": SMALL.fingerprint}
    other = FrontEnd(**{**SMALL.settings, "n_frames": 57})
    assert FrontEndFeatures(other).settings != settings


@pytest.fixture
def store(tmp_path, write_tone):
    for label in ("a", "b"):
        for k in range(3):
            write_tone(f"corpus/{label}/{k}.wav", frequency_hz=300 + 40 * k)

    def open_store():
        return WaveformStore(
            FolderCorpus(tmp_path / "corpus").read().clips, tmp_path / "store",
            sample_rate_hz=44_100, num_samples=SMALL.num_samples,
        )  # fmt: skip

    return open_store


class Counting:
    """A descriptor that counts its calls."""

    def __init__(self, **settings):
        self.settings = settings
        self.calls = 0

    def __call__(self, waveform):
        self.calls += 1
        return np.array([waveform.max(), self.calls], dtype=float)


def test_clips_are_described_once_in_the_order_of_the_store(store):
    first, again = Counting(n=1), Counting(n=1)
    table = describe_clips(store(), first)
    np.testing.assert_array_equal(table[:, 1], range(1, 7))
    np.testing.assert_array_equal(describe_clips(store(), again), table)
    assert (first.calls, again.calls) == (6, 0)


def test_other_settings_or_other_samples_are_described_anew(store, write_tone):
    describe_clips(store(), Counting(n=1))
    other = Counting(n=2)
    describe_clips(store(), other)
    write_tone("corpus/a/1.wav", frequency_hz=1000, duration_s=0.2)
    changed = Counting(n=1)
    describe_clips(store(), changed)
    assert (other.calls, changed.calls) == (6, 6)


def test_a_table_that_was_cut_is_computed_again(store, tmp_path):
    table = describe_clips(store(), Counting(n=1))
    (path,) = (tmp_path / "store").glob("*.npy")
    for content in (path.read_bytes()[:-10], b""):
        path.write_bytes(content)
        again = Counting(n=1)
        np.testing.assert_array_equal(describe_clips(store(), again), table)
        assert again.calls == 6
