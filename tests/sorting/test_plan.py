"""Which file goes where, and which stays."""

from pathlib import Path

import pytest
import torch

from instrument_net.recognition.certainty import Certainty
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.sorting.plan import is_sorted, plan_sorting

NAMES = ("flute", "drum/bass")


def predicted(path, p_flute=0.75, **facts):
    return FilePrediction(path, NAMES, [0.0], [torch.tensor([p_flute, 1 - p_flute])], **facts)


@pytest.fixture
def library(tmp_path):
    """A file, a link to it, and a link to the folder of another one, beside the library."""
    folder = tmp_path / "library"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folder / "a.wav").touch()
    (tmp_path / "elsewhere" / "b.wav").touch()
    (folder / "a link.wav").symlink_to("a.wav")
    (folder / "linked").symlink_to("../elsewhere")
    return folder


def planned(results, library, *, threshold=0.0, by="copy", inputs=None):
    answers = [result.answer for result in results]
    return plan_sorting(answers, NAMES, threshold=threshold, inputs=inputs or [library], by=by)


def test_a_file_goes_to_its_class_or_to_unsure_or_silent_or_stays(tmp_path):
    a, b, c = (tmp_path / name for name in ("a.wav", "b.wav", "c.wav"))
    failed = FilePrediction(tmp_path / "d.wav", NAMES, error="d.wav: truncated")
    silent = FilePrediction(c, NAMES, silent_s=[0.0])
    results = [predicted(a, 0.75), predicted(b, 0.3), silent, failed]
    assert planned(results, tmp_path).placings == [(a, "flute"), (b, "drum_bass"), (c, "silent")]
    plan = planned(results, tmp_path, threshold=0.75)
    assert plan.placings == [(a, "flute"), (b, "unsure"), (c, "silent")]
    assert plan.left == [(tmp_path / "d.wav", "cannot be read")]
    assert planned([], tmp_path).placings == []


def test_a_file_that_no_class_explains_is_unsure_whatever_the_threshold(tmp_path):
    certainty = Certainty(1.0, {}, 0.8, "")
    results = [predicted(tmp_path / f"{p}.wav", p, certainty=certainty) for p in (0.75, 0.9)]
    assert [folder for _, folder in planned(results, tmp_path).placings] == ["unsure", "flute"]


def test_a_file_that_is_found_twice_is_sorted_once(library):
    paths = [library / "a link.wav", library / "a.wav", library / "linked" / "b.wav"]
    plan = planned([predicted(path) for path in paths], library)
    assert [path for path, _ in plan.placings] == [paths[0], paths[2]]
    assert plan.left == [(paths[1], f"the same file as {paths[0]}")]


def test_links_and_what_lies_behind_them_are_not_moved(library):
    paths = [library / "a link.wav", library / "a.wav", library / "linked" / "b.wav"]
    plan = planned([predicted(path) for path in paths], library, by="move")
    assert [path for path, _ in plan.placings] == [paths[1]]
    assert [reason for _, reason in plan.left] == ["a link, or behind one: not moved"] * 2
    # A link that was named itself is what its user means.
    named = planned([predicted(paths[2])], library, by="move", inputs=[library / "linked"])
    assert [path for path, _ in named.placings] == [paths[2]]
    named = planned([predicted(paths[0])], library, by="move", inputs=[paths[0]])
    assert named.placings == []


def test_what_was_sorted_before_is_known_also_by_another_way_there(library):
    target = library / "sorted"
    (target / "drum_bass").mkdir(parents=True)
    (target / "drum_bass" / "a.wav").symlink_to(library / "a.wav")  # sorted by link
    (library / "again").symlink_to("sorted")
    assert is_sorted(target / "drum_bass" / "a.wav", target, NAMES)
    assert is_sorted(library / "again" / "drum_bass" / "a.wav", target, NAMES)
    assert is_sorted(target / "unsure" / "deep" / "a.wav", target, NAMES)
    assert is_sorted(target / "FLUTE" / "a.wav", target, NAMES)
    for path in ("a.wav", "sorted/a.wav", "sorted/new/a.wav", "flute/a.wav", "linked/b.wav"):
        assert not is_sorted(library / path, target, NAMES)
    assert not is_sorted(Path("a.wav"), target, NAMES)
