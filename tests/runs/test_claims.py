"""Work that several processes share, with processes that are killed, stopped or gone."""

import os
import signal
import time

import pytest
from conftest import FORK_SERVER
from filelock import FileLock
from rich.console import Console

from instrument_net.errors import CLAIM_LOST
from instrument_net.run_folder import CLAIM
from instrument_net.runs import claims
from instrument_net.runs.claims import Claim, share

LEASE_S = 1.5


def hold(folder, lock_name, lease_s):
    """Take a claim and keep it until the process is ended."""
    claims.LOCK, claims.LEASE_S, claims.RENEWED_EVERY_S = lock_name, lease_s, lease_s / 8
    assert Claim(folder, "fold 1").take()
    (folder / "taken").touch()
    time.sleep(60)


def work(folder, is_killed):
    """Do eight pieces of work, each a file; be killed in the middle of the first one."""
    claims.LOOKS_EVERY_S = 0.05

    def write(piece):
        with (folder / f"{piece}.txt").open("w") as file:
            file.write(f"{piece} ")
            file.flush()
            if is_killed:
                (folder / "killed").touch()
                os.kill(os.getpid(), signal.SIGKILL)
            until((folder / "killed").exists)
            file.write("done")
        with (folder / "log").open("a") as log:
            log.write(f"{piece} {os.getpid()}\n")

    share(
        range(8),
        {piece: Claim(folder / str(piece), f"piece {piece}") for piece in range(8)},
        is_done=lambda piece: (
            (folder / f"{piece}.txt").is_file()
            and (folder / f"{piece}.txt").read_text().endswith("done")
        ),
        work=write,
        console=Console(file=(folder / f"screen_{os.getpid()}").open("w")),
    )


@pytest.fixture
def start():
    processes = []

    def begin(target, *arguments):
        process = FORK_SERVER.Process(target=target, args=arguments)
        process.start()
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.join()


def until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


@pytest.fixture
def holder(start, tmp_path):
    process = start(hold, tmp_path, ".lock", 300.0)
    until((tmp_path / "taken").exists)
    return process


def test_a_claim_is_one_process_s_and_that_of_a_killed_one_is_free_at_once(holder, tmp_path):
    claim = Claim(tmp_path, "fold 1")
    assert not claim.take()
    assert claim.holder.startswith(f"process {holder.pid} on ")
    holder.kill()
    holder.join()
    until(claim.take, 10)
    claim.release()
    assert not (tmp_path / CLAIM).exists()


def test_the_number_of_a_dead_process_that_another_has_now_does_not_keep_its_claim(
    holder, tmp_path
):
    holder.kill()
    holder.join()
    marker = tmp_path / CLAIM
    marker.write_text(marker.read_text().replace(f"pid={holder.pid}\n", f"pid={os.getppid()}\n"))
    claim = Claim(tmp_path, "fold 1")
    until(claim.take, 10)
    claim.release()


def test_a_process_that_is_only_stopped_keeps_its_claim(start, tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "LEASE_S", LEASE_S)
    monkeypatch.setattr(claims, "RENEWED_EVERY_S", LEASE_S / 8)
    process = start(hold, tmp_path, ".lock", LEASE_S)
    until((tmp_path / "taken").exists)
    os.kill(process.pid, signal.SIGSTOP)
    claim, end = Claim(tmp_path, "fold 1"), time.monotonic() + 2 * LEASE_S
    while time.monotonic() < end:
        assert not claim.take()
        time.sleep(0.05)


def test_where_nodes_do_not_see_each_other_s_locks_a_silent_process_loses_its_claim_and_ends(
    start, tmp_path, monkeypatch
):
    monkeypatch.setattr(claims, "LEASE_S", LEASE_S)
    monkeypatch.setattr(claims, "RENEWED_EVERY_S", LEASE_S / 8)
    process = start(hold, tmp_path, ".lock_of_another_node", LEASE_S)
    until((tmp_path / "taken").exists)
    claim, end = Claim(tmp_path, "fold 1"), time.monotonic() + 2 * LEASE_S
    while time.monotonic() < end:  # it renews its lease
        assert not claim.take()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGSTOP)
    since = time.monotonic()
    until(claim.take)
    assert time.monotonic() - since > LEASE_S * 3 / 4
    os.kill(process.pid, signal.SIGCONT)
    process.join(30)
    assert process.exitcode == CLAIM_LOST
    assert claim._lease.is_locked
    claim.release()


def test_on_a_file_system_without_locks_the_lease_stands_alone(holder, tmp_path, monkeypatch):
    def refuse(self):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(FileLock, "_acquire", refuse)
    claim = Claim(tmp_path, "fold 1")
    assert not claim.take()
    holder.kill()
    holder.join()
    until(claim.take, 10)
    claim.release()


def test_each_piece_is_done_once_and_what_a_killed_process_leaves_is_done_by_another(
    start, tmp_path
):
    processes = [start(work, tmp_path, is_killed) for is_killed in (True, False, False)]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [-signal.SIGKILL, 0, 0]
    assert all((tmp_path / f"{n}.txt").read_text() == f"{n} done" for n in range(8))
    done = [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()]
    assert sorted(done) == [str(n) for n in range(8)]


def test_a_process_that_waits_says_for_whom_and_goes_on_when_the_other_is_killed(
    start, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(claims, "LOOKS_EVERY_S", 0.05)
    process = start(hold, tmp_path / "1", ".lock", 300.0)
    until((tmp_path / "1/taken").exists)
    done, seen = set(), []

    def is_done(piece):
        printed = capsys.readouterr().out
        if "waiting" in printed:
            seen.append(printed)
            process.kill()
        return piece in done

    folders = {1: tmp_path / "1", 2: tmp_path / "2"}
    share(
        [1, 2],
        {piece: Claim(folder, f"fold {piece}") for piece, folder in folders.items()},
        is_done=is_done,
        work=done.add,
        console=Console(width=200),
    )
    assert done == {1, 2}
    (printed,) = seen
    assert printed.startswith(f"waiting for fold 1 (process {process.pid} on ")
    assert "fold 2" not in printed


def test_a_piece_that_fails_is_free_again(tmp_path):
    claim = Claim(tmp_path, "fold 1")

    def fail(piece):
        raise RuntimeError(piece)

    with pytest.raises(RuntimeError):
        share([1], {1: claim}, is_done=lambda _: False, work=fail, console=Console())
    assert Claim(tmp_path, "fold 1").take()
