import numpy as np
import pytest
import torch
from scipy.spatial.distance import mahalanobis

from instrument_net.evaluation.unknown_scores import (
    area_under_roc,
    class_distance,
    doubt,
    energy,
    entropy,
    neighbour_distance,
)


@pytest.fixture
def training():
    """Two classes around (5, 0, 0) and (0, 5, 0)."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(200) % 2
    means = torch.tensor([[5.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    return means[labels] + torch.randn(200, 3, generator=generator), labels


def test_a_flat_answer_is_less_known_than_a_sharp_one():
    logits = torch.tensor([[5.0, 0.0, 0.0], [0.2, 0.0, 0.0]])
    probabilities = logits.softmax(dim=1)
    for score in (doubt(probabilities), entropy(probabilities), energy(logits)):
        assert score.shape == (2,)
        assert score[0] < score[1]
    assert entropy(torch.tensor([[1.0, 0.0], [0.5, 0.5]])).tolist() == pytest.approx(
        [0.0, np.log(2)]
    )


def test_what_lies_far_from_all_training_clips_is_less_known(training):
    clips, labels = training
    new = torch.tensor([[5.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 5.0]])
    for score in (neighbour_distance(new, clips), class_distance(new, clips, labels)):
        assert score.shape == (3,)
        assert score[:2].max() < 0.5 * score[2]


def test_the_distance_to_the_classes_is_that_of_scipy(training):
    clips, labels = training
    new = torch.tensor([[1.0, 2.0, 3.0]])
    parts = [clips[labels == k].double().numpy() for k in (0, 1)]
    centred = np.concatenate([part - part.mean(axis=0) for part in parts])
    inverse = np.linalg.inv(centred.T @ centred / len(centred))
    expected = min(mahalanobis(new[0].numpy(), part.mean(axis=0), inverse) for part in parts) ** 2
    assert class_distance(new, clips, labels).item() == pytest.approx(expected, rel=0.01)


def test_a_unit_that_never_changes_does_no_harm(training):
    clips, labels = training
    constant = torch.cat([clips, torch.zeros(len(clips), 1)], dim=1)
    assert class_distance(constant[:5], constant, labels).isfinite().all()


def test_the_distance_is_to_the_nearest_of_k(training):
    clips, _ = training
    distance = [neighbour_distance(clips[:5], clips, k=k) for k in (1, 2, 50)]
    assert distance[0].max() < 1e-3  # to itself
    assert (distance[1] < distance[2]).all()


def test_the_area_counts_pairs():
    known, unknown = torch.tensor([-3.0, 0.0, 2.0]), torch.tensor([1.0, 2.0])
    pairs = [(u > k) + 0.5 * (u == k) for u in unknown.tolist() for k in known.tolist()]
    assert area_under_roc(known, unknown) == pytest.approx(np.mean(pairs))
    assert area_under_roc(unknown, known) == pytest.approx(1 - np.mean(pairs))
