"""What networks with a pooled branch have in common: the other branch, fusion, output."""

from torch import Tensor, nn

from instrument_net.models.fusion import Fusion
from instrument_net.models.initialisation import he_normal_
from instrument_net.models.network import Network
from instrument_net.models.perceptron_branch import PerceptronBranch


class FusedNetwork(Network):
    """A network of two branches, whose own part is the spectrogram's.

    Arguments and errors are those of :class:`~instrument_net.models.network.Network`; a subclass
    calls it, builds its branch and hands it to :meth:`join`.
    """

    def join(
        self,
        spectrogram_branch: nn.Module,
        *,
        n_classes: int,
        dense_units: int,
        fusion: str,
        feature_dropout: float,
    ) -> None:
        """Put the features' branch beside that of the spectrogram, and draw all weights.

        Args:
            spectrogram_branch: Spectrogram to ``(batch, dense_units)``.
            n_classes: Instruments to tell apart.
            dense_units: Width of either branch.
            fusion: ``concatenate``, ``gated`` or ``attention``.
            feature_dropout: Share of the clips that training shows without their features.

        Raises:
            ValueError: If the share is not in 0 to 1, or the fusion unknown.
        """
        self.spectrogram_branch = spectrogram_branch
        self.perceptron_branch = PerceptronBranch(
            n_features=self.n_features, dense_units=dense_units
        )
        self.fusion = Fusion(fusion, dense_units, feature_dropout=feature_dropout)
        self.output = nn.Linear(self.fusion.out_units, n_classes)
        self.apply(he_normal_)

    def logits(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return the logits of inputs that have been checked."""
        joint = self.fusion(self.spectrogram_branch(spectrogram), self.perceptron_branch(features))
        logits: Tensor = self.output(joint)
        return logits
