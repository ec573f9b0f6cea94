"""General MIDI: its programs have the labels of recordings, or none."""

from instrument_net.data.corpora.soundfont.general_midi import PROGRAMS, RANGES, program_name
from instrument_net.data.corpora.soundfont.listing import Joined
from instrument_net.data.label_table import LabelTable

TABLE = LabelTable.read("general_midi")
LABELS = {
    "acoustic_guitar", "bassoon", "cello", "clarinet", "double_bass", "electric_bass",
    "electric_guitar", "flute", "french_horn", "harp", "marimba", "oboe", "piano", "saxophone",
    "trombone", "trumpet", "tuba", "vibraphone", "viola", "violin",
}  # fmt: skip


def test_the_table_names_all_128_programs_and_every_label_but_voice():
    assert len(set(PROGRAMS)) == 128
    assert set(PROGRAMS) <= set(TABLE.names)
    assert {TABLE.name_of(name) for name in PROGRAMS} - {None} == LABELS


def test_ensembles_effects_and_synthesised_sounds_have_no_label():
    for name in ("string_ensemble_1", "choir_aahs", "synth_bass_1", "pad_2_warm", "gunshot"):
        assert TABLE.name_of(name) is None


def test_programs_are_counted_from_0_and_bank_128_is_percussion():
    assert [program_name(0, n) for n in (0, 40, 73, 127)] == [
        "acoustic_grand_piano", "violin", "flute", "gunshot",
    ]  # fmt: skip
    assert program_name(8, 24) == "acoustic_guitar_nylon"
    assert program_name(128, 40) == "percussion"


def test_every_program_with_a_label_has_a_range():
    with_label = {name for name in PROGRAMS if TABLE.name_of(name)}
    assert with_label <= set(RANGES)
    assert all(21 <= low < high <= 108 for low, high in RANGES.values())


def test_names_that_are_joined_by_a_third_are_one_group():
    joined = Joined()
    joined.join(["b", "c"])
    joined.join(["d", "e"])
    joined.join(["c", "e"])
    joined.join(["a", "d"])
    assert {joined.of(name) for name in "abcde"} == {"a"}
    assert joined.of("f") == "f"
