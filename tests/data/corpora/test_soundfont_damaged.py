"""SoundFonts that are damaged, or of no use: one line says which, and what to do."""

import mmap
import struct

import pytest
from small_soundfont import INSTRUMENT, SAMPLE, Preset, Sample, soundfont, tone

from instrument_net.data.corpora.soundfont import SoundFontCorpus
from instrument_net.data.corpora.soundfont.bank import open_bank
from instrument_net.data.manifest import ManifestError

NOTES = [Sample(tone(60), 60, "low"), Sample(tone(67), 67, "high")]
GOOD = soundfont(NOTES, [Preset(40, [0]), Preset(73, [1])])


def without(name):
    start = GOOD.index(name)
    return GOOD[:start] + b"none" + GOOD[start + 4 :]


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


def record(*numbers):
    return struct.pack("<HH", *numbers)


def with_a_shorter_pbag():
    """Return the bank without the last two bytes of a table, in parts that are whole."""
    start, pdta = GOOD.index(b"pbag"), GOOD.index(b"pdta") - 4
    size = int.from_bytes(GOOD[start + 4 : start + 8], "little")
    bank = bytearray(GOOD[: start + 6 + size] + GOOD[start + 8 + size :])
    bank[start + 4 : start + 8] = struct.pack("<I", size - 2)
    bank[pdta : pdta + 4] = struct.pack("<I", int.from_bytes(GOOD[pdta : pdta + 4], "little") - 2)
    return bytes(bank)


DAMAGED = {
    "empty": (b"", "the file is empty"),
    "no riff": (b"a text", "no SoundFont; SF2 and SF3 files begin with RIFF"),
    "wave file": (GOOD.replace(b"sfbk", b"WAVE"), "no SoundFont; SF2 and SF3"),
    "cut": (GOOD[: len(GOOD) // 2], r"'LIST' should have \d+ bytes and has \d+: .* is cut"),
    "no samples": (without(b"smpl"), "a SoundFont without smpl: damaged"),
    "no headers": (without(b"shdr"), "a SoundFont without shdr: damaged"),
    "odd table": (
        with_a_shorter_pbag(),
        r"its table pbag has 10 bytes, which is no whole number",
    ),
    "bag out of its table": (
        changed(struct.pack("<HHH", 73, 0, 1), struct.pack("<HHH", 73, 0, 9)),
        "its table phdr leads out of pbag",
    ),
    "instrument that is not there": (
        changed(record(INSTRUMENT, 1), record(INSTRUMENT, 8)),
        "preset 0:73 a preset has instrument 9 of 2",
    ),
    "sample that is not there": (
        changed(record(SAMPLE, 1), record(SAMPLE, 7)),
        "preset 0:73 a preset has sample 8 of 2",
    ),
    "no preset": (soundfont(NOTES, []), "holds no preset"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_bank_is_answered_in_one_line(what, tmp_path):
    content, message = DAMAGED[what]
    file = tmp_path / "bank.sf2"
    file.write_bytes(content)
    with pytest.raises(ManifestError, match=message) as error:
        SoundFontCorpus(file, folder=tmp_path / "cache").read()
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.glob("cache/*"))


@pytest.mark.parametrize("end", range(0, len(GOOD), len(GOOD) // 40))
def test_a_bank_that_is_cut_anywhere_is_refused(end, tmp_path):
    (tmp_path / "bank.sf2").write_bytes(GOOD[:end])
    with pytest.raises(ManifestError):
        SoundFontCorpus(tmp_path / "bank.sf2", folder=tmp_path / "cache").read()


def test_a_bank_that_cannot_be_read_is_named_and_the_others_are_used(tmp_path):
    (tmp_path / "banks/inner").mkdir(parents=True)
    (tmp_path / "banks/a.sf2").write_bytes(GOOD[:5_000])
    (tmp_path / "banks/inner/b.SF2").write_bytes(GOOD)
    (tmp_path / "banks/c.sf2").symlink_to(tmp_path / "banks/inner/b.SF2")
    (tmp_path / "banks/d.pat").write_bytes(b"GF1PATCH110")
    manifest = SoundFontCorpus(tmp_path / "banks", folder=tmp_path / "cache").read()
    assert set(manifest.clips["bank"]) == {"inner/b.SF2"}
    assert [one.kind for one in manifest.passed_over] == ["SoundFont that cannot be read"]
    assert "a.sf2" in manifest.passed_over[0].path


def test_a_folder_without_a_soundfont_and_a_missing_path_say_what_is_expected(tmp_path):
    with pytest.raises(ManifestError, match=r"it holds no \.sf2 or \.sf3 file"):
        SoundFontCorpus(tmp_path).read()
    with pytest.raises(ManifestError, match=r"no such file or folder; data\.path must be"):
        SoundFontCorpus(tmp_path / "none.sf2").read()


def test_a_bank_none_of_whose_samples_can_be_used_says_why(tmp_path):
    waves = [Sample(tone(60, duration_s=0.01), 60)]
    (tmp_path / "a.sf2").write_bytes(soundfont(waves, [Preset(40, [0]), Preset(48, [0])]))
    with pytest.raises(ManifestError, match=r"no usable sample: 1 preset .*; 1 sample shorter"):
        SoundFontCorpus(tmp_path / "a.sf2", folder=tmp_path / "cache").read()


def test_a_sample_whose_place_is_not_in_the_file_is_left_out(tmp_path):
    start = GOOD.rindex(b"low")
    header = GOOD[:start] + b"low".ljust(20, b"\0") + struct.pack("<II", 5, 10**9)
    (tmp_path / "a.sf2").write_bytes(header + GOOD[start + 28 :])
    manifest = SoundFontCorpus(tmp_path / "a.sf2", folder=tmp_path / "cache").read()
    assert manifest.clips["label"].tolist() == ["flute"]
    assert [one.kind for one in manifest.passed_over] == [
        "sample that lies outside the file: damaged header"
    ]


def test_a_compressed_sample_that_cannot_be_decoded_is_left_out(tmp_path):
    bank = soundfont(NOTES, [Preset(40, [0]), Preset(73, [1])], compressed=True)
    (tmp_path / "a.sf3").write_bytes(bank.replace(b"OggS", b"Oggs", 1))
    manifest = SoundFontCorpus(tmp_path / "a.sf3", folder=tmp_path / "cache").read()
    assert manifest.clips["label"].tolist() == ["flute"]
    assert manifest.passed_over[0].kind == "compressed sample that cannot be decoded"


def test_an_odd_part_without_its_padding_is_read(tmp_path):
    start, end = GOOD.index(b"smpl"), GOOD.index(b"LIST", GOOD.index(b"smpl"))
    size = end - start - 8
    sdta = GOOD.index(b"sdta") - 4
    odd = bytearray(GOOD[: end - 1] + GOOD[end:])
    odd[start + 4 : start + 8] = struct.pack("<I", size - 1)
    odd[sdta : sdta + 4] = struct.pack("<I", end - sdta - 5)
    odd[4:8] = struct.pack("<I", len(odd) - 8)
    (tmp_path / "a.sf2").write_bytes(odd)
    assert len(SoundFontCorpus(tmp_path / "a.sf2", folder=tmp_path / "cache").read().clips) == 2


def test_the_samples_of_a_bank_stay_in_its_file(tmp_path):
    (tmp_path / "a.sf2").write_bytes(GOOD)
    assert isinstance(open_bank(tmp_path / "a.sf2").waves.obj, mmap.mmap)
