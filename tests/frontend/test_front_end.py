import librosa
import numpy as np
import pytest
import reference
import torch
from scipy.signal import lfilter

from instrument_net.frontend import FEATURE_NAMES, FrontEnd

NUM_SAMPLES = reference.NUM_SAMPLES
COLUMN = {name: index for index, name in enumerate(FEATURE_NAMES)}


def tone(frequency_hz, *, seconds=6.5, phase=0.3):
    time_s = np.arange(NUM_SAMPLES) / 44_100
    return np.sin(2 * np.pi * frequency_hz * time_s + phase) * (time_s < seconds)


def sounds():
    rng = np.random.default_rng(7)
    noise = rng.uniform(-1, 1, NUM_SAMPLES)
    plucked = sum(tone(220 * h) / h for h in range(1, 9)) * np.exp(-np.arange(NUM_SAMPLES) / 30_000)
    coloured = lfilter([1], [1, -0.95], noise)
    return {
        "white noise": noise,
        "coloured noise": coloured,
        "plucked string": plucked,
        "short tone": tone(440, seconds=0.7),
        "two tones": tone(300) + 0.01 * tone(3000),
    }


SOUNDS = {name: sound / np.abs(sound).max() for name, sound in sounds().items()}


@pytest.fixture(scope="module")
def front_end():
    return FrontEnd()


def apply(front_end, *waveforms):
    return front_end(torch.from_numpy(np.stack(waveforms)).float())


def test_shapes_and_names_are_those_of_the_design(front_end):
    spectrogram, features = apply(front_end, SOUNDS["white noise"])
    assert NUM_SAMPLES == front_end.num_samples == 265_216
    assert spectrogram.shape == (1, 1, 560, 256) == (1, *front_end.spectrogram_shape)
    assert features.shape == (1, 20) == (1, len(FEATURE_NAMES))
    assert spectrogram.dtype == features.dtype == torch.float32
    assert FEATURE_NAMES[:4] == (
        "rms", "zero_crossing_rate", "temporal_centroid_s", "autocorrelation_1"
    )  # fmt: skip
    assert FEATURE_NAMES[7] == "mfcc_1"
    assert FEATURE_NAMES[-2:] == ("mfcc_12", "spectral_centroid_hz")


@pytest.mark.parametrize("name", SOUNDS)
def test_the_log_spectrogram_agrees_with_a_float64_computation(front_end, name):
    spectrogram, _ = apply(front_end, SOUNDS[name])
    expected = reference.log_spectrogram(SOUNDS[name])
    # float32 resolves the power of the faintest bins to some 1e-7 of the strongest.
    error = np.abs(spectrogram[0, 0].numpy() - expected)
    assert error[expected > 0.25].max() < 1e-4
    assert error.max() < 0.05


def test_the_power_spectrogram_agrees_with_a_float64_computation():
    spectrogram, _ = apply(FrontEnd(spectrogram={"scale": "power"}), SOUNDS["plucked string"])
    expected = reference.power(SOUNDS["plucked string"])
    np.testing.assert_allclose(spectrogram[0, 0], expected / expected.max(), atol=1e-6)


@pytest.mark.parametrize("name", SOUNDS)
def test_features_agree_with_a_float64_computation(front_end, name):
    _, features = apply(front_end, SOUNDS[name])
    expected = reference.features(SOUNDS[name])
    # Logarithms of faint bands carry the rounding of the transform; the rest is good to 1e-6.
    np.testing.assert_allclose(features[0, 7:19].numpy(), expected[7:19], rtol=1e-5, atol=2e-4)
    others = [*range(7), 19]
    np.testing.assert_allclose(features[0, others].numpy(), expected[others], rtol=1e-6, atol=1e-6)


def test_power_agrees_with_librosa(front_end):
    x = SOUNDS["plucked string"].astype(np.float32)
    expected = np.abs(librosa.stft(x, n_fft=4096, hop_length=1024, center=False)[:560]) ** 2
    power = front_end.power_spectrogram(torch.from_numpy(x)[None])[0].numpy()
    np.testing.assert_allclose(power, expected, atol=1e-5 * expected.max())


def test_mel_filters_agree_with_librosa(front_end):
    expected = librosa.filters.mel(
        sr=44_100, n_fft=4096, n_mels=40, fmax=559 * 44_100 / 4096, htk=True, norm=None
    )[:, :560]
    filters = front_end.features.mfcc.mel_filters.T.numpy()
    np.testing.assert_allclose(filters, expected, atol=2e-4)


def test_zero_crossings_agree_with_librosa(front_end):
    x = SOUNDS["white noise"]
    _, features = apply(front_end, x)
    expected = librosa.zero_crossings(x, pad=False).sum() / (NUM_SAMPLES - 1)
    assert features[0, COLUMN["zero_crossing_rate"]] == pytest.approx(expected, rel=1e-6)


