"""What compiling leaves as it was, and what it prints."""

import contextlib
import types

import torch

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.data.corpora import FolderCorpus
from instrument_net.monitoring.compile_network import CompileNetwork, describe_gain

FRONT_END = {"n_frames": 40, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}}


def test_the_batches_that_are_timed_leave_no_trace_in_the_network(monkeypatch, tmp_path):
    classifier = InstrumentClassifier(
        ["a", "b"], front_end=FRONT_END, network={"name": "ResidualNet", "filters": 2}
    )
    datamodule = InstrumentDataModule(FolderCorpus(tmp_path), classifier.front_end, batch_size=2)
    plugin = types.SimpleNamespace(forward_context=contextlib.nullcontext)
    trainer = types.SimpleNamespace(datamodule=datamodule, precision_plugin=plugin, world_size=1)
    runs = []
    monkeypatch.setattr(classifier.network, "compile", lambda **options: runs.append(options))
    before = {name: value.clone() for name, value in classifier.state_dict().items()}
    CompileNetwork().on_fit_start(trainer, classifier.train())
    assert runs == [{"dynamic": False, "mode": "default"}]
    assert any("running_mean" in name for name in before)
    for name, value in classifier.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(parameter.grad is None for parameter in classifier.parameters())


def test_the_break_even_of_compiling_is_stated():
    assert describe_gain(eager_s=0.5, compiled_s=0.25, start_s=20) == (
        "compiled in 20 s: a step takes 250 ms instead of 500 ms, which pays off after 80 steps"
    )
    assert describe_gain(eager_s=0.4, compiled_s=0.5, start_s=20).endswith("never pays off here")
