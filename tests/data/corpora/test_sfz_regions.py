import pytest

from instrument_net.data.corpora.sfz.notes import note_of
from instrument_net.data.corpora.sfz.regions import read_sfz
from instrument_net.data.corpora.sfz.text import SfzError


@pytest.fixture
def regions(tmp_path):
    def read(text, encoding="utf-8"):
        path = tmp_path / "x.sfz"
        path.write_bytes(text.encode(encoding))
        return read_sfz(path).regions

    return read


def samples(regions):
    return [note_of(region).sample for region in regions]


def test_a_region_has_the_opcodes_of_the_headers_above_it_and_the_nearest_counts(regions):
    found = regions(
        "<global> volume=1 tune=1 <master> volume=2 pan=2 <group> volume=3\n"
        "<region> sample=a.wav <region> sample=b.wav volume=4\n"
        "<group> <region> sample=c.wav <master> <group> <region> sample=d.wav\n"
        "<global> <region> sample=e.wav"
    )
    assert [region.opcodes.get("volume") for region in found] == ["3", "4", "2", "1", None]
    assert [region.opcodes.get("pan") for region in found] == ["2", "2", "2", None, None]


def test_values_may_hold_spaces_and_signs_and_end_at_the_next_opcode_header_or_line(regions):
    found = regions(
        "<region>sample=Piano F#3 (soft) - 1.wav key=54 <region> sample=a=b.wav  \n"
        "<region> key=60\nsample=C:\\x y\\c.wav // comment\n"
        "/* <region> sample=no.wav\n*/ <region>SAMPLE=d.wav sw_label=C2 Slow  Attack lokey=1"
    )
    assert samples(found) == ["Piano F#3 (soft) - 1.wav", "a=b.wav", "C:/x y/c.wav", "d.wav"]
    assert found[3].opcodes["sw_label"] == "C2 Slow  Attack"


def test_the_default_path_stands_before_names_until_the_next_control_header(regions):
    found = regions(
        "<control> default_path=..\\Samples\\pre_\n<region> sample=a.wav\n"
        "<control> default_path=more/ octave_offset=1 note_offset=-2\n"
        "<region> sample=b.wav key=c4\n<control>\n<region> sample=c.wav key=60"
    )
    assert samples(found) == ["../Samples/pre_a.wav", "more/b.wav", "c.wav"]
    assert [note_of(region).pitch_midi for region in found] == [None, 70, 70]


def test_key_is_the_range_and_the_pitch_unless_a_pitch_is_given(regions):
    found = regions(
        "<group> pitch_keycenter=50 <region> sample=a.wav key=c#4\n"
        "<region> sample=b.wav pitch_keycenter=Bb3 key=60\n"
        "<region> sample=c.wav lokey=20 hikey=30\n<group> <region> sample=d.wav lokey=1 hikey=9\n"
        "<region> sample=e.wav pitch_keycenter=sample"
    )
    assert [note_of(region).pitch_midi for region in found] == [61, 58, 50, None, None]


def test_the_longest_defined_name_is_replaced_in_names_values_and_includes(regions, tmp_path):
    (tmp_path / "Data").mkdir()
    (tmp_path / "Data/notes.txt").write_text("<region> sample=A1$VEL.$EXT lo$K=21\n")
    found = regions(
        "#define $VEL v1 #define $EXT flac\n#define $K key\n#define $D Data\n"
        '<group>\n#include "$D\\notes.txt"\n#define $VEL v12\n#define $VELO loud\n'
        '#include "Data/notes.txt"\n<region> sample=$VELO_$VEL1_$x.wav'
    )
    assert samples(found) == ["A1v1.flac", "A1v12.flac", "loud_v121_$x.wav"]
    assert found[0].opcodes["lokey"] == "21"


def test_an_include_that_is_missing_is_named_and_one_without_end_is_refused(tmp_path):
    (tmp_path / "a.sfz").write_text('#include "none.txt"\n<region> sample=a.wav')
    found = read_sfz(tmp_path / "a.sfz")
    assert found.missing == ["none.txt"]
    assert len(found.regions) == 1
    (tmp_path / "b.sfz").write_text('<region> sample=a.wav\n#include "c.sfz"')
    (tmp_path / "c.sfz").write_text('#include "b.sfz"')
    with pytest.raises(SfzError, match=r"b\.sfz: its #include of b\.sfz has no end"):
        read_sfz(tmp_path / "b.sfz")
    for k in range(12):  # 4 to the power of 12 regions
        (tmp_path / f"{k}.txt").write_text(f'#include "{k + 1}.txt"\n' * 4)
    (tmp_path / "12.txt").write_text("<region>")
    (tmp_path / "d.sfz").write_text('#include "0.txt"')
    with pytest.raises(SfzError, match="has no end"):
        read_sfz(tmp_path / "d.sfz")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_texts_of_any_usual_encoding_are_read(regions, encoding):
    assert samples(regions("<region> sample=Flöte é.wav", encoding)) == ["Flöte é.wav"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x00\x01RIFF<region>", "no text"),
        (b"\xff\xfea", "no text|no <region>"),
        (b"", "no <region> or other header"),
        (b"sample=a.wav key=60", "no <region> or other header"),
    ],
)
def test_what_is_no_sfz_is_refused_with_its_name(tmp_path, content, reason):
    path = tmp_path / "bad.sfz"
    path.write_bytes(content)
    with pytest.raises(SfzError, match=rf"bad\.sfz: .*({reason})"):
        read_sfz(path)
    with pytest.raises(SfzError, match="cannot be opened"):
        read_sfz(tmp_path)


def test_long_lines_without_meaning_are_passed_quickly(regions):
    assert samples(regions("a" * 200_000 + " " * 200_000 + "\n<region> sample=a.wav")) == ["a.wav"]
    blank = regions("<region> sample=" + " " * 200_000 + "b.wav" + " " * 200_000)
    assert samples(blank) == ["b.wav"]


@pytest.mark.parametrize(
    ("opcodes", "reason"),
    [
        ("key=60", "without a sample"),
        ("sample=*silence", "generated"),
        ("sample=a.wav trigger=release_key", "release"),
        ("sample=a.wav on_locc64=126", "pedal"),
        ("sample=a.wav end=-1", "no key plays"),
        ("sample=a.wav hikey=-1", "no key plays"),
    ],
)
def test_regions_without_a_note_say_why(regions, opcodes, reason):
    assert reason in note_of(*regions(f"<region> {opcodes}"))


def test_velocities_and_round_robins_are_read(regions):
    found = regions(
        "<region> sample=a.wav lovel=0 hivel=62 seq_length=2 seq_position=2\n"
        "<region> sample=b.wav lovel=63 <region> sample=c.wav lovel=1 hivel=127 seq_position=1\n"
        "<region> sample=d.wav lovel=loud hivel=1e999"
    )
    notes = [note_of(region) for region in found]
    assert [note.layer for note in notes] == ["pp", "f", "", ""]
    assert [note.round_robin for note in notes] == ["2", "", "", ""]
