"""Good-sounds: notes and scales of 12 instruments, played well and badly on purpose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import pandas as pd

from instrument_net.data.corpora.note_names import note_number
from instrument_net.data.corpora.published.facts import CorpusFacts, RemoteFile
from instrument_net.data.corpora.published.listing import corpus_folder, find_below, listed_manifest
from instrument_net.data.corpora.published.numbered_entries import numbered_entries
from instrument_net.data.grouping import KEPT_WHOLE, MIN_GROUPS
from instrument_net.data.manifest import Manifest, ManifestError
from instrument_net.errors import InputError
from instrument_net.spelling import hint

_METADATA = "https://zenodo.org/record/4588740/files"
_MICROPHONES = ("one", "all")
_SCALE = "scale"  # in the klass of a sound
_OF_SOUND = ("instrument", "player", "klass", "pack_id")
_OF_TAKE = ("filename", "microphone", "sound_id")

_Entry = Mapping[str, Any]

FACTS = CorpusFacts(
    name="good_sounds",
    title="Good-sounds",
    n_classes=12,
    n_clips=None,
    hours=None,
    licence="CC BY 4.0 or CC BY-SA 4.0: see the page",
    citation=(
        "O. Romani Picas, H. Parra Rodriguez, D. Dabiri, H. Tokuda, W. Hariya, K. Oishi, "
        "X. Serra: A real-time system for measuring sound goodness in instrumental sounds, "
        "AES Convention 138, 2015"
    ),
    page="https://zenodo.org/record/820937",
    official_split="none",
    beware=(
        "few players (of most instruments one or two), and many sounds are played badly on purpose "
        "(column klass)"
    ),
    layout=(
        "sounds.json, takes.json and packs.json (ratings.json if there is one), and "
        "good-sounds/sound_files/PACK/MICROPHONE/0000.wav"
    ),
    files=(
        RemoteFile(f"{_METADATA}/sounds.json?download=1", "md5:a60d90a964fd567ebc2e4b4e3f2990f2"),
        RemoteFile(f"{_METADATA}/takes.json?download=1", "md5:318e840031397314907e7f9420f2abeb"),
        RemoteFile(f"{_METADATA}/packs.json?download=1", "md5:3b512c280f8be64ccb59b0b294e84610"),
        RemoteFile(f"{_METADATA}/ratings.json?download=1", "md5:b50b95fc7eb996b31a7cd290070f8059"),
        RemoteFile(
            "https://zenodo.org/record/820937/files/good-sounds.zip?download=1",
            "md5:2137bbb2d32c1d60aa51e1301225f541",
        ),
    ),
    keeps_whole=("player", "pack"),
)


@dataclass(frozen=True)
class GoodSoundsCorpus:
    """Sounds that ``sounds.json`` lists; labels are its instruments (``sax_alto``).

    A split keeps whole what one player played and one session (pack) recorded, if every class has
    three players to be divided. In the whole corpus few have: by the names of its packs, only
    clarinet and flute. Then a split keeps the sounds of one player at one pitch together, and the
    caveat says so. ``split.group_by=[player]`` asks for players in any case.

    Two microphones in front of one note make two takes of one sound. They are one recording, in the
    same split always.

    ``pitch_midi`` follows from the columns note and octave. (``semitone`` counts an octave lower:
    the C4 of the flute is 48 there.) Whether transposing instruments are written as they sound is
    not known.

    Attributes:
        path: The folder that holds the metadata and ``good-sounds``.
        microphones: ``one`` take of each sound, the one with the lowest number, or ``all``.
        scales: Whether scales are used too, which have no single pitch.

    Raises:
        InputError: If ``microphones`` is neither.
    """

    path: str | Path
    microphones: Literal["one", "all"] = "one"
    scales: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown choice."""
        if self.microphones not in _MICROPHONES:
            raise InputError(
                f"microphones must be one or all, got {self.microphones!r}"
                f"{hint(str(self.microphones), _MICROPHONES)}"
            )

    def listed(self) -> pd.DataFrame:
        """Return one row a take of the metadata, of notes and scales with every microphone.

        Raises:
            ManifestError: If the folder or its metadata are missing, or the metadata are other
                ones.
        """
        folder = corpus_folder(self.path, FACTS)
        sounds = numbered_entries(folder, "sounds.json", _OF_SOUND, FACTS)
        takes = numbered_entries(folder, "takes.json", _OF_TAKE, FACTS)
        packs = numbered_entries(folder, "packs.json", ("name",), FACTS)
        marks = _mean_marks(folder)
        root = _root(folder, takes)
        rows = []
        for number, take in takes.items():
            sound_id = str(take["sound_id"])
            if sound_id not in sounds:
                raise ManifestError(
                    f"{folder}: take {number} is of sound {sound_id}, which sounds.json does not "
                    "have: the files are of two versions; fetch both again"
                )
            sound = sounds[sound_id]
            pack = packs.get(str(sound["pack_id"]), {}).get("name") or sound["pack_id"]
            rows.append(
                {
                    "path": str(root / PurePosixPath(_text(take["filename"]))),
                    **_described(sound, pack=_text(pack)),
                    "sound_id": sound_id,
                    "microphone": _text(take["microphone"]),
                    "rating": marks.get(sound_id, ""),
                }
            )
        return pd.DataFrame(rows, columns=None if rows else ["path", "label", "klass", "sound_id"])

    def read(self) -> Manifest:
        """Return the checked table of the chosen takes whose files are there.

        Raises:
            ManifestError: As :meth:`listed`, or if every file is missing.
        """
        listed = self.listed()
        if not self.scales:
            listed = listed[~listed["klass"].str.contains(_SCALE)]
        if self.microphones == "one":
            listed = listed.drop_duplicates("sound_id")
        manifest = listed_manifest(listed, corpus_folder(self.path, FACTS), FACTS)
        groups = manifest.clips.groupby("label")[KEPT_WHOLE].nunique()
        few = groups.index[groups < MIN_GROUPS]
        if few.empty:
            return manifest
        return replace(
            manifest,
            clips=manifest.clips.drop(columns=KEPT_WHOLE),
            keeps_whole=(),
            caveat=(
                f"{FACTS.beware}; a player is in several splits, since fewer than {MIN_GROUPS} "
                f"play {', '.join(few)}"
            ),
        )


