"""An ensemble is explained as one network, by all its members."""

import torch
from small_networks import small_batch, small_network

from instrument_net.explanation import (
    DissectedNetwork,
    branch_logits,
    feature_contributions,
    saliency_map,
)
from instrument_net.models import Ensemble


def members_and_ensemble():
    members = [small_network(seed=0), small_network(seed=1), small_network(seed=2)]
    return members, DissectedNetwork(Ensemble(members))


def mean(values):
    return torch.stack(values).mean(dim=0)


def test_a_branch_alone_is_that_of_all_members():
    members, ensemble = members_and_ensemble()
    batch = small_batch()
    by_branch = branch_logits(ensemble, *batch)
    each = [branch_logits(DissectedNetwork(member), *batch) for member in members]
    assert list(by_branch) == ["both", "spectrogram alone", "features alone"]
    for name, logits in by_branch.items():
        torch.testing.assert_close(logits, mean([own[name] for own in each]))


def test_contributions_are_the_mean_of_the_members_own():
    members, ensemble = members_and_ensemble()
    spectrogram, features = small_batch()
    target = torch.tensor([0, 1, 2, 0])
    each = [
        feature_contributions(DissectedNetwork(member), spectrogram, features, target)
        for member in members
    ]
    together = feature_contributions(ensemble, spectrogram, features, target)
    torch.testing.assert_close(together, mean(each), atol=1e-5, rtol=1e-4)
    assert together.abs().max() > 0.1


def test_saliency_sums_the_maps_of_the_members_before_the_positive_part_is_taken():
    members, ensemble = members_and_ensemble()
    spectrogram, features = small_batch()
    target = torch.tensor([0, 1, 2, 0])
    cells = []
    for member in members:  # evidence against the class in one member counts, too
        maps = {}
        hook = member.spectrogram_branch.feature_maps.register_forward_hook(
            lambda _, __, output, maps=maps: (
                maps.update(own=output.detach().requires_grad_()) or maps["own"]
            )
        )
        logits = member(spectrogram, features).gather(1, target[:, None]).sum()
        (gradient,) = torch.autograd.grad(logits, maps["own"])
        hook.remove()
        cells.append((gradient * maps["own"]).sum(dim=1).detach())
    expected = mean(cells).relu()
    saliency = saliency_map(ensemble, spectrogram, features, target)
    branch = members[0].spectrogram_branch
    centres = [round(branch.receptive_field_centre(cell)) for cell in range(expected.shape[1])]
    got = saliency[:, centres][:, :, centres]
    scale = expected.amax(dim=(1, 2), keepdim=True).clamp_min(1e-12)
    torch.testing.assert_close(got, expected / scale, atol=1e-4, rtol=1e-3)
    assert (expected.amax(dim=(1, 2)) > 0).sum() >= 2
