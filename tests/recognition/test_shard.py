"""Shares of files: together all of them, each once, whatever becomes of other files."""

from pathlib import Path

import pytest

from instrument_net.errors import InputError
from instrument_net.recognition.shard import Shard


def shares(inputs, count):
    return [Shard(k, count).find_audio(inputs)[0].audio for k in range(1, count + 1)]


@pytest.fixture
def library(tmp_path):
    for k in range(60):
        (tmp_path / "a" / f"{k // 10}" / f"{k}.wav").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "a" / f"{k // 10}" / f"{k}.wav").touch()
    return tmp_path / "a"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_file_is_in_one_share_in_the_order_of_the_whole(library, count):
    (library.parent / "0.wav").touch()
    inputs = [library, library.parent / "0.wav"]
    whole, n_of_all = Shard().find_audio(inputs)
    assert n_of_all == 61
    parts = shares(inputs, count)
    assert sorted(path for part in parts for path in part) == sorted(whole.audio)
    for part in parts:
        assert part == [path for path in whole.audio if path in part]
        assert len(part) > 61 / count / 3


def test_the_share_of_a_file_does_not_depend_on_others_nor_on_the_place_of_the_folder(library):
    first, second = shares([library], 2)
    (library / "0" / "00 new.wav").touch()
    (library / "3" / "33.wav").unlink()
    for before, after in zip((first, second), shares([library], 2), strict=True):
        assert {p for p in before if p.exists()} == {p for p in after if "new" not in p.name}
    moved = library.rename(library.with_name("b"))
    below = [{path.relative_to(moved) for path in part} for part in shares([moved], 2)]
    assert {path.relative_to(library) for path in first if path.name != "33.wav"} <= below[0]


def test_of_many_files_all_shares_have_about_the_same_number():
    held = [0] * 8
    for k in range(1_600):
        numbers = [n for n in range(8) if Shard(n + 1, 8).holds(Path(f"clip_{k:06d}.wav"))]
        held[numbers[0]] += 1
        assert len(numbers) == 1
    assert min(held) > 150


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/0", "-1/2", "1/2/3", "a/b", "", "1/2 "])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(InputError, match=f"^--shard {text}: expected "):
        Shard.parsed(text)
