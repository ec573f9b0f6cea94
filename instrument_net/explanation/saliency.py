"""Saliency: which parts of the spectrogram are evidence for a class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import LayerGradientXActivation
from torch import Tensor

from instrument_net.explanation.branches import DissectedNetwork


def saliency_map(
    network: DissectedNetwork,
    spectrogram: Tensor,
    features: Tensor,
    target: Tensor,
    *,
    shown: Tensor | None = None,
) -> Tensor:
    """Return how much each part of the spectrogram raises the target's logit.

    HiResCAM on the last feature maps of the spectrogram branch: the maps times the gradient of the
    logit with respect to them, summed over the maps, its positive part. Where a branch averages its
    maps over time and frequency, this equals Grad-CAM. Where it flattens them, so that every
    position has weights of its own, the averaged gradients of Grad-CAM also highlight positions
    that the network does not read.

    Args:
        network: With the branch ``spectrogram``, whose module ``feature_maps`` returns the maps,
            ``(batch, filters, height, width)``. The maps of an ensemble are those of all members.
        spectrogram: ``(batch, 1, bins, frames)``.
        features: ``(batch, n_features)``.
        target: Class index of each clip, int64 ``(batch,)``.
        shown: Frames that are not padding, bool ``(batch, frames)``: elsewhere the saliency is 0.
            Maps are coarse, and biases answer to silence, too: without this, padding is salient.
            Default: all.

    Returns:
        ``(batch, bins, frames)`` in [0, 1]: the maximum of each clip is 1, or 0 where nothing
        raises the logit. As coarse as the maps are, interpolated between the centres of their
        receptive fields.

    References:
        Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based
        localization", ICCV 2017; Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful
        explanations of convolutional neural networks", arXiv:2011.08891, 2020.

    >>> from instrument_net.models import SpectrogramNet
    >>> network = SpectrogramNet(2, spectrogram_shape=(1, 110, 112), filters=2)
    >>> spectrogram, features = torch.rand(1, 1, 110, 112), torch.zeros(1, 20)
    >>> target = torch.tensor([0])
    >>> saliency_map(DissectedNetwork(network), spectrogram, features, target).shape
    torch.Size([1, 110, 112])
    """
    branches = network.branches["spectrogram"]
    maps = [branch.get_submodule("feature_maps") for branch in branches]
    method = LayerGradientXActivation(network, maps)
    with torch.inference_mode(False):
        products = method.attribute(spectrogram, target, additional_forward_args=features)
    cells = torch.cat(products, dim=1).detach().sum(dim=1).relu()  # (batch, height, width)
    centre = getattr(branches[0], "receptive_field_centre", None)
    axes = zip(cells.shape[1:], spectrogram.shape[2:], strict=True)
    rows, columns = (
        torch.from_numpy(_interpolation(n_cells, n_pixels, centre)).to(cells)
        for n_cells, n_pixels in axes
    )
    saliency = rows @ cells @ columns.T  # (batch, bins, frames)
    if shown is not None:
        saliency = saliency * shown[:, None, :]
    greatest = saliency.amax(dim=(1, 2), keepdim=True)
    return torch.where(greatest > 0, saliency / greatest, 0.0)


def _interpolation(
    n_cells: int, n_pixels: int, centre: Callable[[float], float] | None
) -> npt.NDArray[np.float64]:
    """Return the matrix ``(n_pixels, n_cells)`` that interpolates linearly between the cells.

    Cells are centred where the branch states, or lie evenly over the pixels, as they do where every
    layer pads.
    """
    if centre is None:
        centres = (np.arange(n_cells) + 0.5) * n_pixels / n_cells - 0.5
    else:
        centres = np.array([centre(cell) for cell in range(n_cells)])
    pixels = np.arange(n_pixels)
    return np.stack([np.interp(pixels, centres, cell) for cell in np.eye(n_cells)], axis=1)
