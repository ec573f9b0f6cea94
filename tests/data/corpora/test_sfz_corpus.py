import math
import os

import numpy as np
import pytest
import soundfile

from instrument_net.data import BySource, InstrumentDataModule
from instrument_net.data.corpora.sfz import SfzCorpus
from instrument_net.data.manifest import ManifestError
from instrument_net.frontend import FrontEnd


@pytest.fixture
def library(tmp_path, write_tone):
    """Write .sfz files and their samples below ``libraries``; return that folder."""
    root = tmp_path / "libraries"

    def write(texts, samples=()):
        for name, text in texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for k, name in enumerate(samples):
            write_tone(f"libraries/{name}", frequency_hz=300 + 20 * k)
        return root

    return write


@pytest.fixture
def orchestra(library):
    """A library with .sfz files beside a folder of samples for each instrument."""
    return library(
        {
            "VSCO/SViolin-KS.sfz": "<control>\ndefault_path=Strings\\Solo Violin\\Arco\\\n<group>\n"
            "sw_label=C2 Sustain Vibrato\ngroup_label=gr_1\n"
            "<region>\nsample=LLVln_A3_p.wav\npitch_keycenter=57\nlovel=0\nhivel=62\n"
            "<control>\ndefault_path=Strings\\Solo Violin\\Pizz\\\n<group> //Begin Pizz\n"
            "seq_length=2 seq_position=2\n<region> sample=lvln_pizz_c4_RR2.WAV key=c4 lovel=100\n",
            "VSCO/SViolinPizz.sfz": "<control>\ndefault_path=Strings/Solo Violin/Pizz/\n"
            "<region> sample=LVln_Pizz_C4_rr2.wav key=60\n"
            "<region> sample=LVln_Pizz_E4_rr1.wav key=64\n",
            "VSCO/ViolaEns.sfz": "<region> sample=Strings/Viola/a.wav key=60",
            "VSCO/FHornMute.sfz": "<region> sample=Brass/horn.wav key=60",
        },
        [
            "VSCO/Strings/Solo Violin/Arco/LLVln_A3_p.wav",
            "VSCO/Strings/Solo Violin/Pizz/LVln_Pizz_C4_rr2.wav",
            "VSCO/Strings/Solo Violin/Pizz/LVln_Pizz_E4_rr1.wav",
            "VSCO/Strings/Viola/a.wav",
            "VSCO/Brass/horn.wav",
        ],
    )


def test_each_sample_of_a_library_is_a_clip_once_with_what_its_sfz_says(orchestra):
    clips = SfzCorpus(orchestra).read().clips
    said = clips.set_index(clips["path"].map(os.path.basename)).sort_index()
    assert said["label"].to_dict() == {
        "LLVln_A3_p.wav": "violin",
        "LVln_Pizz_C4_rr2.wav": "violin",
        "LVln_Pizz_E4_rr1.wav": "violin",
        "a.wav": "viola_section",
        "horn.wav": "french_horn",
    }
    assert set(said["source"]) == {"VSCO"}
    assert set(said["instrument_id"]) == {
        "VSCO/violin",
        "VSCO/viola_section",
        "VSCO/french_horn",
    }
    assert said["pitch_midi"].tolist() == ["57", "60", "64", "60", "60"]
    assert said["dynamic"].tolist() == ["p", "ff", "", "", ""]
    assert said["articulation"].tolist() == [
        "sustain_vibrato", "pizzicato", "pizzicato", "", "muted",
    ]  # fmt: skip
    assert said["round_robin"].tolist() == ["", "2", "", "", ""]
    assert said.loc["LLVln_A3_p.wav", "sfz"] == "VSCO/SViolin-KS.sfz"
    assert clips["duration_s"].isna().all()


def test_what_has_no_note_or_is_missing_is_named_and_left_out(library):
    root = library(
        {
            "piano/Grand Piano.sfz": "<region> sample=a.wav key=60\n<region> sample=b.wav key=61\n"
            "<region> sample=*sine key=62 <region> trigger=release sample=rel/a.wav\n"
            "<region> sample=Hammer Noise/a.wav key=1\n#include <nothing>\n"
            '#include "maps/more.sfz" #include "maps/none.sfz"',
            "piano/maps/more.sfz": "<region> sample=c.wav key=62",
            "piano/broken.sfz": "RIFF\0\0",
            "piano/.hidden.sfz": "<region> sample=a.wav",
        },
        ["piano/a.wav", "piano/c.wav", "piano/rel/a.wav", "piano/Hammer Noise/a.wav"],
    )
    (root / "piano/again").symlink_to(root / "piano")
    manifest = SfzCorpus(root).read()
    assert manifest.clips["path"].map(os.path.basename).tolist() == ["a.wav", "c.wav"]
    assert {(os.path.relpath(one.path, root), one.kind) for one in manifest.passed_over} == {
        ("piano/broken.sfz", "sfz that cannot be read (no text, so no .sfz file)"),
        ("piano/maps/none.sfz", "file that an .sfz includes and that is missing"),
        ("piano/b.wav", "sample that is missing"),
        ("piano/Grand Piano.sfz", "generated sound"),
        ("piano/Grand Piano.sfz", "sound of a release"),
        ("piano/Hammer Noise/a.wav", "sound of a release or a noise"),
    }
    assert manifest.caveat == ""


