"""What the inputs of every network must look like: the one place that refuses them."""

from torch import Tensor

SpectrogramShape = tuple[int, int, int]  # (channel = 1, frequency, frame)
SPECTROGRAM_SHAPE: SpectrogramShape = (1, 560, 256)
N_FEATURES = 20


def checked_spectrogram_shape(spectrogram_shape: tuple[int, ...]) -> SpectrogramShape:
    """Return ``(1, frequency, frame)`` as a tuple (a configuration hands over a list).

    Raises:
        ValueError: If it is not three positive numbers of which the first, the channel, is 1.
    """
    shape = tuple(int(size) for size in spectrogram_shape)
    if len(shape) != 3 or shape[0] != 1 or min(shape) < 1:
        raise ValueError(
            f"spectrogram_shape is {shape}; expected (1, frequency, frame), for example "
            f"{SPECTROGRAM_SHAPE}: one channel, without the batch"
        )
    return 1, shape[1], shape[2]


def check_sizes(**sizes: int) -> None:
    """Refuse a width below 1, and a classification into fewer than two classes.

    Raises:
        ValueError: Naming the argument and its number.
    """
    for name, size in sizes.items():
        least = 2 if name == "n_classes" else 1
        if size < least:
            raise ValueError(f"{name} is {size}; expected at least {least}")


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
        ValueError: With both shapes, the one that came and the one that was expected.
    """
    came = f"spectrogram {tuple(spectrogram.shape)} and features {tuple(features.shape)}"
    expected = f"{_words(spectrogram_shape)} and {_words((n_features,))}"
    if spectrogram.ndim != 4 or spectrogram.shape[1:] != spectrogram_shape:
        hint = ""
        if spectrogram.shape[1:] == (*spectrogram_shape[1:], 1):
            hint = "; the channel axis comes before frequency and frame: permute(0, 3, 1, 2)"
        raise ValueError(f"wrong spectrogram: got {came}, expected {expected}{hint}")
    if features.ndim != 2 or features.shape[1] != n_features:
        raise ValueError(f"wrong features: got {came}, expected {expected}")
    if spectrogram.shape[0] != features.shape[0]:
        raise ValueError(f"batch sizes differ: got {came}, expected {expected} with one batch size")


def _words(sizes: tuple[int, ...]) -> str:
    return f"(batch, {', '.join(str(size) for size in sizes)})"
