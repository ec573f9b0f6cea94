"""The command that exports: its files hold what the checkpoint holds."""

import json
import sys
import warnings

import pytest
import torch
from small_recogniser import NAMES, save_checkpoint, small_recogniser

from instrument_net.export import main
from instrument_net.recognition.named_checkpoint import PRETRAINED_FILE
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


def test_weights_alone_take_the_place_of_the_checkpoint(
    checkpoint, recogniser, capsys, monkeypatch
):
    for name in ("onnx", "onnxruntime", "onnxscript"):  # of an extra that this does not need
        monkeypatch.setitem(sys.modules, name, None)
    assert main([str(checkpoint), "--to", "safetensors"]) == 0
    weights = checkpoint.with_suffix(".safetensors")
    assert f"file            {weights} (" in capsys.readouterr().out
    assert sorted(path.name for path in checkpoint.parent.iterdir()) == [
        "best.ckpt", "best.safetensors",
    ]  # fmt: skip
    assert Recogniser.from_checkpoint(weights).settings == recogniser.settings
    half = checkpoint.with_name("half.safetensors")
    assert main([str(weights), "--to=safetensors", "--half", "--out", str(half)]) == 0
    assert half.stat().st_size < weights.stat().st_size
    capsys.readouterr()
    assert main([str(weights), "--to", "safetensors"]) == 2
    assert "best.safetensors: is read and would be overwritten" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([str(checkpoint), "--to", "onnx", "--half"])


def test_nothing_is_written_into_the_package(tmp_path, monkeypatch, capsys):
    before = sorted(PRETRAINED_FILE.parent.iterdir())
    monkeypatch.chdir(tmp_path)
    assert main(["pretrained", "--to", "safetensors"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["best.safetensors"]
    assert Recogniser.from_checkpoint("best.safetensors").card == Recogniser.pretrained().card
    assert sorted(PRETRAINED_FILE.parent.iterdir()) == before
    assert main(["pretrained", "--to=safetensors", "--out", str(PRETRAINED_FILE)]) == 2
    assert "would be overwritten" in capsys.readouterr().out
