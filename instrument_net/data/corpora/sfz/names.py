"""Names of files, folders and groups -> the instrument and the way of playing that they speak of.

Sample libraries have no field for the instrument: it is in names such as ``SViolinPizz.sfz``,
``Contrebasse_arco`` or ``001-Acoustic Grand Piano.sfz``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Label -> the words that name it, in any order; of two that fit, the one with more words counts:
# "bass clarinet" is no clarinet. Instruments without a class of ours are here for that reason, and
# so that all that is one instrument has one label.
_INSTRUMENTS = {
    "acoustic_guitar": "acoustic guitar|classical guitar|nylon guitar|spanish guitar|steel guitar|"
    "folk guitar|flamenco guitar|guitare acoustique|guitare classique|konzertgitarre|"
    "akustikgitarre|chitarra classica|guitarra espanola|guitarra acustica",
    "bass_clarinet": "bass clarinet|bassklarinette|clarinette basse|clarinetto basso",
    "bassoon": "bassoon|fagott|fagotto|basson|fagot",
    "cello": "cello|violoncello|violoncelle|violonchelo",
    "celesta": "celesta|celeste",
    "clarinet": "clarinet|klarinette|clarinette|clarinetto|clarinete",
    "contrabassoon": "contrabassoon|kontrafagott|contrebasson|controfagotto",
    "double_bass": "double bass|contrabass|upright bass|acoustic bass|string bass|kontrabass|"
    "contrebasse|contrabbasso|contrabajo|doublebass",
    "electric_bass": "electric bass|bass guitar|fingered bass|picked bass|slap bass|fretless bass|"
    "fretless|e bass|ebass|bassgitarre|guitare basse|basse electrique|precision bass|jazz bass|"
    "electric bass guitar|jazz bass guitar|clean bass guitar|distorted bass guitar",
    "electric_guitar": "electric guitar|e gitarre|egitarre|clean guitar|distorted guitar|"
    "distortion guitar|overdriven guitar|jazz guitar|stratocaster|telecaster|"
    "guitare electrique|chitarra elettrica|guitarra electrica",
    "electric_piano": "electric piano|rhodes|wurlitzer|wurly|e piano|epiano|electric grand piano",
    "english_horn": "english horn|cor anglais|englischhorn|corno inglese",
    "flute": "flute|flauto|floete|flote|flauta|querflote|traversiere|alto flute|bass flute",
    "french_horn": "french horn|horn|f horn|fhorn|waldhorn|corno|cor|trompa",
    "glockenspiel": "glockenspiel|glock|carillon",
    "guitar": "guitar|gitarre|guitare|chitarra|guitarra",
    "harp": "harp|harfe|harpe|arpa",
    "harpsichord": "harpsichord|cembalo|clavecin|clavicembalo",
    "marimba": "marimba|marimbaphon",
    "oboe": "oboe|hautbois|oboen",
    "organ": "organ|orgel|orgue|organo",
    "harmonica": "harmonica|mouth organ|mundharmonika",
    "kalimba": "kalimba|mbira|thumb piano",
    "pan_flute": "pan flute|panflote|panpipes|zampona",
    "pedal_steel_guitar": "pedal steel guitar|lap steel guitar",
    "toy_piano": "toy piano",
    "piano": "piano|grand piano|upright piano|pianoforte|klavier|flugel|steinway|bosendorfer|"
    "bechstein",
    "piccolo": "piccolo|piccolo flute|ottavino",
    "recorder": "recorder|blockflote|flauto dolce|flute a bec",
    "saxophone": "saxophone|sax|saxofon|saxophon|sassofono|saxofone",
    "timpani": "timpani|pauken|timbales|kettledrum",
    "trombone": "trombone|posaune|bass trombone|tenor trombone",
    "trumpet": "trumpet|trompete|trompette|tromba|trompeta|piccolo trumpet",
    "tuba": "tuba|bass tuba",
    "tubular_bells": "tubular bells|chimes|rohrenglocken",
    "vibraphone": "vibraphone|vibes|vibraphon|vibrafono|vibrafon",
    "viola": "viola|bratsche|alto viola",
    "violin": "violin|violine|geige|violon|violino|fiddle|vln",
    "voice": "voice|vocal|vocals|singer|soprano voice|stimme|voix|voce",
    "xylophone": "xylophone|xylophon|xilofono",
    "brass_section": "brass",
    "string_section": "strings",
    "woodwind_section": "woodwinds",
    "choir": "choir|chor|choeur|coro",
}
_RULES = {frozenset(one.split()): label
          for label, names in _INSTRUMENTS.items() for one in names.split("|")}  # fmt: skip
_GENERIC = {"brass_section", "string_section", "woodwind_section"}  # also names of folders and pads
_SECTION_WORDS = {"ens", "ensemble", "section", "sections", "tutti", "quartet", "several"}
_ARTICULATIONS = {
    "pizzicato": "pizz pizzicato", "staccato": "stac stacc staccato", "spiccato": "spic spiccato",
    "tremolo": "trem tremolo", "sustain": "sus sust sustain sustained", "arco": "arco",
    "muted": "mute muted sord sordino", "harmonic": "harmonic harmonics flageolet",
    "marcato": "marc marcato", "tenuto": "ten tenuto", "legato": "leg legato",
    "trill": "trill trills", "flutter": "flutter fluttertongue", "growl": "growl",
    "slap": "slap", "vibrato": "vib vibrato vb", "no_vibrato": "nv nonvib senza",
    "finger": "finger fingered", "pick": "pick picked", "roll": "roll rolls",
    "glissando": "gliss glissando", "col_legno": "legno", "sforzando": "sfz sforzando",
}  # fmt: skip
_ARTICULATION_OF = {word: name for name, words in _ARTICULATIONS.items() for word in words.split()}
_NO_NOTE = {"noise", "noises", "release", "releases", "rel", "keyoff"}
_DYNAMICS = {"ppp", "pp", "p", "mp", "mf", "f", "ff", "fff"}
_KNOWN_WORDS = frozenset().union(*_RULES)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words(name: str) -> list[str]:
    """Return the words of a name in lower case, without accents, digits and signs.

    >>> words("SViolinPizz"), words("01 Flûte-à-bec_ff")
    (['s', 'violin', 'pizz'], ['flute', 'a', 'bec', 'ff'])
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return [word.lower() for word in _WORD.findall(letters)]


