"""Weights in one file: the same recogniser again, or one sentence that says why not."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from small_recogniser import NAMES, save_checkpoint, small_recogniser

from instrument_net.calibrate.keeping import keep_certainty
from instrument_net.classifier import InstrumentClassifier
from instrument_net.errors import InputError
from instrument_net.recognition.certainty import Certainty
from instrument_net.recognition.checkpoint import CheckpointError
from instrument_net.recognition.exporters import export_weights
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.recognition.weights_file import is_weights_file, write_weights_file

CERTAINTY = Certainty(2.0, {0.9: 0.1}, 0.3, "somewhere", {"n_clips": 3})


@pytest.fixture
def checkpoint(tmp_path):
    path = save_checkpoint(small_recogniser(), tmp_path / "best.ckpt", log_base="e")
    keep_certainty(path, CERTAINTY)
    return path


@pytest.fixture
def weights(checkpoint, tmp_path):
    path = tmp_path / "a.safetensors"
    export_weights(Recogniser.from_checkpoint(checkpoint), path, card={"summary": "of noise"})
    return path


def waveforms_for(recogniser):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(2, recogniser.front_end.num_samples, generator=generator)


def test_exported_weights_are_the_checkpoint_again(checkpoint, weights):
    before, after = Recogniser.from_checkpoint(checkpoint), Recogniser.from_checkpoint(weights)
    assert after.settings == before.settings
    assert after.certainty == before.certainty == CERTAINTY
    assert (before.card, after.card) == ({}, {"summary": "of noise"})
    waveforms = waveforms_for(before)
    with torch.no_grad():
        assert torch.equal(after(waveforms), before(waveforms))
    assert after.class_names == tuple(NAMES)


def test_a_classifier_reads_them_as_well(checkpoint, weights):
    loaded = InstrumentClassifier.load_from_checkpoint(weights)
    recogniser = Recogniser.from_checkpoint(checkpoint)
    with torch.no_grad():
        inputs = loaded.front_end(waveforms_for(recogniser))
        assert torch.equal(loaded(*inputs), recogniser.network(*inputs))
    assert loaded.certainty == CERTAINTY
    assert not loaded.training


def test_the_same_weights_are_the_same_bytes(checkpoint, weights, tmp_path):
    recogniser = Recogniser.from_checkpoint(checkpoint)
    export_weights(recogniser, tmp_path / "b.safetensors", card={"summary": "of noise"})
    assert (tmp_path / "b.safetensors").read_bytes() == weights.read_bytes()
    assert list(header_of(weights)) == ["instrument_net"]  # several would be in any order


def test_in_half_of_the_size_probabilities_are_nearly_the_same(checkpoint, weights, tmp_path):
    recogniser = Recogniser.from_checkpoint(checkpoint)
    half = tmp_path / "half.safetensors"
    assert 0 < export_weights(recogniser, half, half=True) <= 1e-3
    kinds = {(t.ndim > 1, t.dtype) for t in load_file(half).values() if t.is_floating_point()}
    assert kinds == {(True, torch.float16), (False, torch.float32)}
    again = Recogniser.from_checkpoint(half)
    assert {p.dtype for p in again.network.parameters()} == {torch.float32}
    waveforms = waveforms_for(recogniser)
    with torch.no_grad():
        torch.testing.assert_close(again(waveforms), recogniser(waveforms), atol=1e-3, rtol=0)


def header_of(path):
    content = path.read_bytes()
    return json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]


def edited(path, header, weights):
    """Write a file with another header, as somebody's editor would."""
    text = {} if header is None else {"instrument_net": header}
    save_file(weights, path, metadata=text)


def test_what_is_not_as_it_was_written_is_refused_in_a_line(weights):
    content, tensors = weights.read_bytes(), load_file(weights)
    header = header_of(weights)["instrument_net"]
    cases = {
        "it is cut or damaged; copy it again": lambda: weights.write_bytes(content[:-5]),
        "it is not as it was written": lambda: weights.write_bytes(
            content[:-2] + bytes([content[-2] ^ 64]) + content[-1:]
        ),
        "it is not as it was written: damaged": lambda: edited(
            weights, header.replace('"temperature": 2.0', '"temperature": 9.0'), tensors
        ),
        "its format is 7, this version of instrument_net reads 1": lambda: edited(
            weights, header.replace('"format": 1', '"format": 7'), tensors
        ),
        "without the settings that this version": lambda: edited(weights, None, tensors),
    }
    for said, damage in cases.items():
        damage()
        for read in (Recogniser.from_checkpoint, InstrumentClassifier.load_from_checkpoint):
            with pytest.raises(CheckpointError) as refused:
                read(weights)
            assert str(refused.value).startswith(f"{weights}: ")
            assert said in str(refused.value)
            assert "\n" not in str(refused.value)


def test_weights_of_another_shape_or_that_are_not_finite_are_refused(weights, tmp_path):
    recogniser = Recogniser.from_checkpoint(weights)
    tensors = recogniser.network.state_dict()
    name = "output.weight"
    for broken, said in (
        (tensors[name][:, :1], "size mismatch"),
        (torch.full_like(tensors[name], float("nan")), "NaN"),
    ):
        path = tmp_path / "broken.safetensors"
        write_weights_file(path, {**tensors, name: broken}, recogniser.settings)
        with pytest.raises(CheckpointError, match=rf"broken\.safetensors: .*{said}"):
            Recogniser.from_checkpoint(path)


def test_they_are_known_by_ending_or_content(weights, checkpoint, tmp_path):
    renamed = tmp_path / "weights.bin"
    renamed.write_bytes(weights.read_bytes())
    (tmp_path / "empty.bin").touch()
    (tmp_path / "none.safetensors").write_text("hello")
    assert [is_weights_file(tmp_path / name) for name in
            ("weights.bin", "empty.bin", "none.safetensors", "best.ckpt")] == [
        True, False, True, False,
    ]  # fmt: skip
    assert Recogniser.from_checkpoint(renamed).class_names == tuple(NAMES)


def test_calibration_does_not_write_into_exported_weights(weights):
    before = weights.read_bytes()
    with pytest.raises(InputError, match=r"a\.safetensors: exported weights.* export it again"):
        keep_certainty(weights, CERTAINTY)
    assert weights.read_bytes() == before
