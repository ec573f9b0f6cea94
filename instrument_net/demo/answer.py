"""An uploaded file -> all that the page shows about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from instrument_net.audio import AudioError, file_duration_s, load_waveform
from instrument_net.drawing.timeline import plot_timeline
from instrument_net.explanation import explain, plot_explanation
from instrument_net.recognition.files import predict_files
from instrument_net.recognition.recogniser import Recogniser

BYTES_PER_MB = 2**20  # as gradio counts them, whose words a visitor reads first
_DOTS_PER_INCH = 144  # sharp also on a screen with twice the usual density


@dataclass(frozen=True)
class Answer:
    """The prediction for one sound, and what explains it.

    Attributes:
        summary: One line: which file, how long, in how many windows.
        probabilities: Class -> probability, the most probable first; they sum to 1.
        timeline: The classes over time; ``None`` for a sound that fits into one window.
        explanation: Why the first class: spectrogram, saliency, contributions. Of a longer sound,
            the window in which that class is most probable.
    """

    summary: str
    probabilities: dict[str, float]
    timeline: Figure | None
    explanation: Figure


def answer(recogniser: Recogniser, path: str | Path, *, max_bytes: int) -> Answer:
    """Classify a sound and explain the most probable class.

    A sound longer than a window is cut into overlapping windows, whose probabilities are averaged.

    Args:
        recogniser: Waveforms -> probabilities.
        path: The file.
        max_bytes: Largest file that is read.

    Raises:
        AudioError: If the file is too large or cannot be read. The message has the file's name
            without its folder, which is the server's own.
    """
    path = Path(path)
    try:
        _check_size(path, max_bytes)
        (result,) = predict_files(recogniser, [path])
        if result.problem is not None:
            raise AudioError(result.problem)
        duration_s = file_duration_s(path)
        probabilities = dict(result.ranking())
        predicted = next(iter(probabilities))
        target = recogniser.class_names.index(predicted)
        clearest = max(range(len(result.windows)), key=lambda k: float(result.windows[k][target]))
        start_s = result.start_s[clearest]
        front_end = recogniser.front_end
        waveform = load_waveform(
            path,
            sample_rate_hz=front_end.sample_rate_hz,
            num_samples=front_end.num_samples,
            start_s=start_s,
        )
    except AudioError as error:
        raise AudioError(str(error).replace(str(path), path.name)) from error
    title = f"Why {predicted} ({float(result.windows[clearest][target]):.0%})"
    timeline = None
    summary = f"{path.name}: {_clock(duration_s)}"
    if len(result.windows) > 1:
        summary += f", classified in {len(result.windows)} windows of {recogniser.duration_s:.1f} s"
        end_s = min(start_s + recogniser.duration_s, duration_s)
        title += f", {_clock(start_s)} to {_clock(end_s)}: the window in which it is most probable"
        timeline = plot_timeline(result)
        timeline.set_dpi(_DOTS_PER_INCH)
    explanation = plot_explanation(
        explain(recogniser, waveform, target=predicted), front_end=front_end, title=title
    )
    explanation.set_dpi(_DOTS_PER_INCH)
    return Answer(summary, probabilities, timeline, explanation)


def _check_size(path: Path, max_bytes: int) -> None:
    if path.is_file() and path.stat().st_size > max_bytes:
        raise AudioError(
            f"{path}: {path.stat().st_size / BYTES_PER_MB:.1f} MB, at most "
            f"{max_bytes / BYTES_PER_MB:g} MB are taken; cut it, or start the page with a larger "
            "--max-upload-mb"
        )


def _clock(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min"
