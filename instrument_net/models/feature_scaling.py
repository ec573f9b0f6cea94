"""Design matrix -> columns of mean 0 and variance 1 (spec section 1.6.2)."""

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError


def standardise(features: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Return ``(features - mean) / std``, column by column.

    Args:
        features: Design matrix, ``(batch, n_features)``, each column in its own unit.
        mean: Mean of each column, ``(n_features,)``, in the column's unit.
        std: Standard deviation of each column, ``(n_features,)``, in the column's unit, > 0.

    Returns:
        Standardised features, ``(batch, n_features)``, without unit.
    """
    return (features - mean) / std


class FeatureScaling(nn.Module):
    """Remember the training split's mean and standard deviation for :func:`standardise`.

    Both are buffers: they follow the device and are saved with the weights, so that every recording
    is scaled as the training clips were. Before :meth:`fit` the features pass unchanged.

    Args:
        n_features: Columns of the design matrix.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("std", torch.ones(n_features))

    def fit(self, mean: Tensor, std: Tensor) -> None:
        """Set the scaling from the statistics of the training split alone.

        A feature that is constant on the training split (standard deviation 0, or no more than the
        rounding error of its mean) would be divided by zero: its ``std`` is stored as 1, so that
        it becomes 0.

        Args:
            mean: Mean of each feature, ``(n_features,)``, finite.
            std: Standard deviation of each feature, ``(n_features,)``, finite, >= 0.

        Raises:
            InputError: If a shape differs or a value is negative or not finite, naming the column.
        """
        for name, statistic in (("mean", mean), ("std", std)):
            if statistic.shape != self.mean.shape:
                raise InputError(
                    f"{name} has shape {tuple(statistic.shape)}, expected "
                    f"{tuple(self.mean.shape)}: one number per feature"
                )
            bad = ~torch.isfinite(statistic) | ((statistic < 0) if name == "std" else False)
            if bad.any():
                column = int(bad.nonzero()[0, 0])
                raise InputError(
                    f"{name} of feature {column} is {statistic[column].item()}; expected a finite "
                    f"number{' >= 0' if name == 'std' else ''}: look at that column's values"
                )
        rounding = torch.finfo(self.std.dtype).eps * mean.abs()
        self.mean.copy_(mean)
        self.std.copy_(torch.where(std > rounding, std, torch.ones_like(std)))

    def forward(self, features: Tensor) -> Tensor:
        """Return the standardised features, ``(batch, n_features)``."""
        return standardise(features, self.mean, self.std)
