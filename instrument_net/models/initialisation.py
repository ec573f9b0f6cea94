"""The weights that a network starts from."""

from torch import nn


def glorot_uniform_(module: nn.Module) -> None:
    """Draw a layer's weights from Glorot's uniform distribution and zero its biases, in place.

    ``W ~ U(-a, a)`` with ``a = sqrt(6 / (fan_in + fan_out))`` keeps the variance of activations and
    of gradients about equal from layer to layer. The spec names no initialisation; this is the
    default of Keras, the engine its author used, so results can be compared from the first step on.
    PyTorch's own default, ``U(-1/sqrt(fan_in), 1/sqrt(fan_in))``, is narrower.

    Args:
        module: Anything; only convolutions and dense layers are changed, which suits ``apply``.

    References:
        Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
        networks", AISTATS 2010, eq. 16.
    """
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
