import multiprocessing
import threading

import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from instrument_net.frontend import FrontEnd
from instrument_net.frontend.side_by_side import side_by_side

SMALL = {"n_frames": 9, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83, "n_mels": 20}}


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def small_clips(n_clips):
    return torch.randn(n_clips, FrontEnd(**SMALL).num_samples, generator=torch.manual_seed(0))


def test_results_come_in_the_order_of_the_clips_from_threads_that_divide_nothing():
    meeting = threading.Barrier(2)

    def work(clip):
        meeting.wait(30)  # passes only if two clips are worked on at a time
        return clip, threading.get_ident(), torch.get_num_threads()

    clips, threads, divisions = zip(*side_by_side(work, "abcdef"), strict=True)
    assert "".join(clips) == "abcdef"
    assert set(divisions) == {1}
    assert len(set(threads)) == 2
    assert threading.get_ident() not in threads


def test_a_single_thread_works_where_it_is_called():
    torch.set_num_threads(1)
    running = threading.active_count()
    assert set(side_by_side(lambda _: threading.get_ident(), "abc")) == {threading.get_ident()}
    assert threading.active_count() == running


def test_the_number_of_threads_of_others_stays():
    torch.set_num_threads(3)
    side_by_side(ord, "abc")
    assert torch.get_num_threads() == 3
    later = []
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert later == [3]


def test_the_modes_of_the_caller_hold_in_all_threads():
    def modes(_):
        return torch.is_grad_enabled(), torch.is_inference_mode_enabled()

    assert set(side_by_side(modes, "abcd")) == {(True, False)}
    with torch.no_grad():
        assert set(side_by_side(modes, "abcd")) == {(False, False)}
    with torch.inference_mode():
        assert set(side_by_side(modes, "abcd")) == {(False, True)}


def test_what_goes_wrong_with_a_clip_is_raised_and_the_next_call_works():
    with pytest.raises(ValueError, match="invalid literal"):
        side_by_side(int, ["1", "two", "3"])
    assert side_by_side(int, ["1", "2"]) == [1, 2]


def test_several_callers_share_the_threads():
    results = {}

    def call(name):
        results[name] = side_by_side(lambda clip: name + clip, "abcdefgh")

    callers = [threading.Thread(target=call, args=(name,)) for name in "1234"]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(30)
    assert results == {name: [name + clip for clip in "abcdefgh"] for name in "1234"}


@pytest.mark.parametrize("spectrogram", [{}, {"name": "mel"}, {"scale": "pcen"}])
def test_the_number_of_threads_changes_no_bit(spectrogram):
    # Long enough that PyTorch would divide its sums.
    front_end = FrontEnd(spectrogram=spectrogram)
    clips = torch.randn(3, front_end.num_samples, generator=torch.manual_seed(0))
    clips[1] = 0
    torch.set_num_threads(1)
    expected = front_end(clips)
    for n_threads in (2, 3):
        torch.set_num_threads(n_threads)
        for output, same in zip(front_end(clips), expected, strict=True):
            assert torch.equal(output, same)
        for output, same in zip(front_end(clips[2:]), expected, strict=True):
            assert torch.equal(output, same[2:])


def test_gradients_pass_through_all_threads():
    clips = small_clips(5).requires_grad_()
    spectrogram, features = FrontEnd(**SMALL)(clips)
    (spectrogram.sum() + features.sum()).backward()
    together = clips.grad.clone()
    for index in range(5):
        alone = clips.detach()[index : index + 1].clone().requires_grad_()
        spectrogram, features = FrontEnd(**SMALL)(alone)
        (spectrogram.sum() + features.sum()).backward()
        torch.testing.assert_close(together[index], alone.grad[0])


@pytest.mark.filterwarnings("ignore:Converting a tensor", "ignore:.*jit.trace:DeprecationWarning")
def test_a_traced_front_end_gives_what_it_gave():
    front_end, clips = FrontEnd(**SMALL), small_clips(3)
    traced = torch.jit.trace(front_end, clips, check_trace=False)
    for output, same in zip(traced(clips), front_end(clips), strict=True):
        torch.testing.assert_close(output, same, rtol=1e-5, atol=1e-5)


class Features(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return FrontEnd(**SMALL)(small_clips(4)[index : index + 1])[1][0]


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="processes are not forked here"
)
def test_processes_that_are_forked_while_the_threads_live_do_not_wait_for_them():
    _, expected = FrontEnd(**SMALL)(small_clips(4))  # starts the threads
    loader = DataLoader(
        Features(), batch_size=4, num_workers=1, multiprocessing_context="fork", timeout=60
    )
    assert torch.equal(next(iter(loader)), expected)
    with multiprocessing.get_context("fork").Pool(1) as pool:  # it has two threads, as its parent
        forked = pool.apply_async(side_by_side, (ord, "abc"))
        assert forked.get(60) == [97, 98, 99]
