"""Checkpoints of version 0.1, whose settings of the front end lay side by side, are still read."""

import pytest
import torch
from small_recogniser import NAMES, small_recogniser

import instrument_net.recognition.kept_settings as kept_settings
from instrument_net.classifier import InstrumentClassifier
from instrument_net.errors import InputError
from instrument_net.frontend import FEATURE_NAMES, FrontEnd
from instrument_net.recognition.checkpoint import CheckpointError
from instrument_net.recognition.kept_settings import current_settings
from instrument_net.recognition.recogniser import Recogniser

FLAT = {
    "sample_rate_hz": 44_100, "n_fft": 512, "hop_length": 256, "n_bins": 83, "n_frames": 80,
    "scale": "log", "top_db": 60.0, "n_mels": 20, "spectrogram": None, "pcen_gain": 0.8,
}  # fmt: skip
NESTED = {
    "sample_rate_hz": 44_100,
    "n_frames": 80,
    "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83, "n_mels": 20},
    "spectrogram": {"name": "stft", "scale": "log", "top_db": 60.0, "pcen_gain": 0.8},
}
NETWORK = {"name": "TwoBranchNet", "filters": 4, "dense_units": 8}


def kept(**changes):
    return {"class_names": NAMES, "network": NETWORK, "front_end": FLAT, **changes}


def test_flat_settings_become_nested_ones_and_what_is_given_stays_as_it_is():
    before = kept()
    assert current_settings(before)["front_end"] == NESTED == FrontEnd(**NESTED).settings
    assert before == kept()
    assert FLAT["spectrogram"] is None


def test_the_spectrogram_keeps_its_own_options_beside_the_scale():
    spectrogram = {"name": "mel", "n_fft": 256, "n_mels": 30}
    flat = {**FLAT, "scale": "pcen", "spectrogram": spectrogram}
    assert current_settings(kept(front_end=flat))["front_end"]["spectrogram"] == {
        **spectrogram, "scale": "pcen", "top_db": 60.0, "pcen_gain": 0.8
    }  # fmt: skip
    assert spectrogram == {"name": "mel", "n_fft": 256, "n_mels": 30}


def test_settings_from_before_there_were_other_spectrograms_are_still_the_default():
    oldest = {"sample_rate_hz": 44_100, "n_fft": 4096, "hop_length": 1024, "n_bins": 560,
              "n_frames": 256, "scale": "log", "top_db": 80.0, "n_mels": 40}  # fmt: skip
    front_end = current_settings(kept(front_end=oldest))["front_end"]
    assert FrontEnd(**front_end).settings == FrontEnd().settings


def test_settings_of_this_version_stay_as_they_are():
    settings = small_recogniser().settings
    assert current_settings(settings) == {
        key: settings[key] for key in ("class_names", "network", "front_end")
    }


def test_an_option_that_had_no_effect_is_left_out():
    network = {"name": "PerceptronNet", "dense_units": 8}
    for filters in ({}, {"filters": 32}):
        assert current_settings(kept(network={**network, **filters}))["network"] == network
    assert current_settings(kept())["network"] == NETWORK


@pytest.fixture
def old_checkpoint(tmp_path):
    """A checkpoint as version 0.1 wrote it, and the recogniser that it holds."""
    torch.manual_seed(0)
    recogniser = Recogniser.from_settings(kept(front_end=NESTED))
    hyper_parameters = {**kept(), "log_base": "10", "label_smoothing": 0.1, "class_weights": None}
    torch.save(
        {
            "hyper_parameters": hyper_parameters,
            "state_dict": {f"network.{k}": v for k, v in recogniser.network.state_dict().items()},
            "pytorch-lightning_version": "2.6.6",
        },
        tmp_path / "old.ckpt",
    )
    return tmp_path / "old.ckpt", recogniser


def test_an_old_checkpoint_gives_the_same_outputs_however_it_is_read(old_checkpoint):
    path, recogniser = old_checkpoint
    waveforms = torch.randn(2, recogniser.front_end.num_samples, generator=torch.manual_seed(1))
    read = Recogniser.from_checkpoint(path)
    classifier = InstrumentClassifier.load_from_checkpoint(path)
    with torch.no_grad():
        assert torch.equal(read(waveforms), recogniser(waveforms))
        logits = classifier(*classifier.front_end(waveforms))
        assert torch.equal(logits.softmax(dim=1), recogniser(waveforms))
    assert classifier.front_end.settings == read.front_end.settings == NESTED
    assert classifier.hparams["log_base"] == "10"
    assert classifier.hparams["feature_names"] == list(FEATURE_NAMES)


def test_an_old_checkpoint_is_refused_where_other_features_are_computed(
    old_checkpoint, monkeypatch
):
    path, _ = old_checkpoint
    monkeypatch.setattr(kept_settings, "FEATURE_NAMES", (*FEATURE_NAMES, "crest_factor"))
    for read in (Recogniser.from_checkpoint, InstrumentClassifier.load_from_checkpoint):
        with pytest.raises(
            CheckpointError, match=r"old\.ckpt: .* \(only here: crest_factor\): tra"
        ):
            read(path)
    with pytest.raises(InputError, match=r"^its network was trained on other features"):
        Recogniser.from_settings(kept())
