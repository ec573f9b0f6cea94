"""The extra `codecs` where it is not installed, and that nothing asks for it without need."""

import ast
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import instrument_net
from instrument_net.audio import AudioError, PassingError, load_waveform
from instrument_net.audio.codecs import SOUND_SUFFIXES, VIDEO_SUFFIXES, has_codecs
from instrument_net.files import AUDIO_SUFFIXES, described, find_audio, find_audio_below


@pytest.fixture
def without_codecs(monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert not has_codecs()


@pytest.mark.parametrize("name", ["a.m4a", "b.AAC", "c.wma", "d.mp4", "e.webm", "f.ape", "g.wv"])
def test_without_the_extra_a_file_is_refused_with_advice(tmp_path, without_codecs, name):
    (tmp_path / name).write_bytes(b"\0\0\0 ftypM4A " + bytes(100))
    ending = name[2:]
    advice = rf"{ending} is not read: pip install .*\[codecs\]\", or convert it to flac or wav$"
    with pytest.raises(PassingError, match=rf"{name}: {advice}"):
        load_waveform(tmp_path / name)


def test_without_the_extra_a_folder_names_them_with_advice(tmp_path, without_codecs):
    for name in ("a.m4a", "b.wma", "c.wma", "d.mp4", "e.txt"):
        (tmp_path / name).write_bytes(b"anything")
    found = find_audio_below(tmp_path)
    assert found.audio == []
    advice = 'not read: pip install "instrument-net[codecs]", or convert it to flac or wav'
    assert [line.split(": " + str(tmp_path))[0] for line in described(found.passed_over)] == [
        f"1 passed over, m4a ({advice})",
        f"1 passed over, mp4 ({advice})",
        "1 passed over, no audio",
        f"2 passed over, wma ({advice})",
    ]
    assert find_audio([tmp_path / "a.m4a"]).audio == [tmp_path / "a.m4a"]  # its reader says


def test_without_the_extra_other_files_are_read_and_refused_as_ever(tmp_path, without_codecs):
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(4800)), 48_000)
    assert load_waveform(tmp_path / "a.wav").any()
    (tmp_path / "b.wav").write_bytes(b"This is a text about flutes.\n" * 40)
    with pytest.raises(AudioError, match=r"b\.wav: .* no audio: Format not recognised$"):
        load_waveform(tmp_path / "b.wav")
    # By its content that of libsndfile, by its ending not.
    (tmp_path / "a.wav").rename(tmp_path / "a.wma")
    assert load_waveform(tmp_path / "a.wma").any()


def test_each_ending_belongs_to_one_reader():
    groups = AUDIO_SUFFIXES, SOUND_SUFFIXES, VIDEO_SUFFIXES
    assert len(frozenset.union(*groups)) == sum(map(len, groups))


def test_the_extra_is_imported_only_where_a_file_needs_it():
    importing = 0
    for path in Path(instrument_net.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text())
        importing += re.search(r"\bimport av\b", path.read_text()) is not None
        for node in tree.body:  # outside functions and TYPE_CHECKING
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", "")]
                assert not {name.split(".")[0] for name in names} & {"av"}, path
    assert importing == 2
