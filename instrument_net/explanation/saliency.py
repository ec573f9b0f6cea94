"""Where in the spectrogram the network saw what speaks for a class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import LayerGradientXActivation
from torch import Tensor

from instrument_net.explanation.branches import DissectedNetwork


def saliency_map(
    network: DissectedNetwork, spectrogram: Tensor, features: Tensor, target: Tensor
) -> Tensor:
    """Return how much each part of the spectrogram raises the target's logit.

    Grad-CAM on the spectrogram branch's last feature maps, in the form that keeps each place's own
    gradient (HiResCAM): the maps times the gradient with respect to them, summed over the maps,
    its positive part. Where a branch averages its maps over time and frequency, that is Grad-CAM
    itself. Where it flattens them, so that every place has its own weights, Grad-CAM's average
    of the gradients also lights up places that the network does not read.

    Args:
        network: With the branch ``spectrogram``; its maps leave the branch's module
            ``feature_maps``, ``(batch, filters, height, width)``. An ensemble's maps are those of
            all its members.
        spectrogram: ``(batch, 1, bins, frames)``.
        features: ``(batch, n_features)``.
        target: Class index of each clip, int64 ``(batch,)``.

    Returns:
        ``(batch, bins, frames)`` in [0, 1]: each clip's greatest value is 1, unless nothing speaks
        for the target, which gives zeros. As coarse as the maps are, interpolated between the
        centres of their receptive fields.

    References:
        Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based
        localization", ICCV 2017; Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful
        explanations of convolutional neural networks", arXiv:2011.08891, 2020.
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
    greatest = saliency.amax(dim=(1, 2), keepdim=True)
    return torch.where(greatest > 0, saliency / greatest, 0.0)


def _interpolation(
    n_cells: int, n_pixels: int, centre: Callable[[float], float] | None
) -> npt.NDArray[np.float64]:
    """Return the matrix ``(n_pixels, n_cells)`` that interpolates linearly between the cells.

    Cells are centred where the branch says, or lie evenly over the pixels, as they do where every
    layer pads.
    """
    if centre is None:
        centres = (np.arange(n_cells) + 0.5) * n_pixels / n_cells - 0.5
    else:
        centres = np.array([centre(cell) for cell in range(n_cells)])
    pixels = np.arange(n_pixels)
    return np.stack([np.interp(pixels, centres, cell) for cell in np.eye(n_cells)], axis=1)
