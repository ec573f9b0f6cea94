"""What is known about weights -> their card, Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from instrument_net.card.notices import notices
from instrument_net.escaping import for_markdown

_INTRODUCTION = """\
# Model card: {name}

These weights name the one instrument that plays in a short recording, a note or a phrase.
`instrument-net card` prints the card of those in the package, which `instrument-net predict
FILE|FOLDER` uses.
"""
_HOW_MEASURED = """\
Measured is the way in which the weights were trained: {origin}. The weights themselves were trained
on every source below, so that their own scores on these would say nothing. Macro recall is the mean
of the classes' recalls.
"""
_LIMITS = """\
## What it cannot do

- Several instruments at once: it names one, and which one is not known beforehand.
- Other instruments: it hardly notices an instrument that is none of its classes, and gives it the
  name of one. `unsure` finds some of them; how many is measured in docs/model-card.md.
- It does not say whether there is music at all.
- It is not meant for decisions in which a mistake harms somebody.
- Sources differ more than the intervals say. Measure with recordings of your own:
  `instrument-net evaluate checkpoint=pretrained data=folder data.path=FOLDER`.
"""
_LICENCE = """\
## Licences

The weights have the licence of the project, MIT. They hold no recording. Whether weights are an
adaptation of what they were trained on is not settled. The lines that the licences of the
recordings ask for are here in any case: whoever passes the weights on, passes this card on, too.
The licences are those that were stated where the recordings were found; their authors were not
asked, and do not endorse the weights.
"""
_SHARED = "SoundFonts hold samples of one another: each is listed with the clips of all that do."


def card_page(name: str, settings: Mapping[str, Any], card: Mapping[str, Any]) -> str:
    """Return the card as Markdown.

    Args:
        name: Of the file.
        settings: Of the network, as its file keeps them.
        card: What :func:`instrument_net.card.facts.facts_of` returned.
    """
    measured, sources = card["measured"], [*card["sources"], *card["extra_sources"]]
    parts = [
        _INTRODUCTION.format(name=name),
        _table(("property", "value"), _facts(settings, card)),
        "\n## Scores on sources that were not trained on\n",
        _HOW_MEASURED.format(origin=for_markdown(measured["origin"])),
        _table(("on unseen sources", "value", "95 % interval"), _scores(measured)),
        "",
        _table(("class", "recall", "clips"), _classes(measured)),
        "\n## How sure it may be of them\n",
        _table(("on unseen sources", "value"), _certainty(measured)),
        f"\n{_LIMITS}",
        _LICENCE,
        _table(("source", "clips", "licence", "attribution"), map(_source, sources)),
        *(["", _SHARED] if len(card["extra_sources"]) > 1 else []),
        "",
        notices(sources),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _facts(settings: Mapping[str, Any], card: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    members = f"{card['n_members']} x " * (card["n_members"] > 1)
    extra = f", and {card['n_extra']:,} notes of SoundFonts" * (card["n_extra"] > 0)
    options = ", ".join(f"{k} {v}" for k, v in settings["network"].items() if k != "name")
    return [
        ("network", f"{members}{card['network']} ({options})"),
        ("parameters", f"{card['n_parameters']:,}"),
        ("classes", f"{len(settings['class_names'])}: {', '.join(settings['class_names'])}"),
        (
            "trained on",
            f"{card['n_recordings']:,} recordings of {len(card['sources'])} sources{extra}",
        ),
        ("trained anew by", "make weights DATA=TABLE (docs/install.md)"),
    ]


def _scores(measured: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    for name, value in measured["scores"].items():
        low, high = measured["intervals"].get(name, (None, None))
        interval = "" if low is None else f"{low:.3f} to {high:.3f}"
        yield name.replace("_", " "), f"{value:.3f}", interval
    yield "clips", f"{measured['n_clips']:,}", ""
    yield "sources", f"{measured['n_sources']:,}", ""


def _classes(measured: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    ranked = sorted(measured["classes"].items(), key=lambda item: (-item[1]["recall"], item[0]))
    return [(name, f"{of['recall']:.2f}", f"{of['n_clips']:,}") for name, of in ranked]


def _certainty(measured: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    for name, value in measured["calibration_error"].items():
        yield f"calibration error, {name}", f"{value:.3f}"
    for stated, of in measured["sets"].items():
        yield (
            f"sets of {100 * float(stated):g} % (--coverage {stated})",
            f"hold the true class of {100 * of['coverage']:.1f} % of the clips, "
            f"{of['mean_size']:.1f} classes on average",
        )
    yield "called unsure", f"{100 * measured['unsure']:.1f} % of the clips"


def _source(row: Mapping[str, Any]) -> Sequence[str]:
    note = f" {row['note']}" if row["note"] else ""
    return row["source"], f"{row['n_clips']:,}", row["licence"], f"{row['attribution']}{note}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(header), ["---"] * len(header)]
    lines += [[for_markdown(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
