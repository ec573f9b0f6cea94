"""The augmentations of a run: order, stages, and what is left out."""

import pytest
import torch
from torch import nn

from instrument_net.augmentation import AugmentationChain, Mixup, PolarityInversion, TimeMasks


class Add(nn.Module):
    acts_on = "waveform"

    def __init__(self, value, probability=1.0):
        super().__init__()
        self.value, self.probability = value, probability

    def forward(self, waveform):
        return (waveform + self.value) * 2


def test_augmentations_follow_each_other_in_their_order():
    label = torch.tensor([0])
    for first, second, expected in ((1.0, 5.0, 14.0), (5.0, 1.0, 22.0)):
        chain = AugmentationChain({"first": Add(first), "second": Add(second)})
        waveform, same = chain.augment_waveforms(torch.zeros(1, 3), label)
        assert torch.equal(waveform, torch.full((1, 3), expected))
        assert same is label


def test_each_stage_gets_its_own_augmentations():
    masks = TimeMasks(probability=1, n_masks=2, max_frames=30)
    chain = AugmentationChain({"masks": masks, "add": Add(1.0)})
    waveform, _ = chain.augment_waveforms(torch.zeros(2, 8), torch.tensor([0, 1]))
    assert (waveform == 2).all()
    torch.manual_seed(0)
    assert (chain.augment_spectrograms(torch.ones(2, 1, 40, 40)) == 0).any()


def test_a_chain_describes_itself_in_its_order():
    masks = TimeMasks(probability=0.25, n_masks=2, max_frames=30)
    chain = AugmentationChain({"masks": masks, "add": Add(1.0), "never": Add(1.0, probability=0)})
    assert chain.describe() == "add 100%, masks 25%"
    assert AugmentationChain({}).describe() == "none"


def test_augmentations_of_probability_0_are_left_out():
    never = AugmentationChain(
        {"add": Add(1.0, probability=0), "mix": Mixup(probability=0, alpha=1)}
    )
    assert not never.active
    assert not never.mixes_labels
    assert not AugmentationChain({}).active
    assert AugmentationChain({"mix": Mixup(probability=0.1, alpha=1)}).mixes_labels
    assert AugmentationChain({"polarity": PolarityInversion(probability=0.1)}).active


def test_no_gradient_is_kept():
    chain = AugmentationChain({"add": Add(nn.Parameter(torch.ones(1)))})
    waveform, _ = chain.augment_waveforms(torch.zeros(1, 3), torch.tensor([0]))
    assert not waveform.requires_grad


def test_a_module_without_acts_on_is_refused_by_name():
    with pytest.raises(ValueError, match="dropout: Dropout is no augmentation"):
        AugmentationChain({"dropout": nn.Dropout()})
