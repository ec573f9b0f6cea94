"""What sizes and inputs a network accepts: the one place that refuses others."""

import torch
from torch import Tensor

from instrument_net.errors import InputError

SpectrogramShape = tuple[int, int, int]  # (channel = 1, frequency, frame)
SPECTROGRAM_SHAPE: SpectrogramShape = (1, 560, 256)
N_FEATURES = 20


def checked_spectrogram_shape(spectrogram_shape: tuple[int, ...]) -> SpectrogramShape:
    """Return ``(1, frequency, frame)`` as a tuple (a configuration holds a list).

    Raises:
        InputError: If it is not three positive numbers of which the first, the channel, is 1.
    """
    shape = tuple(int(size) for size in spectrogram_shape)
    if len(shape) != 3 or shape[0] != 1 or min(shape) < 1:
        raise InputError(
            f"spectrogram_shape is {shape}; expected (1, frequency, frame), for example "
            f"{SPECTROGRAM_SHAPE}: one channel, without the batch"
        )
    return 1, shape[1], shape[2]


def check_sizes(**sizes: int) -> None:
    """Refuse a width below 1, and a classification into fewer than two classes.

    Raises:
        InputError: Naming the argument and its value.
    """
    for name, size in sizes.items():
        least = 2 if name == "n_classes" else 1
        if size < least:
            raise InputError(f"{name} is {size}; expected at least {least}")


def check_share(name: str, share: float) -> None:
    """Refuse a share that is not from 0 to 1.

    Raises:
        InputError: Naming the argument and its value.
    """
    if not 0 <= share <= 1:
        raise InputError(f"{name} is {share}; expected a share from 0 to 1")


def check_inputs(
    spectrogram: Tensor,
    features: Tensor,
    *,
    spectrogram_shape: SpectrogramShape,
    n_features: int,
) -> None:
    """Refuse any batch but the one that the network was built for (spec eqs. 21 and 22).

    Args:
        spectrogram: Must be ``(batch, *spectrogram_shape)``.
        features: Must be ``(batch, n_features)``, the design matrix, with the same batch.
        spectrogram_shape: ``(1, frequency, frame)``.
        n_features: Columns of the design matrix.

    Raises:
        ValueError: With the shapes that were passed and those that were expected.
    """
    # The tracer (TensorBoard's graph) records sizes as tensors, and warns if Python compares them.
    if torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
        return
    if spectrogram.ndim != 4 or spectrogram.shape[1:] != spectrogram_shape:
        problem = "wrong spectrogram"
        if spectrogram.shape[1:] == (*spectrogram_shape[1:], 1):
            problem += " (the channel comes before frequency and frame: permute(0, 3, 1, 2))"
    elif features.ndim != 2 or features.shape[1] != n_features:
        problem = "wrong features"
    elif spectrogram.shape[0] != features.shape[0]:
        problem = "batch sizes differ"
    else:
        return
    frequency_and_frame = f"{spectrogram_shape[1]}, {spectrogram_shape[2]}"
    raise ValueError(
        f"{problem}: got spectrogram {tuple(spectrogram.shape)} and features "
        f"{tuple(features.shape)}, expected (batch, 1, {frequency_and_frame}) and "
        f"(batch, {n_features}) with the same batch"
    )
