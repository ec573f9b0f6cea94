"""The device that a command works on, by its name."""

from __future__ import annotations

import torch

from instrument_net.errors import InputError


def choose_device(name: str) -> torch.device:
    """Return the device of this name; ``auto`` is a GPU where there is one, else the CPU.

    Raises:
        InputError: If there is no such device, as PyTorch words it.
    """
    if name == "auto":
        if torch.cuda.is_available():
            name = "cuda"
        else:
            name = "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # the latter: PyTorch was built without it
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"--device {name}: {reason}") from error
    return device
