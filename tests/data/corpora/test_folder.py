import os
import sys

import pytest

from instrument_net.data.corpora.folder import FolderCorpus
from instrument_net.data.manifest import ManifestError


def test_a_folder_of_folders_is_read_with_its_recordings(tmp_path, write_tone):
    for name in ("flute/x.wav", "oboe/session/1.flac", "oboe/session/2.flac", ".trash/y.wav"):
        write_tone(name)
    (tmp_path / "flute" / "notes.txt").write_text("not audio")
    clips = FolderCorpus(tmp_path).read().clips
    assert clips["label"].tolist() == ["flute", "oboe", "oboe"]
    assert clips["recording_id"].nunique() == 2
    assert clips["recording_id"].iloc[1] == clips["recording_id"].iloc[2]


def test_a_folder_without_labels_says_what_is_expected(tmp_path, write_tone):
    with pytest.raises(ManifestError, match="no audio file below a label folder"):
        FolderCorpus(tmp_path).read()
    write_tone("a.wav")
    with pytest.raises(ManifestError, match="outside any label folder"):
        FolderCorpus(tmp_path).read()
    with pytest.raises(ManifestError, match="no such folder"):
        FolderCorpus(tmp_path / "none").read()


def test_label_folders_that_differ_only_in_spelling_are_refused(tmp_path, write_tone):
    for name in ("Bass clarinet/1.wav", "bass_clarinet/1.wav", "bass_clarinet/2.wav", "oboe/1.wav"):
        write_tone(name)
    with pytest.raises(ManifestError, match=r"'bass_clarinet' \(2 clips\) and 'Bass clarinet' \(1"):
        FolderCorpus(tmp_path).read()


def test_what_is_no_clip_is_passed_over_and_empty_classes_are_named(
    tmp_path, write_tone, monkeypatch
):
    monkeypatch.setitem(sys.modules, "av", None)  # the extra is not installed
    for name in ("flute/1.wav", "oboe/1.opus.wav", "@eaDir/1.wav/1.wav"):
        write_tone(name)
    (tmp_path / "harp/session").mkdir(parents=True)
    (tmp_path / "viola").mkdir()
    (tmp_path / "viola/1.m4a").write_bytes(b"no sound")
    (tmp_path / "cello").symlink_to(tmp_path / "oboe")
    manifest = FolderCorpus(tmp_path).read()
    assert manifest.class_names == ("cello", "flute", "oboe")
    found = {os.path.relpath(one.path, tmp_path): one.kind for one in manifest.passed_over}
    assert found == {
        "@eaDir": "folder of the system",
        "harp": "class without audio",
        "viola": "class without audio",
        "viola/1.m4a": 'm4a (not read: pip install "instrument-net[codecs]", '
        "or convert it to flac or wav)",
    }


def test_a_folder_of_other_files_says_what_they_are(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / "viola").mkdir()
    (tmp_path / "viola/1.m4a").write_bytes(b"no sound")
    with pytest.raises(ManifestError, match=r"no audio file .*1 passed over, m4a .not read"):
        FolderCorpus(tmp_path).read()


def test_white_space_around_a_label_is_none_of_it(tmp_path, write_tone):
    for name in ("flute/1.wav", "flute /2.wav", "oboe/1.wav"):
        write_tone(name)
    manifest = FolderCorpus(tmp_path).read()
    assert manifest.class_names == ("flute", "oboe")
    assert "recording_id" not in manifest.clips.columns


@pytest.mark.skipif(sys.platform != "linux", reason="file systems there take UTF-8 alone")
def test_a_folder_whose_name_no_table_could_hold_is_refused(tmp_path, write_tone):
    for label in ("flute", "oboe"):
        write_tone(f"coffee/{label}/1.wav")
    root = (tmp_path / "coffee").rename(tmp_path / os.fsdecode(b"caf\xe9"))
    with pytest.raises(ManifestError, match=r"caf\\xe9/flute/1\.wav: the name .* is not UTF-8: re"):
        FolderCorpus(root).read()
