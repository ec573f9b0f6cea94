"""A classified sound -> pictures of when its classes are probable, and of what speaks for one."""

from __future__ import annotations

from functools import partial
from html import escape

from matplotlib.figure import Figure

from instrument_net.audio import load_waveform
from instrument_net.demo.answer import clock, has_timeline
from instrument_net.demo.pictures import pictures
from instrument_net.drawing.timeline import plot_timeline
from instrument_net.explanation import Explanation, explain, plot_explanation_panels
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.recognition.stretches import stretches

_VISIBLE_S = 0.01
_WIDE_IN, _NARROW_IN = 11.0, 4.6  # for a window, and for a telephone


def timeline(result: FilePrediction) -> str:
    """Return when which class is probable, as HTML; nothing for a sound of one window."""
    if not has_timeline(result):
        return ""
    said = "; ".join(
        f"{clock(part.start_s)} to {clock(part.end_s)}: {part.label}" for part in stretches(result)
    )
    drawn = ""
    for kind, width_in in (("wide", _WIDE_IN), ("narrow", _NARROW_IN)):
        drawn += pictures(
            partial(_timelines, result, width_in),
            descriptions=[said],
            kind=kind,
        )[0]
    return f"<h2>Over time</h2><p>Outlined: the most probable class.</p>{drawn}"


def _timelines(result: FilePrediction, width_in: float) -> list[Figure]:
    return [plot_timeline(result, width_in=width_in)]


def explanation(recogniser: Recogniser, result: FilePrediction) -> str:
    """Return what speaks for the most probable class, as HTML.

    Of a longer sound, the window in which that class is most probable is explained.

    Args:
        recogniser: What classified it.
        result: A file in which something sounds.

    Raises:
        AudioError: If the file cannot be read any more.
    """
    ((predicted, _),) = result.ranking(1)
    target = recogniser.class_names.index(predicted)
    clearest = max(range(len(result.windows)), key=lambda k: float(result.windows[k][target]))
    start_s = result.start_s[clearest]
    front_end = recogniser.front_end
    waveform = load_waveform(
        result.path,
        sample_rate_hz=front_end.sample_rate_hz,
        num_samples=front_end.num_samples,
        start_s=start_s,
    )
    title = f"Why {predicted} ({float(result.windows[clearest][target]):.0%})"
    if len(result.windows) > 1:
        end_s = start_s + recogniser.duration_s
        end_s = end_s if result.duration_s is None else min(end_s, result.duration_s)
        title += f", {clock(start_s)} to {clock(end_s)}: the window in which it is most probable"
    why = explain(recogniser, waveform, target=predicted)
    panels = pictures(
        partial(plot_explanation_panels, why, front_end=front_end),
        descriptions=_descriptions(why),
        kind="panel",
    )
    return (
        f"<h2>{escape(title)}</h2><p>{escape(_reading(why, recogniser.duration_s))}</p>"
        f"<div class=panels>{''.join(panels)}</div>"
    )


def _descriptions(why: Explanation) -> list[str]:
    said = [f"Spectrogram with the evidence for {why.class_name}."]
    shares = [f"{name} {share:.0%}" for name, share in why.branch_probabilities.items()]
    if len(shares) > 1:
        said[0] += f" Its probability by {', '.join(shares)}."
    if why.feature_contributions is not None:
        order = why.feature_contributions.abs().sort_values(ascending=False).index[:3]
        said.append(
            "Contribution of each feature to the logit; the greatest: "
            + ", ".join(f"{name} {why.feature_contributions[name]:+.2f}" for name in order)
        )
    return said


def _reading(why: Explanation, window_s: float) -> str:
    """Return how the panels are read: of what the network has, and of nothing else."""
    parts = []
    if why.saliency is not None:
        parts.append(f"Orange in the spectrogram (saliency): what speaks for {why.class_name}.")
    if why.sound_s < window_s - _VISIBLE_S:
        parts.append("Hatched: zeros behind the end of the sound, the padding.")
    if len(why.branch_probabilities) > 1:
        parts.append("Grey bars: its probability by both branches of the network, and by each one.")
    if why.feature_contributions is not None:
        parts.append(
            "Bars of the features, numbers that describe the whole sound: orange speaks for it, "
            "blue against it."
        )
    return " ".join(parts)
