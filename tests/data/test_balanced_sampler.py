"""Every class equally often, every clip of a class equally often."""

import torch

from instrument_net.data.balanced_sampler import BalancedSampler, Part

LABELS = torch.tensor([0] * 50 + [1] * 7 + [2] * 3)


def epochs(n, seed=0):
    torch.manual_seed(seed)
    sampler = BalancedSampler([Part.of(LABELS)])
    return [list(sampler) for _ in range(n)]


def test_an_epoch_is_as_long_as_the_split_and_has_equally_many_clips_of_every_class():
    for epoch in epochs(5):
        assert len(epoch) == len(BalancedSampler([Part.of(LABELS)])) == 60
        assert LABELS[epoch].bincount().tolist() == [20, 20, 20]


def test_what_does_not_divide_falls_to_classes_by_chance():
    torch.manual_seed(0)
    labels = LABELS[10:]  # 50 clips: 16 of each class and two more
    sampler = BalancedSampler([Part.of(labels)])
    counts = torch.stack([labels[list(sampler)].bincount() for _ in range(60)])
    assert (counts.sum(dim=1) == 50).all()
    assert (counts.min(), counts.max()) == (16, 17)
    assert counts.double().mean(dim=0).sub(50 / 3).abs().max() < 0.25


def test_a_clip_comes_again_only_after_all_others_of_its_class_have_come():
    drawn = torch.zeros(60)
    for epoch in epochs(9):
        drawn += torch.tensor(epoch).bincount(minlength=60)
        for label in range(3):
            of_class = drawn[label == LABELS]
            assert of_class.max() - of_class.min() <= 1
    assert drawn.min() >= 3  # 9 epochs of 20 of 50 clips


def test_classes_are_mixed_epochs_differ_and_a_seed_decides():
    first, second = epochs(2)
    assert first != second
    assert first != sorted(first)
    half = LABELS[first[:30]].bincount(minlength=3)
    assert half.min() >= 4
    assert epochs(2) == [first, second]
    assert epochs(2, seed=1) != [first, second]