def _described(sound: _Entry, *, pack: str) -> dict[str, str]:
    """Return the columns that a sound has, whichever microphone recorded it."""
    instrument, player, klass = (_text(sound[key]) for key in ("instrument", "player", "klass"))
    note, octave = (_text(sound.get(key)) for key in ("note", "octave"))
    pitch = None if _SCALE in klass else note_number(f"{note}{octave}")
    return {
        "label": instrument,
        # Of what is not known, each pack is by itself.
        "instrument_id": f"{instrument} of {player or pack}",
        "pitch_midi": "" if pitch is None else str(pitch),
        "dynamic": _text(sound.get("dynamics")),
        "articulation": klass,
        "player": player,
        "pack": pack,
        "klass": klass,
    }


def _mean_marks(folder: Path) -> dict[str, str]:
    """Return the mean mark of each sound that was rated, 0 to 10; nobody rated most of them."""
    if not find_below(folder, "ratings.json").is_file():
        return {}
    entries = numbered_entries(folder, "ratings.json", ("mark", "sound_id"), FACTS)
    marks = defaultdict(list)
    for number, rating in entries.items():
        mark = rating["mark"]
        if isinstance(mark, str | bool):
            raise ManifestError(
                f"{folder}: the mark of rating {number} in ratings.json is no number, got {mark!r}"
            )
        if mark is not None:
            marks[str(rating["sound_id"])].append(float(mark))
    return {sound_id: f"{sum(given) / len(given):g}" for sound_id, given in marks.items()}


def _root(folder: Path, takes: Mapping[str, _Entry]) -> Path:
    """Return the folder that the first file of a take which is there lies below."""
    roots = (folder / "good-sounds", folder)
    for take in takes.values():
        for root in roots:
            if (root / PurePosixPath(_text(take["filename"]))).is_file():
                return root
    return roots[0]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