def test_a_library_is_the_outermost_folder_or_all_where_folders_belong_together(library):
    texts = {f"{name}/harp.sfz": "<region> sample=s/a.wav" for name in ("one", "two")}
    root = library(texts, ["one/s/a.wav", "two/s/a.wav", "Samples/a.wav", "Samples/b.wav"])
    assert set(SfzCorpus(root).read().clips["source"]) == {"one", "two"}
    assert set(SfzCorpus(root, one_library=True).read().clips["source"]) == {"libraries"}
    library({"Programs/Flute.sfz": "<region> sample=..\\Samples\\a.wav"})
    assert set(SfzCorpus(root).read().clips["source"]) == {"one", "two", "libraries"}
    library({"Oboe.sfz": "<region> sample=Samples/b.wav"})
    assert set(SfzCorpus(root).read().clips["source"]) == {"libraries"}
    assert SfzCorpus(root / "Oboe.sfz").read().clips["label"].tolist() == ["oboe"]


def test_labels_come_from_the_file_before_its_folders_and_unknown_names_are_listed(library):
    root = library(
        {
            "gm/Bank.sfz": "<group> group_label=Acoustic Bass\n<region> sample=1.wav\n"
            "<master> master_label=Kazoo\n<group> region_label=3\n<region> sample=2.wav",
            "Flute/Vibrato/Long.sfz": "<region> sample=1.wav",
            "kit/Weresax Long.sfz": "// Alto Saxophone\n// thanks to all of you who play the tuba\n"
            "<region> sample=1.wav",
            "kit/Strings.sfz": "<region> sample=Violin/1.wav",
        },
        ["gm/1.wav", "gm/2.wav", "Flute/Vibrato/1.wav", "kit/1.wav", "kit/Violin/1.wav"],
    )
    manifest = SfzCorpus(root).read()
    clips = manifest.clips
    labels = clips.set_index(clips["path"].map(lambda path: os.path.relpath(path, root)))
    assert labels["label"].to_dict() == {
        "gm/1.wav": "double_bass",
        "gm/2.wav": "bank",
        "Flute/Vibrato/1.wav": "flute",
        "kit/1.wav": "saxophone",
        "kit/Violin/1.wav": "string_section",
    }
    assert labels.loc["Flute/Vibrato/1.wav", "instrument_id"] == "Flute/flute"
    assert manifest.caveat == (
        "1 label(s) are names of .sfz files, since no known instrument is named: bank"
    )


def test_a_known_instrument_is_trusted_more_than_a_file_name_and_two_contradict(library):
    root = library(
        {
            "a/All.sfz": "<region> sample=1.wav <region> sample=2.wav <region> sample=3.wav",
            "a/Upright Piano.sfz": "<region> sample=1.wav <region> sample=2.wav",
            "a/Harp.sfz": "<region> sample=2.wav",
        },
        ["a/1.wav", "a/2.wav", "a/3.wav"],
    )
    clips = SfzCorpus(root).read().clips
    found = sorted(zip(clips["path"].map(os.path.basename), clips["label"], strict=True))
    assert found == [("1.wav", "piano"), ("2.wav", "harp"), ("2.wav", "piano"), ("3.wav", "all")]


def test_notes_one_after_the_other_in_a_file_are_excerpts_of_it(library):
    root = library(
        {
            "a/Harp.sfz": "<region> sample=1.wav offset=0 end=4409 key=60\n"
            "<region> sample=1.wav offset=4410 end=8819 key=62\n"
            "<region> sample=2.wav offset=100 end=8000 key=64"
        },
        ["a/1.wav", "a/2.wav"],
    )
    clips = SfzCorpus(root).read().clips
    assert clips["start_s"].tolist() == [0.0, 0.1, 0.0]
    assert clips["duration_s"].tolist()[:2] == [0.1, 0.1]
    assert math.isnan(clips["duration_s"].iloc[2])


def test_a_folder_without_samples_says_what_it_holds(tmp_path):
    with pytest.raises(ManifestError, match="no such folder"):
        SfzCorpus(tmp_path / "none").read()
    with pytest.raises(ManifestError, match=r"no sample .*: no \.sfz file$"):
        SfzCorpus(tmp_path).read()
    (tmp_path / "Harp.sfz").write_text("<region> sample=a.wav")
    with pytest.raises(ManifestError, match="1 passed over, sample that is missing"):
        SfzCorpus(tmp_path).read()
    (tmp_path / "Harp.sfz").write_text("<region> sample=" + "a" * 5000)
    with pytest.raises(ManifestError, match="1 passed over, sample that is missing"):
        SfzCorpus(tmp_path).read()


def test_two_libraries_are_trained_on_and_a_third_is_tested(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("one", "two", "three"):
        for k, instrument in enumerate(("Harp", "Oboe")):
            folder = tmp_path / "libraries" / name
            (folder / "s").mkdir(parents=True, exist_ok=True)
            for note in (60, 64):
                sound = rng.standard_normal(4410) * np.exp(-np.arange(4410) / (300 + 900 * k))
                soundfile.write(folder / f"s/{instrument}{note}.wav", 0.1 * sound, 44_100)
            (folder / f"{instrument}.sfz").write_text(
                f"<region> sample=s/{instrument}60.wav key=60\n"
                f"<region> sample=s/{instrument}64.wav key=64\n"
            )
    module = InstrumentDataModule(
        SfzCorpus(tmp_path / "libraries"),
        FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83}),
        split=BySource(test=["three"]),
        store_dir=tmp_path / "store",
    )
    module.setup()
    assert module.class_names == ("harp", "oboe")
    tested = module.clips["source"][module.clips["split"] == "test"]
    assert set(tested) == {"three"}
    assert set(module.clips["split"][module.clips["source"] != "three"]) == {"train", "validation"}
