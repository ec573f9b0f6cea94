"""What a visitor does -> what the page shows, step by step: names first, pictures after them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

from instrument_net.audio import AudioError
from instrument_net.demo.answer import classify, problem, summary, without_folder
from instrument_net.demo.downloads import write_downloads
from instrument_net.demo.evidence import explanation, timeline
from instrument_net.demo.examples import Example, examples_for, render
from instrument_net.demo.listing import listing
from instrument_net.demo.live import LIVE_S, LiveSound
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.recogniser import Recogniser

_QUIET = "Too quiet to name: play louder or nearer."


@dataclass(frozen=True)
class View:
    """What the page shows; what is empty is not there.

    Attributes:
        note: A line about the sound, or why there is no answer, as HTML.
        files: The list of several files, as HTML.
        sound: The file that the player has.
        probabilities: Class -> probability, the most probable first; they sum to 1.
        timeline: The classes over time, as HTML.
        explanation: What speaks for the first class, as HTML.
        downloads: See :func:`~instrument_net.demo.downloads.write_downloads`.
        results: What is known about all files; the page keeps it for :meth:`Views.choose`.
    """

    note: str = ""
    files: str = ""
    sound: Path | None = None
    probabilities: dict[str, float] | None = None
    timeline: str = ""
    explanation: str = ""
    downloads: dict[str, Path | None] = field(default_factory=dict)
    results: tuple[FilePrediction, ...] = ()


class Views:
    """All that a page with one recogniser can show.

    What they write is a copy for the page, and gone once it has been shown; only examples stay.

    Args:
        recogniser: Waveforms -> probabilities.
        folder: For files; it exists.
        max_bytes: Largest file that is read.
    """

    def __init__(self, recogniser: Recogniser, folder: Path, *, max_bytes: int) -> None:
        self.recogniser = recogniser
        self.max_bytes = max_bytes
        self.examples = examples_for(recogniser.class_names)
        self._folder = folder

    def of_files(self, paths: Sequence[str | Path]) -> Iterator[View]:
        """Show files: of several, a list, and below it the first that has a class."""
        results: list[FilePrediction] = []
        for result in classify(self.recogniser, paths, max_bytes=self.max_bytes):
            results.append(result)
            if len(paths) > 1:
                yield View(files=listing(results, n_files=len(paths)))
        if results:
            with_class = [k for k, result in enumerate(results) if not result.problem]
            yield from self.choose(results, with_class[0] if with_class else 0)

    def choose(
        self, results: Sequence[FilePrediction], number: int, *, origin: str = ""
    ) -> Iterator[View]:
        """Show one of several files, or the only one.

        Args:
            results: All files.
            number: Of the one, from 0.
            origin: A sentence about where it comes from.
        """
        shown = results[number]
        several = len(results) > 1
        rows = listing(results, n_files=len(results), chosen=number) if several else ""
        view = View(files=rows, results=tuple(results))
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            downloads = write_downloads(results, shown, Path(folder))
            reason = problem(shown)
            if reason:
                kept = downloads if several else {}
                yield replace(view, note=_alert(reason), downloads=kept)
                return
            view = replace(
                view, note=f"<p>{escape(summary(shown))}</p>{_paragraph(origin)}",
                sound=shown.path, probabilities=dict(shown.ranking()), downloads=downloads,
            )  # fmt: skip
            yield view
            try:
                view = replace(view, timeline=timeline(shown))
                yield replace(view, explanation=explanation(self.recogniser, shown))
            except AudioError as error:  # it is no longer kept
                reason = without_folder(str(error), shown.path)
                yield replace(view, sound=None, explanation=_alert(reason))

    def of_example(self, number: int) -> Iterator[View]:
        """Show an example; it is rendered when it is asked for the first time."""
        example = self.examples[number]
        results = list(
            classify(self.recogniser, [render(example, self._folder)], max_bytes=self.max_bytes)
        )
        yield from self.choose(results, 0, origin=_origin(example))

    def of_last_seconds(self, sound: LiveSound) -> View:
        """Show what plays now: note and classes alone."""
        if sound.is_quiet:
            return View(note=f"<p>{_QUIET}</p>")
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            path = Path(folder) / "live.wav"
            sound.write(path, last_s=min(LIVE_S, self.recogniser.duration_s))
            (result,) = classify(self.recogniser, [path], max_bytes=self.max_bytes)
        if result.problem:
            return View(note=f"<p>{_QUIET}</p>")
        seconds = min(LIVE_S, self.recogniser.duration_s, sound.duration_s)
        unsure = " Unsure: no class explains it." if result.is_unsure else ""
        return View(
            note=f"<p>Live: the last {seconds:.1f} s.{unsure}</p>",
            probabilities=dict(result.ranking()),
        )

    def of_recording(self, sound: LiveSound) -> Iterator[View]:
        """Show all that was recorded, as a file."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            path = Path(folder) / "recording.wav"
            sound.write(path)
            results = list(classify(self.recogniser, [path], max_bytes=self.max_bytes + 1024))
            cut = f"Longer than is kept: its last {sound.duration_s:.0f} s."
            yield from self.choose(results, 0, origin=cut if sound.is_cut else "")


def _origin(example: Example) -> str:
    played = ", then ".join(example.labels)
    return (
        f"Synthetic: rendered by this program as {played}. No recording: a network that was "
        "trained on recordings may name it otherwise."
    )


def _alert(reason: str) -> str:
    return f"<p role=alert>{escape(reason)}</p>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
