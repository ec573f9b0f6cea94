"""What is drawn for a clip, whatever is drawn for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

import torch
from torch import Tensor


@contextmanager
def draws_of(clip: Tensor) -> Iterator[None]:
    """Let torch draw on the CPU what follows from the samples of a clip alone.

    The same clip has the same draws in any order, batch or process; afterwards, torch's generator
    continues as if nothing had been drawn.

    Args:
        clip: Any shape, on the CPU.
    """
    digest = blake2b(clip.contiguous().numpy().tobytes(), digest_size=7).digest()
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(int.from_bytes(digest, "little"))
        yield
