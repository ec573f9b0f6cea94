"""What two corpora share: folders, tables and corpora by name."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from instrument_net.corpora.__main__ import main
from instrument_net.corpora.shared_recordings import overlap_of, read_clips_of
from instrument_net.errors import InputError


def breath(pitch_hz, seed):
    time_s = np.arange(13_000) / 44_100
    partials = np.sin(2 * np.pi * pitch_hz * np.outer([1, 2, 3], time_s)).sum(axis=0)
    return 0.1 * partials + 0.02 * np.random.default_rng(seed).standard_normal(len(time_s))


@pytest.fixture
def folders(tmp_path):
    """Two folders: a flute that is in both, an oboe softer and cut in the second, a harp."""
    sounds = {
        "a/flute/1.wav": breath(300, 1),
        "a/oboe/1.wav": breath(400, 2),
        "a/oboe/2.wav": breath(400, 3),
        "b/oboe/x.wav": 0.3 * breath(400, 2)[1_500:],
        "b/harp/x.wav": breath(500, 4),
    }
    for name, samples in sounds.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / name, samples, 44_100)
    (tmp_path / "b/Flöte").mkdir()
    same, rate_hz = soundfile.read(tmp_path / "a/flute/1.wav", dtype="int16")
    soundfile.write(tmp_path / "b/Flöte/x.flac", same, rate_hz)
    (tmp_path / "b/harp/broken.wav").write_bytes(b"RIFF")
    return tmp_path


def test_pairs_of_two_folders_are_printed_and_written_with_their_classes(folders, capsys):
    out = folders / "more/pairs.csv"
    arguments = [str(folders / "a"), str(folders / "b"), "--store", str(folders / "store")]
    assert main(["overlap", *arguments, "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-5:] == [
        "clips compared: 3 and 3",
        "pairs that are equal sample for sample: 1",
        "pairs that are the same recording otherwise: 1",
        "clips of A that B has, flute: 1 of 1",
        "clips of A that B has, oboe: 1 of 2",
    ]
    assert "not compared: " in printed.err
    assert "broken.wav" in printed.err
    pairs = pd.read_csv(out)
    assert pairs["path_a"].str.removeprefix(str(folders)).tolist() == [
        "/a/flute/1.wav",
        "/a/oboe/1.wav",
    ]
    assert pairs["label_b"].tolist() == ["Flöte", "oboe"]
    assert pairs["kind"].tolist() == ["equal", "near"]
    assert pairs["score"].iloc[0] == 1
    assert 0.85 <= pairs["score"].iloc[1] <= 1.001


def test_a_corpus_is_compared_with_itself(folders):
    soundfile.write(folders / "a/oboe/3.wav", breath(400, 2)[1_500:], 44_100)
    soundfile.write(folders / "a/oboe/4.wav", breath(400, 3), 44_100)
    overlap = overlap_of(str(folders / "a"), str(folders / "a"), folders / "store")
    found = overlap.pairs[["path_a", "path_b", "kind"]].replace(f"{folders}/", "", regex=True)
    assert found.to_numpy().tolist() == [
        ["a/oboe/1.wav", "a/oboe/3.wav", "near"],
        ["a/oboe/2.wav", "a/oboe/4.wav", "equal"],
    ]
    assert overlap.within


def test_corpora_are_tables_and_names_as_well(folders):
    (folders / "clips.csv").write_text("path,label,start_s\na/oboe/1.wav,oboe,0.1\n")
    (folders / "a/Oboe.sfz").write_text("<region> sample=oboe/1.wav key=60")
    assert read_clips_of(str(folders / "clips.csv"))["start_s"].tolist() == [0.1]
    assert read_clips_of(f"sfz={folders / 'a'}")["label"].tolist() == ["oboe"]
    folder = folders / "x=y"
    (folders / "a").rename(folder)
    assert read_clips_of(str(folder))["label"].tolist() == ["flute", "oboe", "oboe"]


def test_what_is_no_corpus_is_refused_on_one_line(folders, capsys):
    with pytest.raises(InputError, match=r"none: no such file or folder; expected .*tinysol=FOLD"):
        read_clips_of(str(folders / "none"))
    (folders / "empty").mkdir()
    assert main(["overlap", str(folders / "a"), str(folders / "empty")]) == 2
    assert "empty: no audio file in it" in capsys.readouterr().err
    store = ["--store", str(folders / "store")]
    broken = str(folders / "b/harp")
    (folders / "b/harp/x.wav").unlink()
    assert main(["overlap", broken, broken, *store]) == 2
    assert "no clip can be decoded" in capsys.readouterr().err
    one = str(folders / "a")
    assert main(["overlap", one, one, *store, "--out", str(folders / "clip.csv/a.csv")]) == 0
    (folders / "file").write_text("")
    assert main(["overlap", one, one, *store, "--out", str(folders / "file/a.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err
