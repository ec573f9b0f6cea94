"""The activations of both branches -> one vector."""

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.models.shapes import check_share
from instrument_net.spelling import hint


class Concatenate(nn.Module):
    """Concatenation, the spectrogram's half first (spec section 1.3.5).

    Args:
        units: Width of each branch.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.out_units = 2 * units

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return ``(batch, 2 * units)`` of two ``(batch, units)``."""
        return torch.cat([spectrogram, features], dim=1)


class Gated(nn.Module):
    """For every unit, a gate between 0 and 1 that weighs one branch against the other.

    ``z * tanh(A s) + (1 - z) * tanh(B f)`` with ``z = sigmoid(C [s; f])``.

    Args:
        units: Width of each branch.

    References:
        Arevalo et al., "Gated multimodal units for information fusion", ICLR workshop 2017.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.out_units = units
        self.from_spectrogram = nn.Linear(units, units)
        self.from_features = nn.Linear(units, units)
        self.gate = nn.Linear(2 * units, units)

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return ``(batch, units)`` in (-1, 1) of two ``(batch, units)``."""
        gate = self.gate(torch.cat([spectrogram, features], dim=1)).sigmoid()
        joint: Tensor = torch.lerp(
            self.from_features(features).tanh(), self.from_spectrogram(spectrogram).tanh(), gate
        )
        return joint


class Attention(nn.Module):
    """The mean of both branches, with weights that depend on the clip.

    The weights are the softmax of one score per branch, ``v tanh(W x)``; each branch has its own W
    and v.

    Args:
        units: Width of each branch.

    References:
        Bahdanau et al., "Neural machine translation by jointly learning to align and translate",
        ICLR 2015 (additive attention; here over two branches instead of over words).
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.out_units = units
        self.scores = nn.ModuleList(
            nn.Sequential(nn.Linear(units, units), nn.Tanh(), nn.Linear(units, 1)) for _ in range(2)
        )

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return ``(batch, units)`` of two ``(batch, units)``."""
        branches = torch.stack([spectrogram, features], dim=1)  # (batch, branch, units)
        scores = [score(x) for score, x in zip(self.scores, (spectrogram, features), strict=True)]
        weights = torch.stack(scores, dim=1).softmax(dim=1)  # (batch, branch, 1)
        return (weights * branches).sum(dim=1)


class BranchDropout(nn.Module):
    """In training, set a whole branch to 0 for some of the clips.

    The network then cannot rely on that branch alone. What is kept is not scaled up: after training
    the network sees every clip with both branches.

    Args:
        p: Share of the clips that lose the branch.

    Raises:
        InputError: If ``p`` is not from 0 to 1.

    References:
        Neverova et al., "ModDrop: adaptive multi-modal gesture recognition", IEEE Trans. PAMI
        38(8), 2016.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        check_share("feature_dropout", p)
        self._p = p

    def forward(self, branch: Tensor) -> Tensor:
        """Return ``(batch, units)``; in evaluation mode the branch itself."""
        if not self.training or self._p == 0:
            return branch
        kept = torch.rand(len(branch), 1, device=branch.device) >= self._p
        return branch * kept


FUSIONS: dict[str, type[Concatenate] | type[Gated] | type[Attention]] = {
    "concatenate": Concatenate,
    "gated": Gated,
    "attention": Attention,
}


class Fusion(nn.Module):
    """One of :data:`FUSIONS`, by name, after dropping the features of some training clips.

    Args:
        name: ``concatenate``, ``gated`` or ``attention``.
        units: Width of each branch.
        feature_dropout: Share of the training clips whose features are dropped.

    Attributes:
        out_units: Width of the joint vector.

    Raises:
        InputError: If the name is unknown or the share not from 0 to 1.
    """

    def __init__(self, name: str, units: int, *, feature_dropout: float) -> None:
        super().__init__()
        if name not in FUSIONS:
            raise InputError(f"no fusion {name!r}{hint(name, FUSIONS)}")
        self.feature_dropout = BranchDropout(feature_dropout)
        self.join = FUSIONS[name](units)
        self.out_units = self.join.out_units

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return ``(batch, out_units)`` of two ``(batch, units)``."""
        joint: Tensor = self.join(spectrogram, self.feature_dropout(features))
        return joint
