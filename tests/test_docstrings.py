"""Every example in a docstring runs and prints what it says."""

import doctest
import importlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

import instrument_net
from instrument_net.classifier import InstrumentClassifier

PACKAGE = Path(instrument_net.__file__).parent
WITH_EXAMPLES = sorted(path for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text())


def write_tone(path, *, frequency_hz, duration_s):
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(int(duration_s * 44_100)) / 44_100
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * frequency_hz * time_s), 44_100)


@pytest.fixture(scope="module")
def examples_folder(tmp_path_factory):
    """A folder with what examples name: clip.wav, recordings/, best.ckpt."""
    folder = tmp_path_factory.mktemp("examples")
    write_tone(folder / "clip.wav", frequency_hz=440, duration_s=1)
    for label, frequency_hz in {"flute": 880, "oboe": 440}.items():
        for k in range(1, 5):
            write_tone(
                folder / "recordings" / label / f"{k}.wav",
                frequency_hz=frequency_hz + k,
                duration_s=0.5,
            )
    torch.manual_seed(0)
    classifier = InstrumentClassifier(["flute", "oboe"], network={"name": "PerceptronNet"})
    torch.save(
        {
            "state_dict": classifier.state_dict(),
            "hyper_parameters": dict(classifier.hparams),
            "pytorch-lightning_version": "2.6.6",
        },
        folder / "best.ckpt",
    )
    return folder


def test_examples_are_found():
    assert len(WITH_EXAMPLES) >= 15


@pytest.mark.parametrize(
    "path", WITH_EXAMPLES, ids=[str(path.relative_to(PACKAGE)) for path in WITH_EXAMPLES]
)
def test_an_example_prints_what_it_says(path, examples_folder, monkeypatch):
    monkeypatch.chdir(examples_folder)
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    module = importlib.import_module(name.removesuffix(".__init__"))
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, tried = doctest.testmod(module, optionflags=options)
    assert tried > 0
    assert failed == 0
