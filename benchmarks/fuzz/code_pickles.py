"""Pickles that would run code, if anything ran what they hold."""

from __future__ import annotations

import builtins
import io
import os
import pickle
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import torch


class _Call:
    """What unpickles into the result of a call."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._parts = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._parts


def code_pickle(valid: bytes, marker: Path, random: Random) -> bytes:
    """Return a checkpoint whose reading would create a file.

    Args:
        valid: A checkpoint in which the code is hidden.
        marker: The file.
        random: Source of every choice.
    """
    call = random.choice(_calls(marker))
    whole: Any = torch.load(io.BytesIO(valid), weights_only=True)
    place = random.choice(("alone", "beside", "settings", "weights", "key"))
    if place == "alone":
        whole = call
    elif place == "beside":
        whole["callbacks"] = call
    elif place == "settings":
        whole["hyper_parameters"]["network"]["name"] = call
    elif place == "weights":
        name = random.choice(tuple(whole["state_dict"]))
        whole["state_dict"][name] = call
    else:
        whole["loops"] = {"x": (call,)}
    return random.choice((_as_archive, _as_archive, _as_old_file, _as_pickle, _as_tar))(whole)


def _calls(marker: Path) -> list[_Call]:
    path = str(marker)
    return [
        _Call(os.system, f"touch {path}"),
        _Call(os.mkdir, path),
        _Call(builtins.exec, f"open({path!r}, 'w')"),
        _Call(builtins.eval, f"open({path!r}, 'w')"),
        _Call(builtins.open, path, "w"),
        _Call(subprocess.Popen, ["touch", path]),
        _Call(getattr, _Call(__import__, "os"), "getcwd"),
        _Call(Path.touch, marker),
        _Call(torch.load, path),
        _Call(torch.save, {}, path),
    ]


def _as_archive(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def _as_old_file(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def _as_pickle(content: object) -> bytes:
    return pickle.dumps(content, protocol=2)


def _as_tar(content: object) -> bytes:
    """Return an archive in the oldest format of PyTorch, whose parts are pickles."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in ("sys_info", "storages", "tensors", "pickle"):
            part = pickle.dumps(content, protocol=2)
            entry = tarfile.TarInfo(name)
            entry.size = len(part)
            archive.addfile(entry, io.BytesIO(part))
    return file.getvalue()
