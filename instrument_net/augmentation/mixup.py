"""Mixup: two clips at once, with a label in the same proportion."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from instrument_net.augmentation.per_clip import checked_probability
from instrument_net.errors import InputError


def mix(
    waveform: Tensor, label: Tensor, partner: Tensor, partner_label: Tensor, share: Tensor
) -> tuple[Tensor, Tensor]:
    """Return mixtures whose labels are mixed in the same proportion as their amplitudes.

    The partner is scaled to the clip's root mean square; then the clip is weighted by ``share`` and
    the partner by ``1 - share``. If either is silent, the clip and its label stay as they are.

    Args:
        waveform: ``(batch, samples)``.
        label: Probability of each class, ``(batch, n_classes)``.
        partner: ``(batch, samples)``.
        partner_label: ``(batch, n_classes)``.
        share: The clip's share in amplitude and label, in [0, 1], ``(batch,)``.

    References:
        Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018; for sounds, with
        amplitudes as shares: Tokozume, Ushiku and Harada, "Learning from between-class examples for
        deep sound recognition", ICLR 2018.
    """
    energy, partner_energy = (x.square().sum(dim=1) for x in (waveform, partner))
    silent = (energy == 0) | (partner_energy == 0)
    share = torch.where(silent, 1.0, share)
    level = (energy / torch.where(silent, 1.0, partner_energy)).sqrt()
    own, other = share[:, None], ((1 - share) * level)[:, None]
    return (
        own * waveform + other * partner,
        own * label + (1 - own) * partner_label,
    )


class Mixup(nn.Module):
    """Mix clips with others of the batch.

    Waveforms are mixed, not spectrograms and features: the features of a mixture are not the
    mixture of the features, and the network sees what it would see of two players.

    Args:
        probability: Of each clip.
        alpha: The share is drawn from the distribution Beta(alpha, alpha): uniform for 1, closer to
            one clip alone for smaller values.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform and label"

    def __init__(self, *, probability: float, alpha: float) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        if not (isinstance(alpha, int | float) and alpha > 0):
            raise InputError(f"alpha must be above 0, got {alpha!r}")
        self._alpha = float(alpha)

    def forward(self, waveform: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """Return waveforms ``(batch, samples)`` and labels ``(batch, n_classes)``.

        Args:
            waveform: ``(batch, samples)``.
            label: Probability of each class, ``(batch, n_classes)``.
        """
        if not self.training or self.probability == 0:
            return waveform, label
        batch_size = len(waveform)
        # All drawn on the CPU, as in change_some and for its reason, then moved to the clips.
        own = (torch.rand(batch_size) < self.probability).nonzero().squeeze(1)
        if not len(own):
            return waveform, label
        # Any other clip; a clip alone in its batch is its own partner and does not change.
        partner = (own + torch.randint(1, max(batch_size, 2), own.shape)) % batch_size
        share = torch.distributions.Beta(self._alpha, self._alpha).sample(own.shape)
        own, partner, share = (
            drawn.to(waveform.device, non_blocking=True) for drawn in (own, partner, share)
        )
        mixed, shared = mix(waveform[own], label[own], waveform[partner], label[partner], share)
        return waveform.index_copy(0, own, mixed), label.index_copy(0, own, shared)
