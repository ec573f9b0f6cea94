"""Checkpoints of networks that were trained apart -> the checkpoint of their ensemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from instrument_net.classifier import InstrumentClassifier
from instrument_net.errors import InputError
from instrument_net.models import Ensemble, Network, members_of
from instrument_net.recognition.parts import difference_of

_ALIKE = ("class_names", "front_end", "network")


def averaged_checkpoint(files: Sequence[Path]) -> dict[str, Any]:
    """Return what the checkpoint of an ensemble holds, tensors and plain values.

    An ensemble among them counts with each of its members. How sure the networks may be is not
    kept: averaged, they are less sure. Nor are auxiliary outputs and the state of the training.

    Args:
        files: Checkpoints of at least two networks, or exported weights.

    Raises:
        InputError: If one cannot be read, two of them are the same network, or they differ in
            classes, front end or network; with the file and the setting.
    """
    classifiers = [InstrumentClassifier.load_from_checkpoint(file) for file in files]
    settings = [_plain(classifier) for classifier in classifiers]
    for file, each in zip(files[1:], settings[1:], strict=True):
        _check_alike(each, settings[0], file, files[0])
    members = [member for each in classifiers for member in members_of(each.network)]
    _check_differ(cast("list[Network]", members), files)
    network = {**settings[0]["network"], "n_members": len(members)}
    ensemble = InstrumentClassifier(**{**settings[0], "network": network})
    ensemble.network = Ensemble(cast("list[Network]", members))
    return {
        "hyper_parameters": dict(ensemble.hparams),
        "state_dict": ensemble.state_dict(),
        "pytorch-lightning_version": _version(),
    }


def _plain(classifier: InstrumentClassifier) -> dict[str, Any]:
    """Return the settings of a classifier without what its members count and its training had."""
    kept = dict(classifier.hparams)
    kept.pop("feature_names", None)  # they follow from the front end
    n_classes, weights = len(classifier.class_names), kept["class_weights"]
    network = {k: v for k, v in kept["network"].items() if k != "n_members"}
    return {
        **kept,
        "network": network,
        "auxiliary_classes": [],
        "class_weights": None if weights is None else list(weights)[:n_classes],
    }


def _check_alike(
    settings: Mapping[str, Any], first: Mapping[str, Any], file: Path, first_file: Path
) -> None:
    for part in _ALIKE:
        if settings[part] != first[part]:
            raise InputError(
                f"{file}: other {part.replace('_', ' ')} than {first_file}: "
                f"{_difference(settings[part], first[part])}; networks that are averaged differ "
                "in their training alone"
            )


def _difference(ours: Any, theirs: Any) -> str:
    if isinstance(ours, Mapping):
        return difference_of(ours, theirs)
    only = [name for name in (*ours, *theirs) if (name in ours) != (name in theirs)]
    return f"only one has {', '.join(map(str, only))}" if only else "in another order"


def _check_differ(members: Sequence[Network], files: Sequence[Path]) -> None:
    """Refuse a network that is there twice: it would only weigh more."""
    states = [member.state_dict() for member in members]
    for k, state in enumerate(states):
        for other in states[:k]:
            if all(weight.equal(other[name]) for name, weight in state.items()):
                raise InputError(
                    f"{', '.join(map(str, files))}: the same network is there twice; take runs "
                    "with other seeds"
                )


def _version() -> str:
    from lightning import __version__

    return str(__version__)
