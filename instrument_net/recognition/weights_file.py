"""Weights in one safetensors file, with all that is needed to use them: no code is in it, or run.

The header holds one text, JSON: the version of this format, the settings of front end and network,
how sure the network may be, its card where it has one, and a checksum.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instrument_net.errors import InputError
from instrument_net.files import write_atomically
from instrument_net.recognition.certainty import KEY

if TYPE_CHECKING:
    from torch import Tensor

ENDING = ".safetensors"
_FORMAT = 1
_HEADER = "instrument_net"  # one text: of several, safetensors would write another order each time
_LENGTH_BYTES = 8
_PREFIX = "network."  # of a classifier's weights, in a checkpoint


def write_weights_file(
    path: Path,
    weights: Mapping[str, Tensor],
    settings: Mapping[str, Any],
    *,
    card: Mapping[str, Any] | None = None,
) -> None:
    """Write a network's weights and settings; the same content gives the same bytes.

    Args:
        path: The file.
        weights: The network's state, as it is to be kept: float32, or float16 for half the size.
        settings: As :attr:`Recogniser.settings` has them, plain values.
        card: What is known about the network and its training, plain values.
    """
    from safetensors.torch import save

    kept = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    header = {"format": _FORMAT, "settings": dict(settings), "card": card}
    header["sha256"] = _checksum(header, kept)
    write_atomically(path, save(kept, metadata={_HEADER: _text(header)}))


def read_weights_file(path: Path) -> dict[str, Any]:
    """Return what a file of weights holds, in the layout of a checkpoint.

    Returns:
        ``hyper_parameters``, ``state_dict`` (float32), ``certainty`` and ``card``; the latter two
        are ``None`` where the file has none.

    Raises:
        InputError: If it is damaged, of another kind or of a later version; without its name.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_HEADER)
            weights = {name: file.get_tensor(name) for name in sorted(file.keys())}
        header = None if text is None else dict(json.loads(text))
    except (SafetensorError, ValueError, TypeError, RecursionError) as error:
        raise InputError("it is cut or damaged; copy it again") from error
    if header is None:
        raise InputError(
            "it holds weights without the settings that this version of instrument_net needs; "
            "export the checkpoint again"
        )
    if header.get("format") != _FORMAT:
        raise InputError(
            f"its format is {header.get('format')!r}, this version of instrument_net reads "
            f"{_FORMAT}; take the version that wrote it"
        )
    checksum = header.pop("sha256", None)
    if checksum != _checksum(header, weights):
        raise InputError("it is not as it was written: damaged or edited; copy it again")
    settings = dict(header["settings"])
    return {
        KEY: settings.pop(KEY, None),
        "hyper_parameters": settings,
        "state_dict": {f"{_PREFIX}{name}": _whole(tensor) for name, tensor in weights.items()},
        "card": header["card"],
    }


def is_weights_file(path: Path) -> bool:
    """Return whether a file begins as safetensors do, or has their ending."""
    if path.suffix.lower() == ENDING:
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        first = file.read(_LENGTH_BYTES + 1)
    length = int.from_bytes(first[:_LENGTH_BYTES], "little")
    return first[_LENGTH_BYTES:] == b"{" and length < path.stat().st_size


def halved(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights in float16: kernels and matrices, nearly all of them.

    Biases, statistics and scalings stay as they are: they may lie outside of float16's range.
    """
    return {
        name: tensor.half() if tensor.ndim > 1 and tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }


def _whole(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor


def _text(header: Mapping[str, Any]) -> str:
    return json.dumps(header, sort_keys=True)


def _checksum(header: Mapping[str, Any], weights: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of all that the file says: safetensors have no checksum of their own."""
    digest = hashlib.sha256(_text(header).encode())
    for name, tensor in sorted(weights.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()
