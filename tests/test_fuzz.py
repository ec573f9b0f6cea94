"""The fuzzer tells answers apart, makes the same case again, and survives what it tries."""

import math
import mmap
import os
import sys
import time
from pathlib import Path
from random import Random

import pytest

from benchmarks.fuzz import workers
from benchmarks.fuzz.__main__ import main
from benchmarks.fuzz.kinds import SIZES, kind_named
from benchmarks.fuzz.trial import ACCEPTED, ANYTHING_ELSE, REFUSED, Trial, answer_to
from benchmarks.fuzz.workers import Order, answer_of, answers
from instrument_net.errors import InputError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a case costs is read there")


def failing(error):
    def call():
        raise error

    return call


@pytest.mark.parametrize(
    ("call", "verdict", "words"),
    [
        (lambda: None, ACCEPTED, ""),
        (failing(InputError("a.wav: is empty")), REFUSED, "f: a.wav: is empty"),
        (failing(InputError("is empty")), ANYTHING_ELSE, "f: without a name: is empty"),
        (failing(InputError("a.wav:\nempty")), ANYTHING_ELSE, "f: more than one line"),
        (failing(KeyError("a.wav")), ANYTHING_ELSE, "f: KeyError: 'a.wav'"),
    ],
)
def test_an_answer_is_right_only_if_it_names_the_thing_in_one_line(call, verdict, words):
    answer = answer_to(Trial("cut", ["a.wav"], [("g", lambda: None), ("f", call)]))
    assert answer.verdict == verdict
    assert answer.words.startswith(words)


def test_code_that_a_file_runs_is_seen_whatever_else_is_answered(tmp_path):
    marker = tmp_path / "marker"
    trial = Trial("code", ["a"], [("f", marker.touch)], marker)
    assert answer_to(trial).verdict == ANYTHING_ELSE


@pytest.mark.parametrize("kind", SIZES)
def test_a_case_follows_from_its_number_and_is_answered(kind, tmp_path):
    cases = kind_named(kind)(tmp_path)
    made = []
    for name in ("one", "again"):
        (tmp_path / name).mkdir()
        made.append(cases.trial(Random("3"), tmp_path / name).made)
    assert made[0] == made[1]
    (tmp_path / "other").mkdir()
    here = Path.cwd()
    answer = answer_of(Order(kind, 0), 2, cases, tmp_path / "other")
    assert Path.cwd() == here
    assert answer.verdict in (ACCEPTED, REFUSED), answer.words


class OddCases:
    """Of five cases one ends its process, one hangs, one is slow, one takes memory."""

    def __init__(self, folder):
        pass

    def trial(self, random, folder):
        number = int(folder.name.removeprefix("case_"))
        call = (lambda: os._exit(3), lambda: time.sleep(60), burn, take, lambda: None)[number]
        return Trial(str(number), ["x"], [("f", call)])


def burn():
    until = time.process_time() + 0.3
    while time.process_time() < until:
        math.sqrt(2)


def take():
    # Pages of its own: on the heap, it could get such as this process has kept from before.
    with mmap.mmap(-1, 50_000_000) as pages:
        for first in range(0, len(pages), mmap.PAGESIZE):
            pages[first] = 1


def test_a_process_that_ends_or_hangs_is_replaced_and_costs_are_limited(monkeypatch):
    context = workers.multiprocessing.get_context("fork")
    monkeypatch.setattr(workers, "_CONTEXT", context)
    monkeypatch.setattr(workers, "kind_named", lambda _: OddCases)
    monkeypatch.setattr(workers, "limit_addresses", lambda: None)
    monkeypatch.setattr(workers, "STOPPED_AFTER_S", 2.0)
    monkeypatch.setattr(workers, "LONGEST_S", 0.2)
    monkeypatch.setattr(workers, "MOST_BYTES", 20_000_000)
    found = dict(answers(Order("odd", 0), range(5), 1))
    assert [found[k].verdict for k in range(5)] == [ANYTHING_ELSE] * 4 + [ACCEPTED]
    words = [found[k].words for k in range(4)]
    assert words[0] == "the process ended with status 3"
    assert words[1] == "not answered after 2 s"
    assert words[2].startswith("took 0 s of processor time")
    assert words[3].startswith("took 0.0 GiB")


def test_the_table_counts_and_the_exit_status_says_whether_something_was_wrong(monkeypatch, capsys):
    def odd(order, numbers, n_workers):
        for number in numbers:
            verdict = ANYTHING_ELSE if number == 4 else REFUSED
            yield number, workers.Answer(verdict, "[red] words")

    monkeypatch.setattr("benchmarks.fuzz.__main__.answers", odd)
    assert main(["--only", "folders", "--share", "0.05", "--seed", "7"]) == 1
    printed = capsys.readouterr().out
    assert "--seed 7 --only folders --case 4: anything else: [red] words" in printed
    assert "│ folders │ 5     │ 0        │ 4               │ 1             │" in printed
    assert main(["--only", "folders", "--case", "3"]) == 0
    assert "--case 3: refused by name" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["--case", "3"])
