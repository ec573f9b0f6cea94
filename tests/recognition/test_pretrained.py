"""The weights in the package: small, what their card says, used where no checkpoint is named."""

import csv
import socket

import pytest
import torch
from small_recogniser import write_noise

from instrument_net import predict
from instrument_net.card.__main__ import main as card
from instrument_net.classifier import InstrumentClassifier
from instrument_net.recognition.named_checkpoint import PRETRAINED_FILE
from instrument_net.recognition.recogniser import Recogniser


@pytest.fixture(scope="module")
def recogniser():
    return Recogniser.pretrained()


def test_the_file_is_small_and_holds_no_pickle():
    content = PRETRAINED_FILE.read_bytes()
    assert len(content) <= 3 * 10**6
    assert content[8:9] == b"{"  # safetensors: the length of the header, then JSON


def test_it_is_calibrated_and_names_common_instruments(recogniser):
    assert {"flute", "violin", "piano", "voice", "trumpet"} <= set(recogniser.class_names)
    assert recogniser.certainty is not None
    assert {0.8, 0.9} <= set(recogniser.certainty.least_probability)
    with torch.no_grad():
        probabilities = recogniser(torch.zeros(1, recogniser.front_end.num_samples))
    assert probabilities.shape == (1, len(recogniser.class_names))
    assert torch.isfinite(probabilities).all()


def test_the_word_pretrained_is_a_checkpoint_for_the_classifier_too(recogniser):
    classifier = InstrumentClassifier.load_from_checkpoint("pretrained")
    assert classifier.class_names == recogniser.class_names
    assert classifier.certainty == recogniser.certainty


def test_the_card_in_the_package_is_that_of_the_weights(capsys):
    assert card([]) == 0
    assert capsys.readouterr().out == PRETRAINED_FILE.with_suffix(".md").read_text()


def test_every_source_allows_it_and_has_its_line(recogniser):
    page = PRETRAINED_FILE.with_suffix(".md").read_text()
    sources = [*recogniser.card["sources"], *recogniser.card["extra_sources"]]
    assert len(sources) > 10
    for row in sources:
        assert row["licence"] in {"CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "MIT", "Apache-2.0",
                                  "Public domain"}  # fmt: skip
        assert f"| {row['source'].replace('_', chr(92) + '_')} |" in page or (
            f"| {row['source']} |" in page
        )
    if any(row["licence"] == "Apache-2.0" for row in sources):
        assert "Version 2.0" in (PRETRAINED_FILE.parent / "Apache-2.0.txt").read_text()


def test_predict_uses_it_where_no_checkpoint_is_named_and_says_so(
    tmp_path, capsys, monkeypatch, recogniser
):
    def refuse(*arguments, **options):
        raise AssertionError("no network is needed")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    write_noise(tmp_path / "in/a.wav", 0.5)
    assert predict.main([str(tmp_path / "in"), "--format=csv"]) == 0
    out, err = capsys.readouterr()
    (row,) = csv.DictReader(out.splitlines())
    assert row["label"] in {*recogniser.class_names, "unsure"}
    assert f"weights in the package, {recogniser.card['summary']} (" in err


def test_predict_names_a_checkpoint_that_is_not_there(tmp_path, capsys):
    clip = write_noise(tmp_path / "a.wav", 0.2)
    with pytest.raises(SystemExit) as end:
        predict.main([str(tmp_path / "outputs/bst"), str(clip)])
    assert end.value.code == 2
    assert "outputs/bst: no such file or folder; a checkpoint is" in capsys.readouterr().err
    assert predict.main([str(tmp_path / "bst.ckpt"), str(clip)]) == 2
    assert "bst.ckpt: no such checkpoint" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        predict.main([])
    assert "name files or folders to classify" in capsys.readouterr().err
