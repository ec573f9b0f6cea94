"""Where the sound of a clip lies, and a stretch of it moved to another time."""

from __future__ import annotations

import torch
from torch import Tensor

# Below the last bit of a 16-bit recording, above the rounding errors of filters in its padding.
_FAINTEST_DB = -100.0


def sounding_part(waveform: Tensor, *, threshold_db: float = _FAINTEST_DB) -> tuple[Tensor, Tensor]:
    """Return where each clip's sound begins and ends.

    Args:
        waveform: ``(batch, samples)``.
        threshold_db: Level below the clip's peak under which a sample counts as silent, < 0.

    Returns:
        Index of the first sounding sample and of the one after the last, ``(batch,)`` each; both
        are 0 for silence.
    """
    magnitude = waveform.abs()
    sounding = magnitude > magnitude.amax(dim=1, keepdim=True) * 10 ** (threshold_db / 20)
    num_samples = waveform.shape[1]
    index = torch.arange(num_samples, device=waveform.device, dtype=torch.int32)  # half the memory
    end = torch.where(sounding, index, -1).amax(dim=1).long() + 1
    begin = torch.where(sounding, index, num_samples).amin(dim=1).long()
    return torch.minimum(begin, end), end


def excerpt(waveform: Tensor, begin: Tensor, length: Tensor) -> Tensor:
    """Return a stretch of each clip, moved to time 0, with zeros after it.

    Args:
        waveform: ``(batch, samples)``.
        begin: First sample of the stretch, ``(batch,)``; below 0, the clip begins that much later,
            with zeros before it.
        length: Samples in the stretch, ``(batch,)``.

    Returns:
        ``(batch, samples)``; zero beyond either end of the clip.
    """
    num_samples = waveform.shape[1]
    index = torch.arange(num_samples, device=waveform.device)
    end = torch.minimum(length, num_samples - begin)
    inside = (index >= -begin[:, None]) & (index < end[:, None])
    source = (index + begin[:, None]).clamp_(0, num_samples - 1)
    return waveform.gather(1, source).masked_fill_(~inside, 0.0)
