"""Examples that are rendered for the classes of a network."""

import numpy as np
import pytest
import soundfile

from instrument_net.demo.examples import Example, examples_for, render
from instrument_net.synthesis import INSTRUMENTS, ORCHESTRA


def test_there_is_an_example_of_every_class_that_can_be_rendered():
    *single, row = examples_for(["tuba", "theremin", "harp", "violin"])
    assert [each.name for each in single] == ["violin", "tuba", "harp"]
    assert {each.table for each in single} == {"orchestra"}
    assert row == Example("violin, then tuba, then harp", ("violin", "tuba", "harp"), "orchestra")


def test_a_network_of_kinds_of_instruments_gets_those():
    names = [each.name for each in examples_for(list(INSTRUMENTS))]
    assert names[:-1] == list(INSTRUMENTS)


def test_a_network_whose_classes_cannot_be_rendered_gets_the_orchestra():
    assert [each.name for each in examples_for(["kora", "ney"])[:-1]] == list(ORCHESTRA)


@pytest.mark.parametrize("labels", [("flute",), ("sine", "noise")])
def test_an_example_is_rendered_once_and_can_be_heard(tmp_path, labels):
    example = Example("it", labels, "kinds")
    path = render(example, tmp_path)
    waveform, rate_hz = soundfile.read(path)
    assert rate_hz == 44_100
    assert len(waveform) / rate_hz > 0.9 * len(labels)
    assert np.abs(waveform).max() == pytest.approx(0.9, abs=0.01)
    written = path.stat().st_mtime_ns
    assert render(example, tmp_path) == path
    assert path.stat().st_mtime_ns == written
    assert list(tmp_path.iterdir()) == [path]