@lru_cache(maxsize=4096)
def instrument_in(name: str) -> str | None:
    """Return the instrument that a name speaks of; ``None`` for none or several.

    Several players of one instrument are a section, which is another class.

    >>> [instrument_in(name) for name in ("SViolinPizz", "Violas", "Bassklarinette", "Flute+Harp")]
    ['violin', 'viola_section', 'bass_clarinet', None]
    """
    there = set(_without_plurals(words(name)))
    fitting = [rule for rule in _RULES if rule <= there]
    largest = [rule for rule in fitting if not any(rule < other for other in fitting)]
    labels = {_RULES[rule] for rule in largest}
    if len(labels) > 1:
        labels -= _GENERIC
    if len(labels) != 1:
        return None
    label = labels.pop()
    is_section = bool(_SECTION_WORDS & there) and label not in _GENERIC
    return f"{label}_section" if is_section else label


def names_a_family(label: str | None) -> bool:
    """Return whether a label is no instrument, but what folders of several are called: strings."""
    return label in _GENERIC


def _without_plurals(there: Iterable[str]) -> Iterator[str]:
    for word in there:
        singular = "cello" if word == "celli" else word.removesuffix("s")
        if word not in _KNOWN_WORDS and singular in _KNOWN_WORDS:
            yield from (singular, "several")
        else:
            yield word


def articulation_in(names: Iterable[str]) -> str:
    """Return the way of playing that the first name with one speaks of; ``""`` if none does.

    >>> articulation_in(["KS", "C2 Sustain Vibrato", "SViolinPizz"])
    'sustain_vibrato'
    """
    for name in names:
        found = [_ARTICULATION_OF[word] for word in words(name) if word in _ARTICULATION_OF]
        if found:
            return "_".join(dict.fromkeys(found))
    return ""


def dynamic_in(name: str) -> str:
    """Return the dynamic that a sample is named after; else ``""``.

    >>> dynamic_in("LLVln_Pizz_A3_f_RR1"), dynamic_in("F_3"), dynamic_in("a2_mp")
    ('f', '', 'mp')
    """
    found = [word for word in re.split(r"[^A-Za-z0-9#]+", name) if word in _DYNAMICS]
    return found[-1] if found else ""


def speaks_of_no_note(name: str) -> bool:
    """Return whether a name says that no note sounds, but the noise of a key or its release."""
    return bool(_NO_NOTE & set(words(name)))


def own_name(name: str) -> str:
    """Return a name as a label, without words for the way of playing, dynamics and numbers.

    >>> own_name("Kazoo - Staccato 2"), own_name("01")
    ('kazoo', '01')
    """
    left = [word for word in words(name) if word not in _ARTICULATION_OF.keys() | _DYNAMICS]
    return "_".join(left) or name.strip().lower()
