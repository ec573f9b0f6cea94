"""The programs of General MIDI, and which notes the instruments behind them can play."""

from __future__ import annotations

import re
from collections.abc import Mapping

PERCUSSION_BANK = 128
PERCUSSION = "percussion"

# General MIDI System Level 1, instrument patch map; the names as labels are written here.
PROGRAMS = (
    "acoustic_grand_piano", "bright_acoustic_piano", "electric_grand_piano", "honky_tonk_piano",
    "electric_piano_1", "electric_piano_2", "harpsichord", "clavi",
    "celesta", "glockenspiel", "music_box", "vibraphone", "marimba", "xylophone", "tubular_bells",
    "dulcimer",
    "drawbar_organ", "percussive_organ", "rock_organ", "church_organ", "reed_organ", "accordion",
    "harmonica", "tango_accordion",
    "acoustic_guitar_nylon", "acoustic_guitar_steel", "electric_guitar_jazz",
    "electric_guitar_clean", "electric_guitar_muted", "overdriven_guitar", "distortion_guitar",
    "guitar_harmonics",
    "acoustic_bass", "electric_bass_finger", "electric_bass_pick", "fretless_bass", "slap_bass_1",
    "slap_bass_2", "synth_bass_1", "synth_bass_2",
    "violin", "viola", "cello", "contrabass", "tremolo_strings", "pizzicato_strings",
    "orchestral_harp", "timpani",
    "string_ensemble_1", "string_ensemble_2", "synth_strings_1", "synth_strings_2", "choir_aahs",
    "voice_oohs", "synth_voice", "orchestra_hit",
    "trumpet", "trombone", "tuba", "muted_trumpet", "french_horn", "brass_section",
    "synth_brass_1", "synth_brass_2",
    "soprano_sax", "alto_sax", "tenor_sax", "baritone_sax", "oboe", "english_horn", "bassoon",
    "clarinet",
    "piccolo", "flute", "recorder", "pan_flute", "blown_bottle", "shakuhachi", "whistle",
    "ocarina",
    "lead_1_square", "lead_2_sawtooth", "lead_3_calliope", "lead_4_chiff", "lead_5_charang",
    "lead_6_voice", "lead_7_fifths", "lead_8_bass_and_lead",
    "pad_1_new_age", "pad_2_warm", "pad_3_polysynth", "pad_4_choir", "pad_5_bowed",
    "pad_6_metallic", "pad_7_halo", "pad_8_sweep",
    "fx_1_rain", "fx_2_soundtrack", "fx_3_crystal", "fx_4_atmosphere", "fx_5_brightness",
    "fx_6_goblins", "fx_7_echoes", "fx_8_sci_fi",
    "sitar", "banjo", "shamisen", "koto", "kalimba", "bag_pipe", "fiddle", "shanai",
    "tinkle_bell", "agogo", "steel_drums", "woodblock", "taiko_drum", "melodic_tom", "synth_drum",
    "reverse_cymbal",
    "guitar_fret_noise", "breath_noise", "seashore", "bird_tweet", "telephone_ring", "helicopter",
    "applause", "gunshot",
)  # fmt: skip

# Programs whose names, as a word in that of a sample, say what was recorded: banks borrow samples,
# for example of a cello for the upper notes of a double bass. Words such as bass or horn are part
# of many names and say nothing.
_SAY_WHAT = frozenset(
    {
        "violin", "viola", "cello", "trumpet", "trombone", "tuba", "oboe", "bassoon", "clarinet",
        "flute", "marimba", "vibraphone", "xylophone",
    }
)  # fmt: skip

# Program -> how it is played, where the program says so.
ARTICULATIONS: Mapping[str, str] = {
    "electric_guitar_muted": "muted",
    "guitar_harmonics": "harmonics",
    "acoustic_bass": "pizzicato",
    "electric_bass_finger": "finger",
    "electric_bass_pick": "pick",
    "slap_bass_1": "slap",
    "slap_bass_2": "slap",
    "tremolo_strings": "tremolo",
    "pizzicato_strings": "pizzicato",
    "muted_trumpet": "muted",
    "overdriven_guitar": "overdriven",
    "distortion_guitar": "distorted",
}

# Program -> lowest and highest sounding note that the instrument has, as MIDI note numbers: what
# orchestration tables commonly give, with the extensions of solo parts (a double bass with a low C,
# altissimo of saxophones), and guitars tuned a tone lower, up to the 24th fret. A program that is
# not here has no range: every note of it is taken.
_GUITAR, _BASS = (38, 88), (23, 67)
RANGES: Mapping[str, tuple[int, int]] = {
    "acoustic_grand_piano": (21, 108), "bright_acoustic_piano": (21, 108),
    "electric_grand_piano": (21, 108), "honky_tonk_piano": (21, 108),
    "harpsichord": (29, 89), "celesta": (60, 108), "glockenspiel": (77, 108),
    "vibraphone": (53, 89), "marimba": (36, 96), "xylophone": (65, 108), "tubular_bells": (60, 79),
    "acoustic_guitar_nylon": _GUITAR, "acoustic_guitar_steel": _GUITAR,
    "electric_guitar_jazz": _GUITAR, "electric_guitar_clean": _GUITAR,
    "electric_guitar_muted": _GUITAR, "overdriven_guitar": _GUITAR, "distortion_guitar": _GUITAR,
    "acoustic_bass": (24, 67), "electric_bass_finger": _BASS, "electric_bass_pick": _BASS,
    "fretless_bass": _BASS, "slap_bass_1": _BASS, "slap_bass_2": _BASS,
    "violin": (55, 103), "viola": (48, 93), "cello": (36, 88), "contrabass": (24, 67),
    "orchestral_harp": (23, 104), "timpani": (38, 60),
    "trumpet": (52, 88), "muted_trumpet": (52, 88), "trombone": (28, 77), "tuba": (24, 65),
    "french_horn": (34, 77),
    "soprano_sax": (56, 91), "alto_sax": (49, 86), "tenor_sax": (44, 80), "baritone_sax": (36, 74),
    "oboe": (58, 93), "english_horn": (52, 84), "bassoon": (34, 77), "clarinet": (50, 96),
    "piccolo": (74, 108), "flute": (59, 98), "fiddle": (55, 103),
}  # fmt: skip


def program_name(bank: int, program: int) -> str:
    """Return what General MIDI calls a program, from 0; ``percussion`` in the percussion bank."""
    return PERCUSSION if bank == PERCUSSION_BANK else PROGRAMS[program % len(PROGRAMS)]


def named_program(sample: str) -> str | None:
    """Return the program that the name of a sample says, ``None`` where it says none.

    >>> named_program("Cello E4(L)"), named_program("Bass E4(L)")
    ('cello', None)
    """
    words = re.findall("[a-z]+", sample.lower())
    return next((word for word in words if word in _SAY_WHAT), None)
