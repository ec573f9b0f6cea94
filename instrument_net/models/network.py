"""What the rest of the program may ask of a network: its call, its last layer, its branches."""

from typing import Protocol

from torch import Tensor, nn

from instrument_net.models.shapes import check_inputs, check_sizes, checked_spectrogram_shape


class ConvolutionalBranch(Protocol):
    """Spectrogram -> activations, by way of feature maps that can be located in the spectrogram."""

    @property
    def feature_maps(self) -> nn.Module:
        """The submodule that returns the last maps, ``(batch, channels, height, width)``."""
        ...

    def receptive_field_centre(self, position: float) -> float:
        """Return the spectrogram's row (or column) on which one of the feature maps is centred."""
        ...


class Network(nn.Module):
    """A network that is called with a spectrogram and features, whichever of them it reads.

    Explanations separate a network at its branches, and a new training may start from the weights
    of an old one. Both rely on the attributes below. A subclass sets those that it has; a branch
    that it does not have stays ``None``. A subclass defines :meth:`embedding`; the logits follow.

    Args:
        n_classes: Instruments to distinguish, at least 2.
        n_features: Columns of the design matrix.
        spectrogram_shape: ``(1, frequency, frame)``.
        **sizes: Any other widths and numbers of layers, at least 1 each.

    Attributes:
        n_classes: As above.
        n_features: As above.
        spectrogram_shape: As above.
        spectrogram_branch: The only module that reads the spectrogram: it is called with the
            spectrogram alone and returns ``(batch, ...)``. ``None``: the spectrogram is not read.
        perceptron_branch: The only module that reads the features: it is called with the features
            alone and returns ``(batch, ...)``. Its :class:`~instrument_net.models.FeatureScaling`,
            if it has one, standardises them. ``None``: the features are not read.
        output: The last layer, whose row ``i`` gives the logit of class ``i``. ``None`` only of an
            :class:`~instrument_net.models.Ensemble`, which has no branches either: ask its members,
            see :func:`~instrument_net.models.members_of`.

    Raises:
        InputError: If a size is too small.
    """

    spectrogram_branch: ConvolutionalBranch | None
    perceptron_branch: nn.Module | None
    output: nn.Linear | None

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
        # Not the output: modules are initialised in the order in which they are registered, and it
        # comes last.
        for branch in ("spectrogram_branch", "perceptron_branch"):
            self.register_module(branch, None)

    def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return one logit per class.

        Args:
            spectrogram: ``(batch, 1, frequency, frame)``, values from 0 to 1; silence is all zeros.
            features: ``(batch, n_features)`` in their own units; scaled inside.

        Returns:
            Logits ``(batch, n_classes)``, finite for finite input, including silence.

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
        assert self.output is not None  # an ensemble has logits of its own
        logits: Tensor = self.output(self.embedding(spectrogram, features))
        return logits

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return what the output layer reads: the clip as this network sees it.

        Args:
            spectrogram: As in :meth:`forward`; shapes are not checked again.
            features: Likewise.

        Returns:
            ``(batch, width)``, without unit. Of an :class:`~instrument_net.models.Ensemble`, the
            vectors of its members side by side, in their order.
        """
        raise NotImplementedError
