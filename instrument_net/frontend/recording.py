"""Whether operations are recorded: what is decided by values must not be decided then."""

import torch


def is_recording() -> bool:
    """Return whether a graph is being recorded, by an export, a compilation or a trace.

    It has to hold for other values, and for batches of another size.
    """
    tracing = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    return bool(tracing or torch.compiler.is_compiling())
