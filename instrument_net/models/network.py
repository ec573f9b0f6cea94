"""What all networks have in common: the call, and what they refuse."""

from torch import Tensor, nn

from instrument_net.models.shapes import check_inputs, check_sizes, checked_spectrogram_shape


class Network(nn.Module):
    """A network that is called with a spectrogram and features, whichever of them it reads.

    Args:
        n_classes: Instruments to tell apart, at least 2.
        n_features: Columns of the design matrix.
        spectrogram_shape: ``(1, frequency, frame)``.
        **sizes: Any other widths and numbers of layers, at least 1 each.

    Raises:
        ValueError: If a size is too small.
    """

    def __init__(
        self,
        n_classes: int,
        n_features: int,
        *,
        spectrogram_shape: tuple[int, ...],
        **sizes: int,
    ) -> None:
        super().__init__()
        check_sizes(n_classes=n_classes, n_features=n_features, **sizes)
        self.n_classes = n_classes
        self.n_features = n_features
        self.spectrogram_shape = checked_spectrogram_shape(spectrogram_shape)

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return one logit per class.

        Args:
            spectrogram: ``(batch, 1, frequency, frame)``, values from 0 to 1; silence is all zeros.
            features: ``(batch, n_features)`` in their own units; scaled inside.

        Returns:
            Logits ``(batch, n_classes)``, finite for finite input, silence too.

        Raises:
            ValueError: If a shape is another one or the batches differ; with both shapes.
        """
        check_inputs(
            spectrogram,
            features,
            spectrogram_shape=self.spectrogram_shape,
            n_features=self.n_features,
        )
        return self.logits(spectrogram, features)

    def logits(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return the logits of inputs that have been checked."""
        raise NotImplementedError
