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
