"""init_from: a network starts from what fits of another one's weights."""

import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import OmegaConf

from instrument_net.classifier import InstrumentClassifier
from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.models import NETWORKS, FeatureScaling
from instrument_net.recognition.checkpoint import CheckpointError
from instrument_net.recognition.exporters import export_weights
from instrument_net.recognition.named_checkpoint import PRETRAINED_FILE
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.runs.starting_weights import existing_checkpoint, start_from
from instrument_net.synthesis import ORCHESTRA

SMALL = {"n_frames": 80, "features": {"n_fft": 1024, "hop_length": 512, "n_bins": 83}}


def built(*class_names, network="PerceptronNet", front_end=SMALL, **options):
    return InstrumentClassifier(
        class_names, network={"name": network, **options}, front_end=front_end
    )


@pytest.fixture
def keep(tmp_path):
    """Write a classifier's checkpoint as Lightning lays it out; no value of it is a default."""

    def write(classifier):
        with torch.no_grad():
            for tensor in classifier.network.state_dict().values():
                tensor.copy_(torch.rand(tensor.shape) * 8 + 1)
        path = tmp_path / "checkpoints" / "best.ckpt"
        path.parent.mkdir(exist_ok=True)
        content = {
            "state_dict": classifier.state_dict(),
            "hyper_parameters": dict(classifier.hparams),
        }
        torch.save(content, path)
        return path, classifier.network.state_dict()

    return write


def same(state, other):
    return {name for name, tensor in state.items() if torch.equal(tensor, other[name])}


@pytest.mark.parametrize("network", NETWORKS)
def test_all_but_new_outputs_and_feature_scaling_is_taken_of_any_network(network, keep):
    path, theirs = keep(built("a", "b", "c", network=network))
    heir = built("d", "e", "f", network=network)
    described = start_from(heir, path)
    ours = heir.network.state_dict()
    scaling = {
        f"{prefix}.{name}"
        for prefix, module in heir.network.named_modules()
        if isinstance(module, FeatureScaling)
        for name in ("mean", "std")
    }
    assert ours.keys() - same(ours, theirs) == {"output.weight", "output.bias"} | scaling
    n_taken = len(ours) - 2 - len(scaling)
    numbers = sum(ours[name].numel() for name in same(ours, theirs))
    everything = sum(tensor.numel() for tensor in ours.values())
    assert described == (
        f"{n_taken} of {len(ours)} tensors, {numbers:,} of {everything:,} numbers, from {path} "
        "(outputs of 0 of the 3 classes)"
    )


@pytest.mark.parametrize("options", [{}, {"n_members": 2}])
def test_outputs_are_taken_by_the_names_of_their_classes(keep, options):
    path, theirs = keep(built("a", "b", "c", **options))
    heir = built("c", "d", "a", **options)
    before = {name: tensor.clone() for name, tensor in heir.network.state_dict().items()}
    assert start_from(heir, path).endswith("(outputs of 2 of the 3 classes)")
    ours = heir.network.state_dict()
    outputs = [name for name in ours if "output" in name]
    assert len(outputs) == 2 * options.get("n_members", 1)
    for name in outputs:
        assert torch.equal(ours[name][[0, 2]], theirs[name][[2, 0]])
        assert torch.equal(ours[name][1], before[name][1])


def test_outputs_of_other_inputs_stay_new(keep):
    path, _ = keep(built("a", "b", network="TwoBranchNet", filters=4))
    heir = built("a", "b", network="PerceptronNet")
    before = heir.network.output.weight.clone()
    start_from(heir, path)
    assert torch.equal(heir.network.output.weight, before)


def test_what_has_another_shape_or_name_stays_new(keep):
    path, theirs = keep(built("a", "b", network="PerceptronNet"))
    heir = built("a", "c", network="TwoBranchNet", filters=4)
    before = {name: tensor.clone() for name, tensor in heir.network.state_dict().items()}
    described = start_from(heir, path)
    after = heir.network.state_dict()
    changed = after.keys() - same(before, after)
    assert changed == {name for name in theirs if name.startswith("perceptron_branch.")} - {
        "perceptron_branch.scaling.mean", "perceptron_branch.scaling.std"
    }  # fmt: skip
    assert described.startswith(f"4 of {len(after)} tensors, 5,504 of ")


def test_a_network_of_which_nothing_fits_is_refused_naming_both(keep):
    path, _ = keep(built("a", "b", dense_units=8))
    with pytest.raises(
        CheckpointError,
        match=r"best.ckpt: nothing of its PerceptronNet \(dense_units 8\) fits the SpectrogramNet "
        r"\(filters 4\)",
    ):
        start_from(built("a", "b", network="SpectrogramNet", filters=4), path)


def test_another_front_end_is_refused_naming_the_settings(keep):
    path, _ = keep(built("a", "b"))
    heir = built("a", "b", front_end={**SMALL, "spectrogram": {"scale": "power", "top_db": 60.0}})
    with pytest.raises(
        CheckpointError,
        match=r"best.ckpt: .* spectrogram\.scale \(log there, power here\), "
        r"spectrogram\.top_db \(80.0 there, 60.0 here\)",
    ):
        start_from(heir, path)


def test_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"none.ckpt: no such checkpoint"):
        start_from(built("a", "b"), tmp_path / "none.ckpt")
    torch.save({"state_dict": {}}, tmp_path / "other.ckpt")
    with pytest.raises(CheckpointError, match=r"other.ckpt: not a checkpoint"):
        start_from(built("a", "b"), tmp_path / "other.ckpt")


def test_the_same_network_starts_from_all_that_orchestra_trains(keep):
    configs = {}
    for name in ("orchestra", "residual_ensemble"):
        with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
            configs[name] = compose("train", overrides=[f"+experiment={name}"])

    def classifier(name, class_names):
        return InstrumentClassifier(
            class_names,
            network=OmegaConf.to_container(configs[name].model, resolve=True),
            front_end=instantiate(configs[name].frontend).settings,
        )

    path, theirs = keep(classifier("orchestra", sorted(ORCHESTRA)))
    heir = classifier("residual_ensemble", ["clarinet", "harp", "kazoo"])
    assert start_from(heir, path).endswith("(outputs of 2 of the 3 classes)")
    ours = {
        name: tensor for name, tensor in heir.network.state_dict().items() if "output" not in name
    }
    new = ours.keys() - same(ours, theirs)
    assert new
    assert all("scaling" in name for name in new)


def test_exported_weights_are_a_start_as_the_checkpoint_is(keep, tmp_path):
    path, _ = keep(built("a", "b"))
    weights = tmp_path / "best.safetensors"
    export_weights(Recogniser.from_checkpoint(path), weights)
    one, other = built("b", "c"), built("b", "c")
    other.load_state_dict(one.state_dict())
    said = start_from(one, path)
    assert start_from(other, weights) == said.replace(str(path), str(weights))
    assert len(same(one.state_dict(), other.state_dict())) == len(one.state_dict())


def test_what_training_may_start_from(keep, tmp_path):
    path, _ = keep(built("a", "b"))
    assert existing_checkpoint(str(path)) == path
    assert existing_checkpoint(str(path.parents[1])) == path  # the folder of the run
    assert existing_checkpoint("pretrained") == PRETRAINED_FILE
    with pytest.raises(ConfigurationError, match=r"init_from: .*none\.ckpt: no such checkpoint"):
        existing_checkpoint(str(tmp_path / "none.ckpt"))