def test_a_frame_s_centroid_agrees_with_librosa(front_end):
    x = SOUNDS["coloured noise"]
    _, features = apply(front_end, x)
    bin_hz = np.arange(560) * 44_100 / 4096
    frames = librosa.feature.spectral_centroid(S=reference.power(x), freq=bin_hz)
    assert features[0, -1] == pytest.approx(frames.mean(), rel=1e-5)


def test_a_pure_tone_has_the_values_that_paper_and_pencil_give(front_end):
    frequency_hz = 100 * 44_100 / 4096  # in the middle of bin 100
    spectrogram, features = apply(front_end, tone(frequency_hz))
    values = dict(zip(FEATURE_NAMES, features[0].tolist(), strict=True))
    assert values["rms"] == pytest.approx(1 / np.sqrt(2), abs=1e-4)
    assert values["zero_crossing_rate"] == pytest.approx(2 * frequency_hz / 44_100, rel=1e-3)
    assert values["temporal_centroid_s"] == pytest.approx(NUM_SAMPLES / 44_100 / 2, rel=1e-3)
    for k in (1, 2, 3, 4):
        cosine = np.cos(2 * np.pi * frequency_hz * k / 44_100)
        assert values[f"autocorrelation_{k}"] == pytest.approx(cosine, abs=1e-4)
    assert values["spectral_centroid_hz"] == pytest.approx(frequency_hz, rel=1e-4)
    assert (spectrogram[0, 0].argmax(dim=0) == 100).all()
    assert spectrogram.max() == 1
    # Hann: the neighbours of the tone's bin have a quarter of its power, 6.02 dB less.
    torch.testing.assert_close(
        spectrogram[0, 0, [99, 101], 128], torch.full((2,), 1 - 20 * np.log10(2) / 80).float()
    )


def test_a_click_lies_where_it_was_put(front_end):
    click = np.zeros(NUM_SAMPLES)
    click[44_100] = 1
    _, features = apply(front_end, click)
    assert features[0, COLUMN["temporal_centroid_s"]] == pytest.approx(1.0, abs=1e-6)
    assert features[0, COLUMN["rms"]] == pytest.approx(NUM_SAMPLES**-0.5, rel=1e-5)
    assert features[0, 3:7].abs().max() == 0


@pytest.mark.parametrize("click", [0, NUM_SAMPLES - 1])
def test_a_click_on_the_edge_does_not_drown_the_faint_rest(front_end, click):
    x = 1e-4 * SOUNDS["coloured noise"]
    x[click] = 1
    _, features = apply(front_end, x)
    np.testing.assert_allclose(features[0, 3:7], reference.features(x)[3:7], atol=1e-6)


def test_an_alternating_signal_is_its_own_opposite(front_end):
    x = np.where(np.arange(NUM_SAMPLES) % 2, -1.0, 1.0)
    _, features = apply(front_end, x)
    torch.testing.assert_close(features[0, 3:7], torch.tensor([-1.0, 1.0, -1.0, 1.0]))
    assert features[0, COLUMN["zero_crossing_rate"]] == pytest.approx(1)


def test_white_noise_does_not_resemble_its_shifted_self(front_end):
    _, features = apply(front_end, SOUNDS["white noise"])
    assert features[0, 3:7].abs().max() < 5 / np.sqrt(NUM_SAMPLES)


@pytest.mark.parametrize("scale", ["log", "power"])
def test_silence_gives_zeros(scale):
    spectrogram, features = FrontEnd(spectrogram={"scale": scale})(torch.zeros(2, NUM_SAMPLES))
    assert spectrogram.abs().max() == 0
    assert features.abs().max() == 0


def test_a_batch_equals_its_clips_bit_for_bit_and_ignores_a_silent_neighbour(front_end):
    clips = [*SOUNDS.values(), np.zeros(NUM_SAMPLES)]
    spectrogram, features = apply(front_end, *clips)
    for k, clip in enumerate(clips):
        alone = apply(front_end, clip)
        assert torch.equal(spectrogram[k : k + 1], alone[0])
        assert torch.equal(features[k : k + 1], alone[1])


def test_a_batch_transformed_as_one_as_on_a_gpu_agrees_with_clip_by_clip(front_end, monkeypatch):
    # Of different gain, so that a maximum taken over the batch shows.
    clips = [0.5**k * sound for k, sound in enumerate(SOUNDS.values())] + [np.zeros(NUM_SAMPLES)]
    one_by_one = apply(front_end, *clips)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    for whole, single in zip(apply(front_end, *clips), one_by_one, strict=True):
        torch.testing.assert_close(whole, single, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_the_exported_program_takes_batches_of_any_size():
    front_end = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})
    waveforms = torch.randn(5, front_end.num_samples, generator=torch.manual_seed(0))
    program = torch.export.export(
        front_end, (waveforms[:2],), dynamic_shapes={"waveform": {0: torch.export.Dim("batch")}}
    ).module()
    for clips in (waveforms, waveforms[:1]):
        for exported, eager in zip(program(clips), front_end(clips), strict=True):
            torch.testing.assert_close(exported, eager, rtol=1e-5, atol=1e-5)


