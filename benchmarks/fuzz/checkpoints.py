"""Broken checkpoints: cut, flipped, other keys and shapes, pickles that would run code."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import lightning
import torch

from benchmarks.fuzz.code_pickles import code_pickle
from benchmarks.fuzz.damage import damaged
from benchmarks.fuzz.recogniser import CLASS_NAMES, FRONT_END, NETWORKS, check_probabilities
from benchmarks.fuzz.trial import Trial, WrongResultError
from instrument_net.classifier import InstrumentClassifier
from instrument_net.recognition.recogniser import Recogniser

_VALUES: tuple[object, ...] = (
    *(None, True, False, -1, 0, 1, 2, 3, 1.5, 64, 10_000, 10**6, 10**9, 2**63, 10**30, 1e300),
    *(float("nan"), float("inf"), "", "x", "TwoBranchNet", "stft", "mel", "constant_q", "log"),
    *([], {}, [1, 2], ["a"], ["a", "a"], ["a\nb", "b"], {"name": "x"}, {1: 2}, (), b"x", [[]]),
    *(["a", 1], [None, None], {"a": {"b": {}}}, "x" * 100_000, torch.zeros(3), torch.tensor(1)),
)
_TENSORS: tuple[Callable[[torch.Tensor], object], ...] = (
    lambda tensor: tensor[None],
    lambda tensor: tensor.flatten()[:-1],
    lambda tensor: tensor.double(),
    lambda tensor: tensor.to(torch.int64),
    lambda tensor: tensor.to(torch.bool),
    lambda tensor: tensor.to(torch.complex64),
    lambda tensor: tensor.half(),
    lambda tensor: torch.full_like(tensor, 1, dtype=torch.float32) * float("nan"),
    lambda tensor: torch.full_like(tensor, 1, dtype=torch.float32) * float("inf"),
    lambda tensor: tensor.float().to_sparse(),
    lambda _: torch.zeros(0),
    lambda _: torch.zeros(1).expand(10**10),
    lambda tensor: tensor.float().mul(1e30),
    lambda tensor: tensor.tolist(),
    lambda tensor: torch.nn.Parameter(tensor.float()),
    lambda _: "x",
    lambda _: None,
)


class CheckpointCases:
    """Checkpoints of three small networks, and what they give when they are loaded.

    Args:
        folder: For the valid ones.
    """

    def __init__(self, folder: Path) -> None:
        self._valid = [_saved(_content(network)) for network in NETWORKS]
        self._answers = []
        for number, content in enumerate(self._valid):
            path = folder / f"valid{number}.ckpt"
            path.write_bytes(content)
            self._answers.append(_probabilities(Recogniser.from_checkpoint(path)))

    def trial(self, random: Random, folder: Path) -> Trial:
        """Return a broken checkpoint."""
        marker = folder / "code_was_run"
        fault, valid = random.choice(_FAULTS), random.choice(self._valid)
        if fault is None:
            content, made = code_pickle(valid, marker, random), "code"
        else:
            content, how = fault(valid, random.choice(self._valid), random)
            made = f"{fault.__name__.removeprefix('_')}: {how}"
        path = folder / f"best{random.choice(('.ckpt', '.ckpt', '.pt', '.wav', ''))}"
        path.write_bytes(content)
        return Trial(
            made,
            [str(path)],
            [
                ("Recogniser.from_checkpoint", lambda: self._recognise(path, fault)),
                ("load_from_checkpoint", lambda: _classify(path)),
            ],
            marker,
        )

    def _recognise(self, path: Path, fault: Fault | None) -> None:
        recogniser = Recogniser.from_checkpoint(path)
        probabilities = _probabilities(recogniser)
        check_probabilities(probabilities, len(recogniser.class_names))
        # A transfer that is noticed or does no harm, but never other weights or names in silence.
        if fault is _bytes and not (
            list(recogniser.class_names) == CLASS_NAMES
            and any(torch.equal(probabilities, answer) for answer in self._answers)
        ):
            raise WrongResultError("another network than was written")


def _probabilities(recogniser: Recogniser) -> torch.Tensor:
    waveform = torch.linspace(-1, 1, recogniser.front_end.num_samples).sin()[None]
    with torch.no_grad():
        probabilities: torch.Tensor = recogniser(waveform)
    return probabilities


def _content(network: dict[str, Any]) -> dict[str, Any]:
    classifier = InstrumentClassifier(CLASS_NAMES, network=network, front_end=FRONT_END)
    return {
        "state_dict": classifier.state_dict(),
        "hyper_parameters": dict(classifier.hparams),
        "pytorch-lightning_version": lightning.__version__,
        "epoch": 3,
        "global_step": 12,
        "callbacks": {},
        "loops": {},
    }


def _saved(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def _loaded(content: bytes) -> Any:
    return torch.load(io.BytesIO(content), weights_only=True)


def _bytes(content: bytes, other: bytes, random: Random) -> tuple[bytes, str]:
    return damaged(content, other, random)


def _entries(content: bytes, other: bytes, random: Random) -> tuple[bytes, str]:
    """Swap, drop or damage entries of the archive, whose checksums are right afterwards."""
    del other
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    name, another = random.choice(tuple(entries)), random.choice(tuple(entries))
    how = random.choice(("swap", "drop", "damage", "damage", "empty", "rename", "compress"))
    if how == "swap":
        entries[name], entries[another] = entries[another], entries[name]
    elif how == "drop":
        del entries[name]
    elif how == "damage":
        name = next(each for each in entries if each.endswith("data.pkl"))
        entries[name], damage = damaged(entries[name], entries[another], random)
        how = f"data.pkl {damage}"
    elif how == "empty":
        entries[name] = b""
    elif how == "rename":
        entries[random.choice(("../x", "/x", "x", name.upper(), "a/b/data.pkl"))] = entries[name]
        del entries[name]
    file = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if how == "compress" else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", kind) as archive:
        for each, part in entries.items():
            archive.writestr(each, part)
    return file.getvalue(), f"{how} {name}"


def _settings(content: bytes, other: bytes, random: Random) -> tuple[bytes, str]:
    """Set, drop, add or rename a setting, at any depth."""
    del other
    whole = _loaded(content)
    node, where = whole, ""
    while True:
        key = random.choice(tuple(node))
        where = f"{where}.{key}"
        inside = node[key]
        if where == ".state_dict" or not isinstance(inside, dict) or not inside:
            break
        if random.random() < 0.15:
            break
        node = inside
    how = random.choice(("set", "set", "set", "set", "drop", "rename", "add"))
    if how in ("drop", "rename"):
        value = node.pop(key)
        if how == "rename":
            node[random.choice((f"{key}x", 1, None, "", "name"))] = value
        return _saved(whole), f"{how} {where}"
    value = random.choice(_VALUES)
    node[key if how == "set" else "added"] = value
    return _saved(whole), f"{how} {where} {str(value)[:40]}"


def _weights(content: bytes, other: bytes, random: Random) -> tuple[bytes, str]:
    """Change, drop or exchange tensors."""
    whole = _loaded(content)
    weights = whole["state_dict"]
    name = random.choice(tuple(key for key in weights if key.startswith("network.")))
    how = random.choice(("change", "change", "change", "drop", "rename", "exchange", "of another"))
    if how == "change":
        number = random.randrange(len(_TENSORS))
        weights[name] = _TENSORS[number](weights[name])
        how = f"change {number}"
    elif how == "drop":
        del weights[name]
    elif how == "rename":
        weights[random.choice((f"{name}x", "network.", "", 1))] = weights.pop(name)
    elif how == "exchange":
        another = random.choice(tuple(weights))
        weights[name], weights[another] = weights[another], weights[name]
    else:
        whole["state_dict"] = _loaded(other)["state_dict"]
    return _saved(whole), f"{how} {name}"


def _other_content(content: bytes, other: bytes, random: Random) -> tuple[bytes, str]:
    """Return a file of something else."""
    del content, other
    value = random.choice(_VALUES)
    if random.random() < 0.3:
        return random.choice((b"", b"PK\x03\x04", b"\x80\x02", b"RIFF", random.randbytes(99))), "no"
    return _saved(value), str(value)[:40]


Fault = Callable[[bytes, bytes, Random], tuple[bytes, str]]
_FAULTS: tuple[Fault | None, ...] = (
    _bytes, _bytes, _entries, _settings, _settings, _settings, _weights, _weights, _other_content,
    None,
)  # fmt: skip


def _classify(path: Path) -> None:
    classifier = InstrumentClassifier.load_from_checkpoint(path)
    with torch.no_grad():
        logits = classifier(*classifier.example_inputs())
    check_probabilities(logits.softmax(dim=1), len(classifier.class_names))
