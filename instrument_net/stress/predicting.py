"""Waveforms -> what a recogniser makes of them under every condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from instrument_net.progress import work_progress
from instrument_net.stress.conditions import CONDITIONS, Condition


def predict_under_stress(
    recogniser: Callable[[Tensor], Tensor],
    batches: Iterable[Tensor],
    *,
    n_clips: int,
    sample_rate_hz: int,
) -> dict[Condition, Tensor]:
    """Return the probabilities under every condition that is possible at a sample rate.

    Args:
        recogniser: Waveforms ``(batch, samples)`` -> probabilities ``(batch, n_classes)``, as a
            :class:`~instrument_net.recognition.recogniser.Recogniser` in evaluation mode.
        batches: float32 waveforms ``(batch, samples)``, on the CPU, as they are; one at least.
        n_clips: In all batches together, for the progress bar.
        sample_rate_hz: Of the waveforms.

    Returns:
        Condition -> ``(n_clips, n_classes)``, in the order of the table of conditions.
    """
    possible = [condition for condition in CONDITIONS if condition.possible_at(sample_rate_hz)]
    probabilities: dict[Condition, list[Tensor]] = {condition: [] for condition in possible}
    with work_progress() as progress, torch.inference_mode():
        bar = progress.add_task("Predicting under stress", total=n_clips * len(possible))
        for waveforms in batches:
            for condition, of_batches in probabilities.items():
                changed = condition.apply(waveforms, sample_rate_hz=sample_rate_hz)
                of_batches.append(recogniser(changed))
                progress.advance(bar, len(waveforms))
    return {condition: torch.cat(of_batches) for condition, of_batches in probabilities.items()}
