"""The command that exports: its files hold what the checkpoint holds."""

import json
import sys
import warnings

import pytest
import torch
from small_recogniser import NAMES, save_checkpoint, small_recogniser

from instrument_net.export import main
from instrument_net.recognition.recogniser import Recogniser


@pytest.fixture
def recogniser():
    return small_recogniser()


@pytest.fixture
def checkpoint(recogniser, tmp_path):
    return save_checkpoint(recogniser, tmp_path / "best.ckpt")


@pytest.mark.slow
@pytest.mark.parametrize(("to", "ending"), [("onnx", ".onnx"), ("torch", ".pt2")])
def test_an_exported_file_says_what_the_checkpoint_says(checkpoint, recogniser, to, ending):
    onnxruntime = pytest.importorskip("onnxruntime")
    from safetensors.torch import load_file

    with warnings.catch_warnings():  # of PyTorch's exporters, about themselves
        warnings.simplefilter("ignore")
        assert main([str(checkpoint), "--to", to]) == 0
        file = checkpoint.with_suffix(ending)
        waveforms = torch.randn(5, recogniser.front_end.num_samples)
        waveforms[3] = 0
        if to == "onnx":
            session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
            theirs = torch.from_numpy(session.run(None, {"waveform": waveforms.numpy()})[0])
            metadata = session.get_modelmeta().custom_metadata_map
        else:
            extra = {"metadata.json": ""}
            theirs = torch.export.load(file, extra_files=extra).module()(waveforms)
            metadata = json.loads(extra["metadata.json"])
    with torch.no_grad():
        torch.testing.assert_close(theirs, recogniser(waveforms), atol=1e-5, rtol=1e-4)
    assert json.loads(metadata["class_names"]) == NAMES
    assert int(metadata["sample_rate_hz"]) == 44_100
    weights = load_file(checkpoint.with_suffix(".safetensors"))
    settings = json.loads(checkpoint.with_suffix(".json").read_text())
    again = Recogniser.from_settings(settings)
    again.network.load_state_dict(weights)
    with torch.no_grad():
        torch.testing.assert_close(again(waveforms), recogniser(waveforms))


def test_a_wrong_checkpoint_or_a_missing_package_ends_the_command(
    checkpoint, tmp_path, monkeypatch, capsys
):
    assert main([str(tmp_path / "no.ckpt")]) == 2
    assert "error: " in (said := capsys.readouterr().out)
    assert "no.ckpt: no such checkpoint" in said
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert main([str(checkpoint)]) == 2
    assert 'pip install "instrument-net[export]"' in capsys.readouterr().out
