"""What the page shows, step by step, for what a visitor does."""

import csv
import re

import numpy as np
import pytest
from tones_and_noise import MB, RATE_HZ, noise, tone, train_checkpoint, write_sound

from instrument_net.demo.examples import Example
from instrument_net.demo.live import LiveSound
from instrument_net.demo.views import Views
from instrument_net.recognition.recogniser import Recogniser


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory):
    return Recogniser.from_checkpoint(train_checkpoint(tmp_path_factory.mktemp("demo") / "a.ckpt"))


@pytest.fixture
def views(recogniser, tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    return Views(recogniser, folder, max_bytes=MB)


@pytest.fixture
def write(tmp_path):
    return lambda name, *parts: write_sound(tmp_path / name, *parts)


def text(html):
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_of_one_sound_the_class_comes_first_and_then_the_reasons(views, write):
    path = write("a.wav", tone(0.4))
    first, *_, last = views.of_files([path])
    assert next(iter(first.probabilities)) == "tone"
    assert sum(first.probabilities.values()) == pytest.approx(1)
    assert (first.sound, first.files, first.explanation) == (path, "", "")
    assert text(first.note) == "a.wav: 0.4 s"
    assert last.timeline == ""
    assert text(last.explanation).startswith(f"Why tone ({last.probabilities['tone']:.0%})")
    # Two panels, spectrogram and features, each for two themes.
    classes = re.findall('class="([^"]*)"', last.explanation)
    assert classes == ["panel", "on-light", "on-dark"] * 2


def test_of_a_long_sound_the_window_with_the_highest_probability_is_explained(views, write):
    *_, last = views.of_files([write("long.wav", noise(0.6), tone(1.8))])
    title = text(last.explanation).partition(": ")[0]
    assert title.startswith("Why tone (")
    assert float(title.split(", ")[1].split(" s")[0]) >= 0.5
    kinds = re.findall('class="([^"]*)"', last.timeline)
    assert kinds == ["wide", "on-light", "on-dark", "narrow", "on-light", "on-dark"]
    assert re.search('alt="0.0 s to [0-9.]+ s: noise; [0-9.]+ s to 2.4 s: tone"', last.timeline)


def test_of_several_files_there_is_a_list_and_the_first_with_a_class_is_shown(
    views, write, tmp_path
):
    (tmp_path / "a&lt;b.txt").write_text("no sound")
    paths = [tmp_path / "a&lt;b.txt", write("n.wav", noise(0.4)), write("t.wav", tone(0.4))]
    steps = list(views.of_files(paths))
    assert "1 of 3 files" in steps[0].files
    last = steps[-1]
    assert "<h2>3 files" in last.files
    assert "<b>a&amp;lt;b.txt</b> <span class=problem>cannot be decoded" in last.files
    assert last.sound == paths[1]
    assert [next(iter(step.probabilities or {}), None) for step in steps][-1] == "noise"
    chosen = re.findall(r'data-file="(\d)" aria-current', last.files)
    assert chosen == ["1"]
    *_, other = views.choose(last.results, 2)
    assert next(iter(other.probabilities)) == "tone"
    assert re.findall(r'data-file="(\d)" aria-current', other.files) == ["2"]
    *_, refused = views.choose(last.results, 0)
    assert text(refused.note).startswith("a&amp;lt;b.txt: cannot be decoded")
    assert refused.probabilities is None


def test_the_answer_can_be_kept_as_tables_that_name_no_folder(views, write, tmp_path):
    (tmp_path / "bad.wav").write_text("no sound")
    paths = [write("long.wav", noise(0.6), tone(1.8)), tmp_path / "bad.wav"]
    kept = {}
    for view in views.of_files(paths):
        for key, path in view.downloads.items():
            kept[key] = path.read_text()
    assert str(tmp_path) not in "".join(kept.values())
    rows = list(csv.DictReader(kept["classes"].splitlines()))
    assert [row["path"] for row in rows] == ["long.wav", "bad.wav"]
    assert rows[0]["label"] == "tone"
    assert float(rows[0]["probability_3"]) >= 0
    assert rows[1]["error"].startswith("bad.wav: cannot be decoded")
    windows = list(csv.DictReader(kept["timeline"].splitlines()))
    assert [window["label"] for window in windows][0::8] == ["noise", "tone"]
    assert [line.split("\t")[2] for line in kept["labels"].splitlines()] == ["noise", "tone"]


def test_a_short_sound_has_no_course_over_time_to_keep(views, write):
    first, *_ = views.of_files([write("a.wav", tone(0.4))])
    assert first.downloads["timeline"] is None
    assert first.downloads["labels"] is None


def test_nothing_that_was_written_for_a_visitor_stays(views, write, tmp_path):
    list(views.of_files([write("long.wav", noise(0.6), tone(1.8))]))
    sound = LiveSound(RATE_HZ, max_bytes=MB)
    sound.add((tone(2) * 2**15).astype(np.int16))
    views.of_last_seconds(sound)
    steps = views.of_recording(sound)
    assert next(steps).sound.is_file()  # until the page has its copy
    list(steps)
    assert list((tmp_path / "page").iterdir()) == []


def test_a_file_that_is_gone_is_not_explained(views, write):
    path = write("a.wav", tone(0.4))
    first, *_ = views.of_files([path])
    path.unlink()
    *_, last = views.choose(first.results, 0)
    assert text(last.explanation) == "a.wav: no such file"
    assert "role=alert" in last.explanation
    assert last.sound is None


def test_what_plays_now_is_named_from_the_last_seconds(views):
    sound = LiveSound(RATE_HZ, max_bytes=MB)
    sound.add((noise(2) * 2**15).astype(np.int16))
    assert next(iter(views.of_last_seconds(sound).probabilities)) == "noise"
    sound.add((tone(0.6) * 2**15).astype(np.int16))
    view = views.of_last_seconds(sound)
    assert next(iter(view.probabilities)) == "tone"
    assert text(view.note) == "Live: the last 0.5 s."
    sound.add(np.zeros(4 * RATE_HZ, np.int16))
    view = views.of_last_seconds(sound)
    assert view.probabilities is None
    assert "Too quiet" in view.note


def test_a_recording_is_shown_like_a_file(views):
    sound = LiveSound(RATE_HZ, max_bytes=MB)
    sound.add((tone(2) * 2**15).astype(np.int16))
    *_, last = views.of_recording(sound)
    assert text(last.note).startswith("recording.wav: 2.0 s, classified in ")
    assert next(iter(last.probabilities)) == "tone"


def test_an_example_says_that_it_is_synthetic(views):
    views.examples[:] = [Example("sine", ("sine",), "kinds")]
    first, *_ = views.of_example(0)
    assert first.sound.name == "sine (synthetic).wav"
    assert text(first.note).endswith(
        "Synthetic: rendered by this program as sine. No recording: a network "
        "that was trained on recordings may name it otherwise."
    )