def test_neither_autocast_nor_matmul_precision_changes_a_bit(front_end):
    waveform = torch.from_numpy(SOUNDS["plucked string"]).float()[None]
    expected = front_end(waveform)
    precision = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = front_end(waveform)
    finally:
        torch.set_float32_matmul_precision(precision)
    for output, same in zip(outputs, expected, strict=True):
        assert torch.equal(output, same)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floating_types_are_taken_for_what_they_hold(front_end, dtype):
    waveform = torch.from_numpy(SOUNDS["short tone"])[None].to(dtype)
    for output, same in zip(front_end(waveform), front_end(waveform.float()), strict=True):
        assert output.dtype == torch.float32
        assert torch.equal(output, same)


@pytest.mark.parametrize("gain", [1e-4, 0.3, -1.0, 1e4])
def test_gain_and_polarity_change_nothing(front_end, gain):
    waveform = torch.from_numpy(SOUNDS["plucked string"]).float()[None]
    for loud, quiet in zip(front_end(waveform), front_end(gain * waveform), strict=True):
        torch.testing.assert_close(loud, quiet, rtol=1e-4, atol=1e-4)


def test_stored_16_bit_samples_give_what_the_waveform_gives(front_end):
    waveform = torch.from_numpy(SOUNDS["short tone"]).float()[None]
    stored = (waveform * 32_767).round().to(torch.int16)
    for output, same in zip(front_end(stored), front_end(stored / 32_767), strict=True):
        torch.testing.assert_close(output, same, rtol=1e-5, atol=2e-4)
    _, expected = front_end(waveform)
    _, features = front_end(stored)
    torch.testing.assert_close(features[:, :7], expected[:, :7], rtol=1e-3, atol=1e-4)


def test_the_most_negative_16_bit_sample_is_a_peak_like_any_other(front_end):
    stored = torch.zeros(1, NUM_SAMPLES, dtype=torch.int16)
    stored[0, :2] = torch.tensor([-32_768, 16_384])
    _, features = front_end(stored)
    assert features[0, COLUMN["rms"]] == pytest.approx(np.sqrt(1.25 / NUM_SAMPLES), rel=1e-6)


@pytest.mark.parametrize("scale", ["log", "power"])
@pytest.mark.parametrize("name", ["silence", "click", "short tone"])
def test_gradients_are_finite(scale, name):
    click = np.eye(1, NUM_SAMPLES)[0]  # without its first sample it is silent
    sound = {"silence": np.zeros(NUM_SAMPLES), "click": click, **SOUNDS}[name]
    waveform = torch.from_numpy(sound).float()[None].requires_grad_()
    spectrogram, features = FrontEnd(spectrogram={"scale": scale})(waveform)
    (spectrogram.sum() + features.sum()).backward()
    assert waveform.grad.isfinite().all()
    assert name == "silence" or waveform.grad.abs().max() > 0


def test_the_gradient_of_the_spectrogram_is_the_slope_of_the_float64_computation():
    front_end = FrontEnd(spectrogram={"scale": "power"})
    weight = np.random.default_rng(3).uniform(-1, 1, (560, 256))
    direction = SOUNDS["coloured noise"]

    def slope_along_direction(x, step=1e-5):
        ahead, behind = (reference.power(x + s * direction) for s in (step, -step))
        return (weight * (ahead / ahead.max() - behind / behind.max())).sum() / (2 * step)

    waveform = torch.from_numpy(SOUNDS["plucked string"]).float()[None].requires_grad_()
    spectrogram, _ = front_end(waveform)
    (spectrogram[0, 0] * torch.from_numpy(weight)).sum().backward()
    slope = (waveform.grad[0].double() * torch.from_numpy(direction)).sum().item()
    assert slope == pytest.approx(slope_along_direction(SOUNDS["plucked string"]), rel=1e-3)


@pytest.mark.parametrize("shape", [(265_216,), (1, 1000), (1, 1, 265_216), (0, 265_216)])
def test_another_shape_is_refused_with_both_shapes(front_end, shape):
    with pytest.raises(ValueError, match=r"takes \(batch, 265216\)") as refusal:
        front_end(torch.zeros(shape))
    assert f"has shape {shape}" in str(refusal.value)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.bool, torch.complex64])
def test_samples_of_another_type_are_refused(front_end, dtype):
    with pytest.raises(ValueError, match=f"waveform is {dtype}"):
        front_end(torch.zeros(1, NUM_SAMPLES, dtype=dtype))
