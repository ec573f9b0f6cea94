"""Ablation: the perceptron branch alone. What is lost without the spectrogram?"""

from torch import Tensor, nn

from instrument_net.models.initialisation import glorot_uniform_
from instrument_net.models.network import Network
from instrument_net.models.perceptron_branch import PerceptronBranch
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE


class PerceptronNet(Network):
    """The perceptron branch and a dense layer to the logits.

    Called as :class:`~instrument_net.models.TwoBranchNet` is, so that one data module, loss and
    command serve both: the spectrogram must have the right shape, and its values are not read.

    Args:
        n_classes: Instruments to tell apart, at least 2.
        n_features: Columns of the design matrix.
        spectrogram_shape: ``(1, frequency, frame)`` of the spectrogram that comes along.
        filters: Checked and otherwise without effect, as this network has no convolution; the one
            set of options builds every network.
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
        self.perceptron_branch = PerceptronBranch(n_features=n_features, dense_units=dense_units)
        self.output = nn.Linear(dense_units, n_classes)
        self.apply(glorot_uniform_)

    def logits(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return the logits of inputs that have been checked."""
        del spectrogram
        logits: Tensor = self.output(self.perceptron_branch(features))
        return logits
