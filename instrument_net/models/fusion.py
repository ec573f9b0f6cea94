"""How what the spectrogram says and what the features say become one vector."""

import torch
from torch import Tensor, nn


class Concatenate(nn.Module):
    """One after the other, the spectrogram's half first (spec section 1.3.5).

    Args:
        units: Width of either branch.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.out_units = 2 * units

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return ``(batch, 2 * units)`` of two ``(batch, units)``."""
        return torch.cat([spectrogram, features], dim=1)


class Gated(nn.Module):
    """A gate between 0 and 1 for every unit, from both branches: how much comes from which.

    ``z * tanh(A s) + (1 - z) * tanh(B f)`` with ``z = sigmoid(C [s; f])``.

    Args:
        units: Width of either branch.

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
    """The mean of both branches, weighted for every clip: by which of them has more to say.

    The weights are the softmax of one score a branch, ``v tanh(W x)``, W and v being each
    branch's own.

    Args:
        units: Width of either branch.

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
    """In training, a whole branch is missing from a clip now and then: set to 0.

    The network then cannot lean on one branch alone. What is kept is not scaled up: a clip with
    both branches is what the network meets after training too.

    Args:
        p: Share of the clips that lose the branch.

    Raises:
        ValueError: If ``p`` is not in 0 to 1.

    References:
        Neverova et al., "ModDrop: adaptive multi-modal gesture recognition", IEEE Trans. PAMI
        38(8), 2016.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"feature_dropout is {p}; expected a share from 0 to 1")
        self._p = p

    def forward(self, branch: Tensor) -> Tensor:
        """Return ``(batch, units)``; the same in evaluation."""
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
    """One of :data:`FUSIONS`, by name, in training now and then without the features.

    Args:
        name: ``concatenate``, ``gated`` or ``attention``.
        units: Width of either branch.
        feature_dropout: Share of the clips that training shows without their features.

    Attributes:
        out_units: Width of the joint vector.

    Raises:
        ValueError: If the name is unknown or the share not in 0 to 1.
    """

    def __init__(self, name: str, units: int, *, feature_dropout: float) -> None:
        super().__init__()
        if name not in FUSIONS:
            raise ValueError(f"fusion is {name!r}; expected one of {', '.join(FUSIONS)}")
        self.feature_dropout = BranchDropout(feature_dropout)
        self.join = FUSIONS[name](units)
        self.out_units = self.join.out_units

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return ``(batch, out_units)`` of two ``(batch, units)``."""
        joint: Tensor = self.join(spectrogram, self.feature_dropout(features))
        return joint
