"""SoundFonts: their samples become clips once each, as recorded, with the right label and pitch."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_soundfont import (
    COARSE,
    LEFT,
    MODES,
    RATE,
    RIGHT,
    ROM,
    ROOT,
    Preset,
    Sample,
    soundfont,
    tone,
)

from instrument_net.data.corpora.soundfont import SoundFontCorpus
from instrument_net.data.label_table import LabelTable
from instrument_net.data.splits import Split
from instrument_net.errors import InputError

VIOLIN, VIOLA, FLUTE, TRUMPET, CHOIR = 40, 41, 73, 56, 52
LOW, MIDDLE, HIGH = (
    Sample(tone(pitch, seed=pitch), pitch, f"tone {pitch}") for pitch in (60, 67, 74)
)


@pytest.fixture
def written(tmp_path):
    """Write a bank into the folder of banks; return the corpus of all that lie there."""

    def write(content, name="bank.sf2", **settings):
        (tmp_path / "banks").mkdir(exist_ok=True)
        (tmp_path / "banks" / name).write_bytes(content)
        return SoundFontCorpus(tmp_path / "banks", folder=tmp_path / "cache", **settings)

    return write


def kinds(manifest):
    return [one.kind for one in manifest.passed_over]


def test_each_sample_of_a_program_is_a_clip_as_recorded_with_its_label(written):
    bank = soundfont(
        [LOW, MIDDLE, HIGH], [Preset(VIOLIN, [0, 1], "Fiddle"), Preset(FLUTE, [2], "Flute")]
    )
    manifest = written(bank).read()
    clips = manifest.clips.set_index("sample")
    assert clips["label"].to_dict() == {
        "tone 60": "violin",
        "tone 67": "violin",
        "tone 74": "flute",
    }
    assert clips["pitch_midi"].tolist() == ["60", "67", "74"]
    assert set(clips["pitch_source"]) == {"header_verified"}
    assert clips.loc["tone 60", ["source", "instrument_id", "program", "preset"]].tolist() == [
        "bank", "bank.sf2:0:40", "violin", "Fiddle",
    ]  # fmt: skip
    pcm, rate = soundfile.read(clips.loc["tone 60", "path"], dtype="int16")
    assert rate == RATE
    assert np.array_equal(pcm, LOW.pcm)
    assert manifest.caveat.startswith("samples of SoundFonts")


def test_a_second_reading_finds_the_same_clips_without_extracting_them_again(written, monkeypatch):
    corpus = written(soundfont([LOW, HIGH], [Preset(VIOLIN, [0]), Preset(FLUTE, [1])]))
    clips = corpus.read().clips
    assert not list(Path(corpus.folder).glob("*.part"))
    monkeypatch.delattr("instrument_net.data.corpora.soundfont.corpus.extract")
    assert corpus.read().clips.equals(clips)


def test_the_same_banks_give_the_same_bytes(written, tmp_path):
    bank = soundfont([LOW, HIGH], [Preset(VIOLIN, [0]), Preset(FLUTE, [1])])
    first = written(bank).read().clips["path"]
    again = SoundFontCorpus(tmp_path / "banks", folder=tmp_path / "other").read().clips["path"]
    assert [Path(p).read_bytes() for p in first] == [Path(p).read_bytes() for p in again]


def test_a_sample_of_two_programs_with_one_label_is_one_clip(written):
    corpus = written(
        soundfont([LOW, MIDDLE], [Preset(0, [0, 1]), Preset(1, [0]), Preset(FLUTE, [1])])
    )
    manifest = corpus.read()
    assert manifest.clips["label"].tolist() == ["piano"]
    assert kinds(manifest) == ["sample of presets with different labels"]


def test_programs_and_banks_that_share_recordings_are_one_instrument_and_one_source(written):
    alone = Sample(tone(62, seed=9), 62, "alone")
    written(soundfont([LOW, MIDDLE], [Preset(0, [0]), Preset(1, [0, 1])]), "b.sf2")
    written(soundfont([MIDDLE, HIGH], [Preset(3, [0, 1])]), "a.sf2")
    clips = written(soundfont([alone], [Preset(FLUTE, [0])]), "c.sf2").read().clips
    pianos = clips[clips["label"] == "piano"]
    assert len(pianos) == 3
    assert set(pianos["source"]) == {"a+b"}
    assert set(pianos["instrument_id"]) == {"a.sf2:0:3"}
    assert set(clips[clips["label"] == "flute"]["source"]) == {"c"}


def test_a_recording_that_another_bank_holds_mixed_or_encoded_is_one_clip(written):
    left, right = tone(60, seed=1), tone(60, seed=2)
    pair = [Sample(left, 60, "c(L)", LEFT, link=1), Sample(right, 60, "c(R)", RIGHT, link=0), HIGH]
    mix = Sample(((left.astype(int) + right) // 2).astype(np.int16), 60, "c")
    written(soundfont(pair, [Preset(VIOLIN, [0, 1]), Preset(FLUTE, [2])]), "stereo.sf2")
    written(soundfont([mix], [Preset(VIOLIN, [0])]), "mono.sf2")
    corpus = written(soundfont([HIGH], [Preset(FLUTE, [0])], compressed=True), "lossy.sf3")
    clips = corpus.read().clips
    assert clips["label"].tolist() == ["violin", "flute"]
    assert set(clips["source"]) == {"lossy+mono+stereo"}


def test_the_split_keeps_a_note_of_an_instrument_whole(written):
    notes = [Sample(tone(pitch, seed=pitch), pitch, f"n{pitch}") for pitch in range(60, 72)]
    bank = soundfont(notes, [Preset(VIOLIN, [*range(6)]), Preset(FLUTE, [*range(6, 12)])])
    clips = written(bank).read().clips
    splits = Split().assign(clips)
    assert set(splits) == {"train", "validation", "test"}


def test_a_stereo_pair_is_one_clip_of_two_channels(written):
    left, right = tone(60, seed=1), tone(60, seed=2)
    samples = [Sample(right, 60, "c R", RIGHT, link=1), Sample(left, 60, "c L", LEFT, link=0), HIGH]
    manifest = written(soundfont(samples, [Preset(VIOLIN, [0, 1]), Preset(FLUTE, [2])])).read()
    path = manifest.clips["path"][manifest.clips["label"] == "violin"].item()
    pcm, _ = soundfile.read(path, dtype="int16")
    assert np.array_equal(pcm, np.stack([left, right], axis=1))
    assert kinds(manifest) == []


def test_a_wrong_stereo_link_is_named_and_the_names_pair_the_samples(written):
    samples = [
        Sample(tone(60, seed=1), 60, "c(L)", LEFT, link=7),
        Sample(tone(60, seed=2), 60, "c(R)", RIGHT, link=7),
        Sample(tone(67, seed=3), 67, "alone(L)", LEFT, link=99),
    ]
    manifest = written(soundfont(samples, [Preset(VIOLIN, [0, 1]), Preset(FLUTE, [2])])).read()
    channels = [soundfile.info(path).channels for path in manifest.clips["path"]]
    assert channels == [2, 1]
    assert [(one.path, one.kind.split(": ")[1]) for one in manifest.passed_over] == [
        ("bank.sf2 (2)", "paired by their names"),
        ("bank.sf2 (1)", "taken as one channel"),
    ]


def test_24_bits_are_kept_and_low_bytes_that_are_too_few_are_none(written):
    fine = np.random.default_rng(0).integers(0, 256, len(LOW.pcm)).astype(np.uint8)
    samples = [Sample(LOW.pcm, 60, "fine", low=fine), HIGH]
    bank = soundfont(samples, [Preset(VIOLIN, [0]), Preset(FLUTE, [1])], bits=24)
    path = written(bank).read().clips["path"].iloc[0]
    pcm, _ = soundfile.read(path, dtype="int32")
    assert soundfile.info(path).subtype == "PCM_24"
    assert np.array_equal(pcm, (LOW.pcm.astype(np.int32) << 16) | (fine.astype(np.int32) << 8))
    presets = [Preset(VIOLIN, [0]), Preset(FLUTE, [1])]
    short = soundfont(samples, presets, bits=24, lost_low_bytes=2_000)
    assert {soundfile.info(one).subtype for one in written(short).read().clips["path"]} == {
        "PCM_16"
    }


def test_sf3_is_decoded_with_its_loop_counted_in_frames(written):
    samples = [HIGH, Sample(LOW.pcm, 60, "low", loop=(2_000, 4_000))]
    presets = [Preset(VIOLIN, [1], settings={MODES: 1}), Preset(FLUTE, [0])]
    corpus = written(soundfont(samples, presets, compressed=True), "bank.sf3", held_s=1.0)
    clips = corpus.read().clips
    first, rate = soundfile.read(clips["path"][clips["label"] == "violin"].item())
    assert len(first) == rate == RATE
    assert np.array_equal(first[2_000:4_000], first[4_000:6_000])
    assert np.corrcoef(first[:4_000], LOW.pcm[:4_000])[0, 1] > 0.99
    assert clips["pitch_source"].tolist() == ["header_verified"] * 2


def test_only_loops_that_sound_while_a_key_is_held_are_repeated(written):
    looped = [
        Sample(one.pcm, one.root, one.name, loop=(2_000, 4_000)) for one in (LOW, MIDDLE, HIGH)
    ]
    decaying, sustained, unlooped = {MODES: 1, 37: 1000}, {MODES: 1}, {MODES: 0}
    presets = [
        Preset(VIOLIN, [0], settings=sustained),
        Preset(0, [1], settings=decaying),
        Preset(FLUTE, [2], settings=unlooped),
    ]
    bank = soundfont(looped, presets)
    held = written(bank, held_s=1.0).read().clips
    lengths = {one.label: soundfile.info(one.path).duration for one in held.itertuples()}
    assert lengths == {"violin": 1.0, "piano": 0.4, "flute": 0.4}
    recorded = written(bank).read().clips
    assert {soundfile.info(path).duration for path in recorded["path"]} == {0.4}


def test_the_pitch_is_that_of_the_recording_and_a_wrong_root_key_is_doubtful(written):
    samples = [
        Sample(tone(61), 60, "tuned down", correction=-100),
        Sample(tone(64, seed=4), 30, "root key of the zone"),
        Sample(tone(70, seed=5), 64, "wrong root key"),
    ]
    presets = [Preset(VIOLIN, [0, (1, {ROOT: 66, COARSE: 2}), 2]), Preset(FLUTE, [0])]
    presets[1].samples = [(0, {})]
    manifest = written(soundfont([*samples, HIGH], [presets[0], Preset(FLUTE, [3])])).read()
    clips = manifest.clips.set_index("sample")
    assert clips["pitch_midi"].to_dict() == {
        "tuned down": "61", "root key of the zone": "64", "wrong root key": "", "tone 74": "74",
    }  # fmt: skip
    assert clips.loc["wrong root key", "pitch_source"] == "doubtful"


def test_what_cannot_be_a_clip_is_left_out_with_its_reason(written):
    samples = [
        LOW,
        HIGH,
        Sample(tone(60, duration_s=0.01), 60, "one cycle"),
        Sample(np.zeros(9_000, np.int16), 60, "silent"),
        Sample(tone(50), 50, "too low"),
        Sample(tone(62), 62, "in ROM", kind=ROM | 1),
        Sample(tone(65), 65, "too slow", rate=4_000),
    ]
    presets = [Preset(VIOLIN, [0, 2, 3, 4, 5, 6]), Preset(FLUTE, [1]), Preset(CHOIR, [1], "Aahs")]
    presets.append(Preset(0, [1], "Kit", bank=128))
    manifest = written(soundfont(samples, presets)).read()
    assert sorted(manifest.clips["sample"]) == ["tone 60", "tone 74"]
    assert {one.path: one.kind for one in manifest.passed_over} == {
        "bank.sf2: 0:52 Aahs (choir_aahs)": "preset that general_midi.yaml drops",
        "bank.sf2: bank 128 (1 presets)": "bank that data.banks does not name",
        "bank.sf2: one cycle (40 a preset)": "sample shorter than 0.1 s",
        "bank.sf2: silent (40 a preset)": "sample in which nothing sounds",
        "bank.sf2: too low (40 a preset)": "sample outside the range of its instrument",
        "bank.sf2: in ROM (40 a preset)": "sample in a synthesiser's ROM",
        "bank.sf2: too slow (40 a preset)": "sample rate outside 8000 to 192000 Hz",
    }


def test_a_sample_that_is_named_after_another_instrument_is_left_out(written):
    borrowed = [Sample(one.pcm, one.root, "Cello C3(L)") for one in (LOW, HIGH)]
    presets = [Preset(42, [0], "Cello"), Preset(43, [0, 2], "Bass"), Preset(VIOLA, [1], "Viola")]
    manifest = written(soundfont([*borrowed, MIDDLE], presets)).read()
    assert manifest.clips["label"].tolist() == ["cello", "double_bass"]
    assert [one.kind for one in manifest.passed_over] == [
        "sample named after another instrument",
        "sample named after another instrument",
    ]


def test_a_table_of_ones_own_names_labels_and_drops_presets_of_one_bank(written):
    table = LabelTable(
        {"violin": "bowed", "flute": "blown", "b.sf2/flute": None, "percussion": "hit"}
    )
    written(soundfont([LOW], [Preset(VIOLIN, [0]), Preset(5, [0], bank=128)]), "a.sf2")
    written(soundfont([MIDDLE], [Preset(FLUTE, [0])]), "b.sf2")
    settings = {"programs": table, "banks": [0]}
    clips = written(soundfont([HIGH], [Preset(FLUTE, [0])]), "c.sf2", **settings).read().clips
    assert clips["label"].tolist() == ["bowed", "blown"]
    corpus = written(
        soundfont([HIGH], [Preset(7, [0], bank=128)]), "c.sf2", programs=table, banks=[128]
    )
    assert set(corpus.read().clips["label"]) == {"hit"}


def test_a_velocity_range_is_the_dynamic_and_the_program_the_articulation(written):
    bank = soundfont(
        [LOW, HIGH], [Preset(59, [(0, {44: 100 << 8 | 1}), (1, {44: 127 << 8 | 101})])]
    )
    clips = written(bank).read().clips
    assert clips["dynamic"].tolist() == ["velocity_1_100", "velocity_101_127"]
    assert set(clips["articulation"]) == {"muted"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shortest_s": 0}, "shortest_s must be above 0"),
        ({"held_s": -1}, "held_s must be above 0"),
        ({"banks": 128}, r"banks must be a list of numbers .*, got 128"),
        ({"banks": []}, "banks must be a list"),
    ],
)
def test_a_setting_out_of_range_is_refused(settings, message):
    with pytest.raises(InputError, match=message):
        SoundFontCorpus("banks", **settings)
