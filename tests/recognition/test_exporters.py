"""Exported files say what the recogniser says, and are not written otherwise."""

import warnings

import pytest
import torch
from small_recogniser import NAMES, SETTINGS, small_recogniser

from instrument_net.recognition.exporters import ExportError, _refuse_difference, export_onnx
from instrument_net.recognition.recogniser import Recogniser


@pytest.fixture
def recogniser():
    return small_recogniser()


@pytest.mark.slow
def test_an_exported_file_holds_another_front_end_and_a_newer_network(tmp_path):
    pytest.importorskip("onnxruntime")
    torch.manual_seed(0)
    spectrogram = {
        "name": "constant_q", "n_octaves": 2, "hop_length": 256, "f_min_hz": 440, "scale": "pcen"
    }  # fmt: skip
    front_end = {**SETTINGS["front_end"], "spectrogram": spectrogram}
    network = {"name": "ResidualNet", "filters": 2, "dense_units": 8, "fusion": "gated"}
    recogniser = Recogniser.from_settings(
        {"class_names": NAMES, "network": network, "front_end": front_end}
    )
    recogniser.network.perceptron_branch.scaling.fit(torch.zeros(20), torch.full((20,), 1e3))
    with torch.no_grad():
        recogniser.network.output.weight.mul_(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        difference = export_onnx(recogniser, tmp_path / "x.onnx")
    assert difference < 1e-5
    # It would prove nothing if probabilities were all alike, or certain.
    waveforms = torch.zeros(2, recogniser.front_end.num_samples)
    waveforms[0] = torch.randn(recogniser.front_end.num_samples)
    noise, silence = recogniser(waveforms)
    assert max(noise.max(), silence.max()) < 0.99
    assert (noise - silence).abs().max() > 0.01


def test_an_export_that_differs_is_refused_and_not_written(recogniser, tmp_path):
    waveforms = torch.randn(2, recogniser.front_end.num_samples)
    right = recogniser(waveforms).detach()
    assert _refuse_difference(recogniser, lambda w: right[: len(w)], waveforms) < 1e-6
    with pytest.raises(ExportError, match=r"differs from PyTorch by 0\.0002"):
        _refuse_difference(recogniser, lambda w: right[: len(w)] + 2e-4, waveforms)
    with pytest.raises(ExportError):
        _refuse_difference(recogniser, lambda w: right[: len(w)] * float("nan"), waveforms)
