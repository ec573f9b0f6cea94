"""Scores of a clip that rise where it may be of no class that the network knows."""

from __future__ import annotations

import torch
from torch import Tensor
from torchmetrics.functional.classification import binary_auroc

_RIDGE = 1e-3  # of the mean variance: keeps the covariance invertible where a unit is constant


def doubt(probabilities: Tensor) -> Tensor:
    """Return 1 minus the highest probability, ``(n_clips,)`` in [0, 1].

    Args:
        probabilities: ``(n_clips, n_classes)``.

    References:
        Hendrycks and Gimpel, "A baseline for detecting misclassified and out-of-distribution
        examples in neural networks", ICLR 2017.
    """
    score: Tensor = 1 - probabilities.amax(dim=1)
    return score


def entropy(probabilities: Tensor) -> Tensor:
    """Return the entropy of the probabilities, ``(n_clips,)``, in nats, from 0 on.

    Args:
        probabilities: ``(n_clips, n_classes)``.
    """
    score: Tensor = torch.special.entr(probabilities).sum(dim=1)
    return score


def energy(logits: Tensor) -> Tensor:
    """Return the free energy, ``(n_clips,)``, of any sign.

    Args:
        logits: ``(n_clips, n_classes)``; probabilities do not do, their energy is 0.

    References:
        Liu et al., "Energy-based out-of-distribution detection", NeurIPS 2020.
    """
    return -logits.logsumexp(dim=1)


def neighbour_distance(embeddings: Tensor, of_training: Tensor, *, k: int = 10) -> Tensor:
    """Return the distance to the ``k``-th nearest training clip, ``(n_clips,)`` in [0, 2].

    Embeddings are compared by direction: each is scaled to length 1.

    Args:
        embeddings: ``(n_clips, width)``.
        of_training: ``(n_training_clips, width)``, at least ``k``.
        k: From 1 on.

    References:
        Sun et al., "Out-of-distribution detection with deep nearest neighbors", ICML 2022.
    """
    normalise = torch.nn.functional.normalize
    distances = torch.cdist(normalise(embeddings), normalise(of_training))
    nearest: Tensor = distances.kthvalue(k, dim=1).values
    return nearest


def class_distance(embeddings: Tensor, of_training: Tensor, labels: Tensor) -> Tensor:
    """Return the squared Mahalanobis distance to the nearest class, ``(n_clips,)``, from 0 on.

    The classes of the training clips have a mean each and one covariance together.

    Args:
        embeddings: ``(n_clips, width)``.
        of_training: ``(n_training_clips, width)``.
        labels: Class of each training clip, int64 ``(n_training_clips,)``.

    References:
        Lee et al., "A simple unified framework for detecting out-of-distribution samples and
        adversarial attacks", NeurIPS 2018.
    """
    training = of_training.double()
    classes, own = labels.unique(return_inverse=True)
    means = torch.stack([training[labels == label].mean(dim=0) for label in classes])
    centred = training - means[own]
    covariance = centred.T @ centred / len(centred)
    ridge = _RIDGE * covariance.diagonal().mean().clamp_min(torch.finfo(torch.float64).tiny)
    covariance.diagonal().add_(ridge)
    whiten = torch.linalg.cholesky(covariance)
    differences = (embeddings.double()[:, None] - means).flatten(0, 1)
    whitened = torch.linalg.solve_triangular(whiten, differences.T, upper=False)
    squared = whitened.square().sum(dim=0).reshape(len(embeddings), len(means))
    nearest: Tensor = squared.amin(dim=1).to(embeddings.dtype)
    return nearest


def area_under_roc(known: Tensor, unknown: Tensor) -> float:
    """Return how often a clip of an unknown class has a higher score than one of a known class.

    Args:
        known: Scores of clips of known classes, ``(n_known,)``.
        unknown: Scores of clips of classes that were left out of training, ``(n_unknown,)``.

    Returns:
        In [0, 1]; 0.5 is chance, ties count half.
    """
    # torchmetrics reads scores beyond [0, 1] as logits: ranks are the same and are not.
    scores = torch.cat([known, unknown]).double()
    ranks = scores.unique(return_inverse=True)[1].double() / len(scores)
    is_unknown = torch.cat([torch.zeros(len(known)), torch.ones(len(unknown))]).long()
    return float(binary_auroc(ranks, is_unknown))
