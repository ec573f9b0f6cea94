"""What networks with a pooled branch share: the features' branch, the fusion, the output."""

from torch import Tensor, nn

from instrument_net.models.fusion import Fusion
from instrument_net.models.initialisation import he_normal_
from instrument_net.models.network import Network
from instrument_net.models.perceptron_branch import PerceptronBranch
from instrument_net.models.pooled_branch import PooledBranch

NO_FUSION = "none"


class FusedNetwork(Network):
    """A network of two branches, of which a subclass builds the spectrogram's.

    Arguments and errors are those of :class:`~instrument_net.models.network.Network`. A subclass
    calls its constructor, builds its branch and passes it to :meth:`join`.
    """

    spectrogram_branch: PooledBranch
    perceptron_branch: PerceptronBranch
    output: nn.Linear

    def join(
        self,
        spectrogram_branch: PooledBranch,
        *,
        n_classes: int,
        dense_units: int,
        fusion: str,
        feature_dropout: float,
    ) -> None:
        """Add the features' branch, the fusion and the output layer, then initialise all weights.

        Args:
            spectrogram_branch: Returns ``(batch, dense_units)``.
            n_classes: Instruments to distinguish.
            dense_units: Width of each branch.
            fusion: ``concatenate``, ``gated`` or ``attention``; ``none``: the features are not
                read, and there is no branch for them.
            feature_dropout: Share of the training clips whose features are dropped.

        Raises:
            InputError: If the share is not from 0 to 1, or the fusion unknown.
        """
        self.spectrogram_branch = spectrogram_branch
        self._reads_features = fusion != NO_FUSION
        if self._reads_features:
            self.perceptron_branch = PerceptronBranch(
                n_features=self.n_features, dense_units=dense_units
            )
            self.fusion = Fusion(fusion, dense_units, feature_dropout=feature_dropout)
        in_units = self.fusion.out_units if self._reads_features else dense_units
        self.output = nn.Linear(in_units, n_classes)
        self.apply(he_normal_)

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return what the output layer reads, ``(batch, units)``, of checked inputs."""
        seen: Tensor = self.spectrogram_branch(spectrogram)
        if not self._reads_features:
            return seen
        joint: Tensor = self.fusion(seen, self.perceptron_branch(features))
        return joint
