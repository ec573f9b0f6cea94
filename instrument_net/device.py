"""Name of a device -> device."""

from __future__ import annotations

import torch


def choose_device(name: str) -> torch.device:
    """Return the device of this name; ``auto`` is a GPU where there is one, else the CPU.

    Raises:
        RuntimeError: If there is no such device, as PyTorch words it.
    """
    if name == "auto":
        if torch.cuda.is_available():
            name = "cuda"
        else:
            name = "mps" if torch.backends.mps.is_available() else "cpu"
    return torch.device(name)
