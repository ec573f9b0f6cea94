"""What holds for every front end under conf/frontend: the interface is one."""

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import OmegaConf

from instrument_net.configuration import CONF_DIR
from instrument_net.frontend import FEATURE_NAMES, FrontEnd, factor_power_spectrograms
from instrument_net.frontend.pcen import Pcen

SECONDS_3 = {"n_frames": 126}
FILES = sorted(path.stem for path in (CONF_DIR / "frontend").glob("*.yaml"))


def settings_of(file):
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = OmegaConf.to_container(compose("train", overrides=[f"frontend={file}"]).frontend)
    assert config.pop("_target_") == "instrument_net.frontend.FrontEnd"
    return config


OTHERS = {
    **{file: settings_of(file) for file in FILES if file != "stft_560x256"},
    "pcen of the STFT": {**SECONDS_3, "spectrogram": {"scale": "pcen"}},
    "mel power": {**SECONDS_3, "spectrogram": {"name": "mel", "scale": "power"}},
}
SHAPES = {"log_mel": (96, 255), "log_mel_160": (160, 251), "pcen": (96, 255), "cqt": (192, 251),
          "pcen of the STFT": (560, 126), "mel power": (96, 255)}  # fmt: skip
every_front_end = pytest.mark.parametrize("name", OTHERS)


@pytest.fixture(scope="module")
def front_ends():
    return {name: FrontEnd(**settings) for name, settings in OTHERS.items()}


def sounds(num_samples):
    """Return a plucked tone, noise and silence, ``(3, num_samples)``."""
    time_s = torch.arange(num_samples) / 44_100
    plucked = sum(torch.sin(2 * np.pi * 330 * h * time_s) / h for h in range(1, 9))
    noise = torch.rand(num_samples, generator=torch.manual_seed(0)) - 0.5
    return torch.stack([plucked * torch.exp(-2 * time_s), noise, torch.zeros(num_samples)])


@every_front_end
def test_shapes_ranges_and_silence(front_ends, name):
    front_end = front_ends[name]
    spectrogram, features = front_end(sounds(front_end.num_samples))
    assert spectrogram.shape == (3, *front_end.spectrogram_shape) == (3, 1, *SHAPES[name])
    assert features.shape == (3, 20) == (3, len(FEATURE_NAMES))
    assert spectrogram.dtype == features.dtype == torch.float32
    assert spectrogram.min() >= 0
    assert 0.05 < spectrogram[0].max() <= 1
    assert 0.05 < spectrogram[1].max() <= 1
    assert spectrogram[2].abs().max() == features[2].abs().max() == 0


@every_front_end
def test_the_features_are_those_of_the_default_front_end_for_the_same_clip(front_ends, name):
    clips = sounds(front_ends[name].num_samples)
    torch.testing.assert_close(
        front_ends[name](clips)[1], FrontEnd(**SECONDS_3)(clips)[1], rtol=0, atol=0
    )


@every_front_end
def test_a_batch_equals_its_clips_and_gain_changes_nothing(front_ends, name, monkeypatch):
    front_end = front_ends[name]
    clips = sounds(front_end.num_samples)
    together = front_end(clips)
    for k, gain in enumerate((1e-3, -30.0, 1.0)):
        for whole, single in zip(together, front_end(gain * clips[k : k + 1]), strict=True):
            torch.testing.assert_close(whole[k : k + 1], single, rtol=1e-4, atol=2e-4)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)  # all at once, as on a GPU
    for at_once, whole in zip(front_end(clips), together, strict=True):
        torch.testing.assert_close(at_once, whole, rtol=1e-4, atol=1e-4)


@every_front_end
def test_autocast_changes_nothing_and_gradients_are_finite(front_ends, name):
    front_end = front_ends[name]
    clips = sounds(front_end.num_samples).requires_grad_()
    spectrogram, features = front_end(clips)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(front_end(clips)[0], spectrogram)
    (spectrogram.sum() + features.sum()).backward()
    assert clips.grad.isfinite().all()
    assert clips.grad[:2].abs().amax(dim=1).min() > 0


