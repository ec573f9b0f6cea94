"""Ablation: the spectrogram branch alone. What is lost without the feature vector?"""

from torch import Tensor, nn

from instrument_net.models.initialisation import glorot_uniform_
from instrument_net.models.network import Network
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE
from instrument_net.models.spectrogram_branch import SpectrogramBranch


class SpectrogramNet(Network):
    """The spectrogram branch and a dense layer to the logits.

    Called as :class:`~instrument_net.models.TwoBranchNet` is, so that one data module, loss and
    command serve both: the features must have the right shape, and their values are not read.

    Args:
        n_classes: Instruments to tell apart, at least 2.
        n_features: Columns of the design matrix that comes along.
        spectrogram_shape: ``(1, frequency, frame)``; at least 79 of either.
        filters: Filters of every convolution.
        dense_units: Neurons of each dense layer but the last.

    Raises:
        ValueError: If a size is too small.
    """

    def __init__(
        self,
        n_classes: int,
        n_features: int = N_FEATURES,
        *,
        spectrogram_shape: tuple[int, ...] = SPECTROGRAM_SHAPE,
        filters: int = 32,
        dense_units: int = 64,
    ) -> None:
        super().__init__(
            n_classes,
            n_features,
            spectrogram_shape=spectrogram_shape,
            filters=filters,
            dense_units=dense_units,
        )
        self.spectrogram_branch = SpectrogramBranch(
            spectrogram_shape=self.spectrogram_shape, filters=filters, dense_units=dense_units
        )
        self.output = nn.Linear(dense_units, n_classes)
        self.apply(glorot_uniform_)

    def logits(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return the logits of inputs that have been checked."""
        del features
        logits: Tensor = self.output(self.spectrogram_branch(spectrogram))
        return logits
