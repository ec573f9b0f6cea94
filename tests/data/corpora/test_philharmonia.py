"""Philharmonia: what file names say, in whichever folders the files lie."""

import numpy as np
import pytest
import soundfile

from instrument_net.data.corpora.published.philharmonia import PhilharmoniaCorpus
from instrument_net.data.manifest import ManifestError
from instrument_net.data.splits import Split


def write(path):
    """Write an mp3 as the site has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = np.arange(22_050) / 44_100
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * 440 * seconds), 44_100, format="MP3")


@pytest.fixture
def samples(tmp_path):
    for name in (
        "all-samples/violin/violin_A4_1_fortissimo_arco-normal.mp3",
        "all-samples/violin/violin_As3_phrase_mezzo-forte_arco-tremolo.mp3",
        "all-samples/cor anglais/english-horn_Fs4_025_piano_normal.mp3",
        "all-samples/flute/flute_A4_very-long_cresc-decresc_normal.mp3",
        "all-samples/percussion/agogo bells/agogo-bells__025_mezzo-forte_struck-singly.mp3",
    ):
        write(tmp_path / name)
    (tmp_path / "all-samples/violin/violin_A4_05_piano.mp3").write_bytes(b"no sound")
    (tmp_path / "all-samples/metadata.csv").write_text("instrument,pitch\n")
    return tmp_path


def test_a_name_says_instrument_pitch_length_dynamic_and_articulation(samples):
    clips = PhilharmoniaCorpus(samples).read().clips
    shown = ["label", "pitch_midi", "length", "dynamic", "articulation", "instrument_id"]
    assert clips[shown].to_numpy().tolist() == [
        ["english_horn", "66", "025", "p", "normal", "philharmonia english_horn"],
        ["flute", "69", "very-long", "cresc-decresc", "normal", "philharmonia flute"],
        ["violin", "69", "1", "ff", "arco-normal", "philharmonia violin"],
        ["violin", "58", "phrase", "mf", "arco-tremolo", "philharmonia violin"],
    ]
    assert set(clips["source"]) == {"philharmonia"}


def test_percussion_is_used_when_it_is_asked_for_and_else_counted(samples):
    kinds = [entry.kind for entry in PhilharmoniaCorpus(samples).read().passed_over]
    assert sorted(kinds) == [
        "name is not INSTRUMENT_NOTE_LENGTH_DYNAMIC_ARTICULATION",
        "no audio",
        "percussion (data.percussion=true uses it)",
    ]
    clips = PhilharmoniaCorpus(samples, percussion=True).read().clips
    bells = clips[clips["label"] == "agogo_bells"]
    assert bells[["pitch_midi", "articulation"]].to_numpy().tolist() == [["", "struck-singly"]]


def test_all_clips_of_a_pitch_of_an_instrument_are_in_one_split(tmp_path):
    for label in ("oboe", "tuba"):
        for note in ("A3", "As3", "B3", "C4", "Cs4"):
            for rest in ("1_forte_normal", "15_piano_normal", "phrase_forte_legato"):
                write(tmp_path / label / f"{label}_{note}_{rest}.mp3")
    clips = PhilharmoniaCorpus(tmp_path).read().clips
    splits = Split().assign(clips)
    assert splits.groupby([clips["label"], clips["pitch_midi"]]).nunique().max() == 1
    assert set(splits) == {"train", "validation", "test"}


def test_a_folder_of_other_files_is_refused_with_the_names_that_are_expected(tmp_path):
    with pytest.raises(ManifestError, match=r"files named INSTRUMENT_NOTE_.*it holds no audio"):
        PhilharmoniaCorpus(tmp_path).read()
    (tmp_path / "violin.zip").write_bytes(b"PK")
    write(tmp_path / "violin a4.mp3")
    with pytest.raises(ManifestError, match=r"the unpacked folders .*violin.zip") as refused:
        PhilharmoniaCorpus(tmp_path).read()
    assert "\n" not in str(refused.value)
    with pytest.raises(ManifestError, match="no such folder"):
        PhilharmoniaCorpus(tmp_path / "none").read()
    with pytest.raises(ManifestError, match="no file of Philharmonia"):
        PhilharmoniaCorpus(tmp_path).listed()
    write(tmp_path / "bells__1_forte_struck.mp3")
    with pytest.raises(ManifestError, match=r"percussion .data\.percussion=true uses it"):
        PhilharmoniaCorpus(tmp_path).read()
