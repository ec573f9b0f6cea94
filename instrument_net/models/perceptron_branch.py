"""Feature vector -> 64 activations (spec section 1.6.2, eq. 22)."""

from torch import Tensor, nn

from instrument_net.models.feature_scaling import FeatureScaling
from instrument_net.models.shapes import N_FEATURES


class PerceptronBranch(nn.Module):
    """Standardise, dense ReLU, dense ReLU.

    Args:
        n_features: Columns of the design matrix.
        dense_units: Neurons of both dense layers.
    """

    def __init__(self, *, n_features: int = N_FEATURES, dense_units: int = 64) -> None:
        super().__init__()
        self.scaling = FeatureScaling(n_features)
        self.dense = nn.Sequential(
            nn.Linear(n_features, dense_units),
            nn.ReLU(inplace=True),
            nn.Linear(dense_units, dense_units),
            nn.ReLU(inplace=True),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return ``(batch, dense_units)``, all >= 0, of unscaled ``(batch, n_features)``."""
        activations: Tensor = self.dense(self.scaling(features))
        return activations
