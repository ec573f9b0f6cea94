"""An epoch that continues has the batches, and the random numbers, that it would have had."""

import torch
from torch.utils.data import RandomSampler

from instrument_net.data.balanced_sampler import BalancedSampler, Part
from instrument_net.data.resumable_batches import ResumableBatches

LABELS = torch.tensor([0] * 7 + [1] * 3 + [2] * 3)


def orders():
    return [RandomSampler(range(13)), BalancedSampler([Part.of(LABELS)])]


def step():
    """Stand for what draws random numbers at each step: dropout, augmentation."""
    return torch.rand(1).item()


def test_an_epoch_continues_where_it_stopped_and_so_does_the_next_one():
    for number, order in enumerate(orders()):
        torch.manual_seed(number)
        whole = ResumableBatches(order, 4)
        expected = [[(batch, step()) for batch in whole] for _ in range(3)]

        torch.manual_seed(number)
        first = ResumableBatches(orders()[number], 4)
        done = [[(batch, step()) for batch in first]]
        part, state = [], {}
        for batch in first:
            part.append((batch, step()))
            if len(part) == 2:
                state = first.state_dict()
                break
        torch.manual_seed(99)  # another process
        second = ResumableBatches(orders()[number], 4)
        second.load_state_dict(state)
        rest = [(batch, step()) for batch in second]
        done += [part + rest, [(batch, step()) for batch in second]]
        assert done == expected
        assert len(rest) == 2


def test_between_epochs_only_the_order_is_kept():
    batches = ResumableBatches(BalancedSampler([Part.of(LABELS)]), 4)
    assert not batches.in_the_middle
    assert batches.state_dict().keys() == {"n_taken", "sampler"}
    assert len([*batches]) == len(batches) == 4
    assert batches.state_dict()["n_taken"] == 0
    other = ResumableBatches(BalancedSampler([Part.of(LABELS)]), 4)
    other.load_state_dict(batches.state_dict())
    torch.manual_seed(5)
    expected = [*batches]
    torch.manual_seed(5)
    assert [*other] == expected
