"""SpecAugment's masks: how wide, how many, and nothing else changes."""

import pytest
import torch

from instrument_net.augmentation import FrequencyMasks, TimeMasks

# masks -> a module, the axis along which it masks, and the one across
KINDS = {
    "time": (lambda **o: TimeMasks(probability=1, max_frames=12, **o), 3, 2),
    "frequency": (lambda **o: FrequencyMasks(probability=1, max_bins=12, **o), 2, 3),
}


def runs(flags):
    """Give the lengths of the runs of True."""
    return [len(run) for run in "".join("x" if flag else " " for flag in flags).split()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mask_is_one_band_across_the_clip_no_wider_than_allowed(kind):
    torch.manual_seed(0)
    build, along, across = KINDS[kind]
    spectrogram = torch.rand(200, 1, 60, 50) + 0.5
    masked = build(n_masks=1)(spectrogram)
    zero = masked == 0
    assert torch.equal(masked[~zero], spectrogram[~zero])
    assert torch.equal(zero.any(dim=across), zero.all(dim=across))
    widths = [runs(clip) for clip in zero.any(dim=across).squeeze(1).tolist()]
    assert max(len(clip) for clip in widths) == 1
    flat = [clip[0] if clip else 0 for clip in widths]
    assert set(flat) == set(range(12))  # from none to one below the limit, as torchaudio rounds
    places = zero.any(dim=across).squeeze(1).any(dim=0)
    assert places.float().mean() > 0.95
    assert along + across == 5


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_at_most_as_many_masks_as_were_set(kind):
    torch.manual_seed(0)
    build, _, across = KINDS[kind]
    zero = build(n_masks=3)(torch.ones(100, 1, 60, 50)) == 0
    counts = {len(runs(clip)) for clip in zero.any(dim=across).squeeze(1).tolist()}
    assert counts <= {0, 1, 2, 3}
    assert 3 in counts
