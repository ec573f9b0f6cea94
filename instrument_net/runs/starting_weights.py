"""A finished network's weights -> where the training of another one starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from instrument_net.classifier import InstrumentClassifier
from instrument_net.models import FeatureScaling, Network
from instrument_net.recognition.recogniser import CheckpointError, Recogniser
from instrument_net.run_folder import files_heard

_OUTPUT = "output"  # every network's last layer


def start_from(classifier: InstrumentClassifier, path: str | Path) -> str:
    """Copy into a network every parameter and buffer of a checkpoint that fits by name and shape.

    Of the last layer, whose outputs are classes, those are taken whose names stand on both sides.
    The scaling of the features is left as it is: it belongs to the clips that are trained on.

    Args:
        classifier: Whose network is changed, in place.
        path: The checkpoint, of a network of any kind.

    Returns:
        What was taken, in words for screen and report.

    Raises:
        CheckpointError: If the file is no checkpoint of this project, its network hears through
            another front end, or none of its parameters fits.
    """
    source = Recogniser.from_checkpoint(path)
    _refuse_other_front_end(classifier, source, path)
    network = classifier.network
    theirs = source.network.state_dict()
    ours = network.state_dict()
    outputs = {name for name in ours if _OUTPUT in name.split(".")}
    new = _scaling_of(network) | outputs
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
            f"{path}: nothing of its {_name(source.settings['network'])} fits the "
            f"{_name(classifier.hparams['network'])} that is to be trained: choose the model that "
            "it was trained with"
        )
    with torch.no_grad():
        for name, tensor in taken.items():
            ours[name].copy_(tensor)
        for name, tensor in named.items():
            ours[name][list(rows)] = tensor
    n_taken, n_all = (
        sum(tensor.numel() for part in parts for tensor in part.values())
        for parts in ((taken, named), (ours,))
    )
    n_named = len(rows) if named else 0
    return (
        f"{len(taken) + len(named)} of {len(ours)} tensors, {n_taken:,} of {n_all:,} numbers, from "
        f"{path} (outputs of {n_named} of the {len(classifier.class_names)} classes)"
    )


def heard_before(path: str | Path, tested: Sequence[str]) -> str:
    """Return in words how many test clips a checkpoint already knows: they flatter its heirs.

    Args:
        path: The checkpoint. Its run's ``splits.csv`` tells; what that run started from does not
            count.
        tested: File of each test clip.
    """
    heard = files_heard(path)
    if heard is None:
        return "whether they have heard test clips before is unknown"
    n_heard = sum(file in heard for file in tested)
    return f"{n_heard} of {len(tested)} test clips are of files that they have heard before"


def _refuse_other_front_end(
    classifier: InstrumentClassifier, source: Recogniser, path: str | Path
) -> None:
    ours, theirs = classifier.front_end.settings, source.front_end.settings
    other = [
        f"{name} ({theirs[name]} there, {value} here)"
        for name, value in ours.items()
        if theirs[name] != value
    ]
    if other:
        raise CheckpointError(
            f"{path}: its network hears through another front end: {', '.join(other)}; choose the "
            "same frontend"
        )


def _scaling_of(network: Network) -> set[str]:
    """Return the names of the tensors that standardise the features."""
    return {
        f"{prefix}.{name}"
        for prefix, module in network.named_modules()
        if isinstance(module, FeatureScaling)
        for name in module.state_dict()
    }


def _name(network: dict[str, object]) -> str:
    name, *options = network.items()
    return f"{name[1]} ({', '.join(f'{key} {value}' for key, value in options)})"
