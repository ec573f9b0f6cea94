"""A finished network's weights -> where the training of another one starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from instrument_net.classifier import InstrumentClassifier
from instrument_net.configuration import ConfigurationError
from instrument_net.models import FeatureScaling, Network, members_of
from instrument_net.recognition.checkpoint import CheckpointError
from instrument_net.recognition.named_checkpoint import checkpoint_file
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.runs.dotted import dotted


def existing_checkpoint(init_from: str) -> Path:
    """Return the checkpoint that training starts from, before anything long begins.

    Args:
        init_from: A checkpoint, the folder of a run, exported weights, or ``pretrained``.

    Raises:
        ConfigurationError: If there is no such file.
    """
    checkpoint = checkpoint_file(init_from)
    if not checkpoint.is_file():
        raise ConfigurationError(
            f"init_from: {checkpoint}: no such checkpoint; train it first, or start from nothing: "
            "init_from=null"
        )
    return checkpoint


def start_from(classifier: InstrumentClassifier, path: str | Path) -> str:
    """Copy into a network every parameter and buffer of a checkpoint that fits by name and shape.

    Of the last layer, whose outputs are classes, those are taken whose names both networks have.
    The scaling of the features is left as it is: it belongs to the clips that are trained on.

    Args:
        classifier: Whose network is changed, in place.
        path: The checkpoint, of a network of any kind.

    Returns:
        What was taken, in words for screen and report.

    Raises:
        CheckpointError: If the file is no checkpoint of this project, its network has another
            front end, or none of its parameters fits.
    """
    source = Recogniser.from_checkpoint(path)
    _refuse_other_front_end(classifier, source, path)
    network = classifier.network
    theirs, ours = source.network.state_dict(), network.state_dict()
    scalings = [module for module in network.modules() if isinstance(module, FeatureScaling)]
    outputs = _tensors_of(network, [member.output for member in members_of(network)])
    new = _tensors_of(network, scalings) | outputs
    taken = {
        name: theirs[name]
        for name, tensor in ours.items()
        if name not in new and name in theirs and theirs[name].shape == tensor.shape
    }
    rows = {
        code: source.class_names.index(name)
        for code, name in enumerate(classifier.class_names)
        if name in source.class_names
    }
    fits = all(
        name in theirs and theirs[name].shape[1:] == ours[name].shape[1:] for name in outputs
    )
    named = {name: theirs[name][list(rows.values())] for name in outputs if rows and fits}
    if not taken.keys() & dict(network.named_parameters()).keys():
        raise CheckpointError(
            f"{path}: nothing of its {_described(source.settings['network'])} fits the "
            f"{_described(classifier.hparams['network'])} that is to be trained: choose the model "
            "that it was trained with"
        )
    with torch.no_grad():
        for name, tensor in taken.items():
            ours[name].copy_(tensor)
        for name, tensor in named.items():
            ours[name][list(rows)] = tensor
    n_named = len(rows) if named else 0
    return (
        f"{len(taken) + len(named)} of {len(ours)} tensors, "
        f"{_size(taken) + _size(named):,} of {_size(ours):,} numbers, from {path} "
        f"(outputs of {n_named} of the {len(classifier.class_names)} classes)"
    )


def _refuse_other_front_end(
    classifier: InstrumentClassifier, source: Recogniser, path: str | Path
) -> None:
    ours = dotted(classifier.front_end.settings)
    theirs = dotted(source.front_end.settings)
    other = [
        f"{name} ({theirs.get(name)} there, {ours.get(name)} here)"
        for name in dict.fromkeys([*ours, *theirs])
        if theirs.get(name) != ours.get(name)
    ]
    if other:
        raise CheckpointError(
            f"{path}: its network has another front end: {', '.join(other)}; choose the same "
            "frontend"
        )


def _tensors_of(network: Network, parts: Sequence[object]) -> set[str]:
    """Return the names of the parameters and buffers of some of a network's modules."""
    return {
        f"{prefix}.{name}"
        for prefix, module in network.named_modules()
        if any(module is part for part in parts)
        for name in module.state_dict()
    }


def _size(tensors: Mapping[str, Tensor]) -> int:
    return sum(tensor.numel() for tensor in tensors.values())


def _described(network: dict[str, object]) -> str:
    name, *options = network.items()
    return f"{name[1]} ({', '.join(f'{key} {value}' for key, value in options)})"
