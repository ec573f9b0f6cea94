"""Batches that follow from seed and epoch alone: shared by processes, and continued exactly."""

import pytest
import torch

from instrument_net.data.balanced_sampler import BalancedSampler, Part
from instrument_net.data.process import Process
from instrument_net.data.resumable_batches import ResumableBatches

LABELS = torch.tensor([0] * 7 + [1] * 3 + [2] * 3)
SHUFFLED, BALANCED = Part.of(torch.zeros(13, dtype=torch.int64)), Part.of(LABELS)


def batches(part, process=None, size=4):
    return ResumableBatches(BalancedSampler([part], seed=5), size, process)


def step():
    """Stand for what draws random numbers at each step: dropout, augmentation."""
    return torch.rand(1).item()


@pytest.mark.parametrize("part", [SHUFFLED, BALANCED], ids=["shuffled", "balanced"])
def test_an_epoch_continues_where_it_stopped_and_so_does_the_next_one(part):
    torch.manual_seed(0)
    whole = batches(part)
    expected = [[(batch, step()) for batch in whole] for _ in range(4)]

    torch.manual_seed(0)
    first = batches(part)
    done = [[(batch, step()) for batch in first]]
    begun, state = [], {}
    for batch in first:
        begun.append((batch, step()))
        if len(begun) == 2:
            state = first.state_dict()
            break
    torch.manual_seed(99)  # another process
    second = batches(part)
    second.load_state_dict(state)
    rest = [(batch, step()) for batch in second]
    done += [begun + rest, *([(batch, step()) for batch in second] for _ in range(2))]
    assert done == expected
    assert len(rest) == 2


def test_between_epochs_nothing_is_kept_for_an_epoch_follows_from_its_number():
    whole = batches(BALANCED)
    assert not whole.in_the_middle
    assert len([*whole]) == len(whole) == 4
    assert whole.state_dict() == {"n_taken": 0}
    other = batches(BALANCED)
    other.load_state_dict(whole.state_dict())
    other.sampler.set_epoch(1)  # as Lightning does
    assert [*other] == [*whole]


@pytest.mark.parametrize("part", [SHUFFLED, BALANCED], ids=["shuffled", "balanced"])
@pytest.mark.parametrize("world_size", [2, 3, 5])
def test_processes_share_the_batches_of_one(part, world_size):
    whole = batches(part)
    shares = [batches(part, Process(k, world_size)) for k in range(world_size)]
    for _ in range(3):
        epochs = [[*share] for share in shares]
        for number, batch in enumerate(whole):
            own = [epochs[k][number][: shares[k].n_own(number)] for k in range(world_size)]
            assert sorted(clip for share in own for clip in share) == sorted(batch)
            assert len(batch) == shares[0].n_clips(number)
            assert max(map(len, own)) - min(map(len, own)) <= 1
            assert all(epochs[k][number] for k in range(world_size))  # each takes the step


def test_a_process_without_a_share_gets_a_clip_that_does_not_count():
    first, second = (batches(SHUFFLED, Process(k, 2), size=6) for k in range(2))
    (_, _, last), (_, _, passed) = [*first], [*second]  # 13 clips: the last batch has one
    assert passed == last
    assert (first.n_own(2), second.n_own(2)) == (1, 0)


def test_what_is_drawn_meanwhile_does_not_change_the_order():
    quiet, noisy = batches(BALANCED), batches(BALANCED)
    for _ in range(3):
        expected = [*quiet]
        assert [(batch, step())[0] for batch in noisy] == expected


def test_an_epoch_is_never_held_as_a_list():
    taken = []

    class Noted(BalancedSampler):
        def __iter__(self):
            for position in super().__iter__():
                taken.append(position)
                yield position

    epoch = iter(ResumableBatches(Noted([SHUFFLED], seed=5), 4))
    assert next(epoch) == taken
    assert next(epoch) == taken[4:]
    assert len(taken) == 8
