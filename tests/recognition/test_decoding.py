"""Files decoded by other processes: in order, a few ahead, and whatever becomes of a process."""

import multiprocessing
import time
from contextlib import closing
from pathlib import Path

import pytest
import torch
from conftest import FORK_SERVER
from small_recogniser import small_recogniser, write_noise
from unruly_reader import UnrulyReader

from instrument_net.audio import AudioError
from instrument_net.errors import InputError
from instrument_net.recognition import decoder_process
from instrument_net.recognition.decoding import decoded
from instrument_net.recognition.file_windows import Notes, Window
from instrument_net.recognition.files import predict_files


@pytest.fixture(autouse=True)
def prepared_server():
    """Processes are forks of the one that all tests share: it has imported PyTorch."""
    process = FORK_SERVER.Process(target=int)
    process.start()
    process.join()


def heard(path, parts):
    """Return the first values of a file's windows, with its notes or its error behind."""
    values = []
    try:
        for part in parts:
            if isinstance(part, Window):
                values.append(part.waveform[0])
            elif isinstance(part, Notes):
                values += part.notes
    except AudioError as error:
        values.append(str(error).removeprefix(f"{path}: "))
    return values


def test_a_file_on_which_a_process_ends_or_hangs_loses_only_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(decoder_process, "PATIENCE_S", 1.0)
    names = [
        "0.wav",
        "1.bad",
        "2.dies",
        "3.hangs",
        "4.dies_once",
        *(f"{k}.wav" for k in range(5, 9)),
    ]
    results = [
        heard(path, parts)
        for path, parts in decoded(UnrulyReader(tmp_path), names, workers=2, windows_ahead=4)
    ]
    assert results == [
        [0, 0, "noted"],
        [1, "no audio"],
        [2, "the process that decoded it ended with status 7, twice; export it again"],
        [3, "nothing was decoded for 1 s; export it again, or to a local disk"],
        *([k, k, "noted"] for k in range(4, 9)),
    ]


def test_only_a_few_windows_are_decoded_ahead_and_an_end_before_the_end_leaves_no_process(tmp_path):
    taken = []

    def names():
        for k in range(1_000):
            taken.append(k)
            yield f"{k}.wav"

    reader = UnrulyReader(tmp_path)
    with closing(decoded(reader, names(), workers=2, windows_ahead=8)) as files:
        for path, parts in files:
            assert heard(path, parts)[0] == float(path.stem)
            if path.stem == "20":
                break
        time.sleep(1)  # they could decode all in that time
        assert len(taken) < 40
        assert len(multiprocessing.active_children()) == 2
    latest_s = time.monotonic() + 20
    while multiprocessing.active_children() and time.monotonic() < latest_s:
        time.sleep(0.05)
    assert not multiprocessing.active_children()


def test_what_goes_wrong_with_the_list_is_raised(tmp_path):
    def names():
        raise RuntimeError("no list")
        yield

    with pytest.raises(RuntimeError, match="no list"):
        next(decoded(UnrulyReader(tmp_path), names(), workers=2, windows_ahead=4))


def test_a_process_that_cannot_be_started_ends_the_work(tmp_path, monkeypatch):
    def start(_process):
        raise OSError("no more processes")

    monkeypatch.setattr(decoder_process.context().Process, "start", start)
    work = decoded(UnrulyReader(tmp_path), ["0.wav"], workers=1, windows_ahead=4)
    (_, parts) = next(work)  # which ends all when it is collected, and so has a name
    with pytest.raises(InputError, match="can be started: no more processes; take fewer --workers"):
        next(parts)


def test_results_are_the_same_with_workers(tmp_path):
    recogniser = small_recogniser()
    duration_s = recogniser.duration_s
    paths = [
        write_noise(tmp_path / f"{k}.wav", seconds * duration_s, k)
        for k, seconds in enumerate((0.5, 3.3, 0.2, 0.9, 1.7))
    ]
    paths.insert(2, Path("none.wav"))
    alone, helped = (
        list(predict_files(recogniser, paths, batch_size=3, workers=workers)) for workers in (0, 2)
    )
    for one, other in zip(alone, helped, strict=True):
        assert (one.path, one.error, one.notes) == (other.path, other.error, other.notes)
        assert (one.start_s, one.duration_s, one.levels) == (
            other.start_s, other.duration_s, other.levels,
        )  # fmt: skip
        if one.windows:
            assert torch.equal(torch.stack(one.windows), torch.stack(other.windows))
    with pytest.raises(InputError, match="workers must be at least 0, got -1"):
        next(predict_files(recogniser, paths, workers=-1))