@every_front_end
def test_the_brightest_bin_of_a_tone_is_the_one_whose_frequency_is_nearest(front_ends, name):
    front_end = front_ends[name]
    assert front_end.bin_hz.shape == front_end.spectrogram_shape[1:2]
    assert (front_end.bin_hz.diff() > 0).all()
    bin_ = len(front_end.bin_hz) // 2
    time_s = torch.arange(front_end.num_samples) / 44_100
    tone = torch.sin(2 * np.pi * float(front_end.bin_hz[bin_]) * time_s)
    spectrogram = front_end(tone[None])[0][0, 0]
    assert (spectrogram[:, 5:-5].argmax(dim=0) == bin_).all()
    click = torch.zeros(1, front_end.num_samples)
    click[0, 66_150] = 1
    loudest = front_end(click)[0][0, 0].sum(dim=0).argmax()
    assert float(loudest) * front_end.hop_s == pytest.approx(1.5, abs=0.1)


@every_front_end
def test_its_settings_give_the_same_front_end_and_are_plain_values(front_ends, name, tmp_path):
    front_end = front_ends[name]
    torch.save(front_end.settings, tmp_path / "settings.pt")
    again = FrontEnd(**torch.load(tmp_path / "settings.pt", weights_only=True))
    clips = sounds(front_end.num_samples)
    assert torch.equal(again(clips)[0], front_end(clips)[0])
    assert not front_end.state_dict()  # all computed, nothing learnt


@pytest.mark.parametrize("transform", ["mel", "constant_q", "stft"])
def test_pcen_has_full_scale_and_time_of_the_spectrogram_that_it_follows(transform):
    spectrogram = {"name": transform, "scale": "pcen", "pcen_gain": 0.6}
    front_end = FrontEnd(**SECONDS_3, spectrogram=spectrogram)
    tone = torch.sin(2 * np.pi * 441 * torch.arange(front_end.num_samples) / 44_100)[None]
    shown = front_end.spectrogram or front_end.power_spectrogram
    full_scale = {"mel": 512.0**2, "constant_q": 1.0, "stft": 1024.0**2}[transform]
    hop_s = (1024 if transform == "stft" else 512) / 44_100
    scale = Pcen(
        n_frames=front_end.spectrogram_shape[2], hop_s=hop_s, full_scale_power=full_scale, gain=0.6
    )
    torch.testing.assert_close(front_end(tone)[0][0], scale(shown(tone)))


def test_the_default_front_end_is_that_of_its_configuration():
    assert settings_of("stft_560x256") == FrontEnd().settings
    assert set(FILES) > {"stft_560x256", "log_mel", "pcen", "cqt"}


@pytest.mark.parametrize("file", FILES)
def test_a_configuration_states_every_setting(file):
    assert FrontEnd(**settings_of(file)).settings == settings_of(file)


def test_an_override_of_the_spectrograms_mel_bands_changes_the_picture():
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        overrides = ["frontend=log_mel", "frontend.spectrogram.n_mels=128"]
        front_end = instantiate(compose("train", overrides=overrides).frontend)
    assert front_end.spectrogram_shape == (1, 128, 255)
    assert front_end.settings["features"] == FrontEnd().settings["features"]


def test_matrix_products_take_the_place_of_every_transform():
    front_end = FrontEnd(**OTHERS["log_mel"])
    clips = sounds(front_end.num_samples)
    expected = front_end(clips)
    factor_power_spectrograms(front_end)
    names = {type(module).__name__ for module in front_end.modules()}
    assert "FactoredPowerSpectrogram" in names
    assert "PowerSpectrogram" not in names
    for factored, transformed in zip(front_end(clips), expected, strict=True):
        torch.testing.assert_close(factored, transformed, rtol=1e-3, atol=2e-3)
