"""One walk over a folder: the audio in it, and what was passed over and why."""

import errno
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from encoded_sound import encode, encode_pictures

from instrument_net.errors import InputError
from instrument_net.files import PassedOver, described, find_audio, find_audio_below, printable


def names(found, root):
    return [str(path.relative_to(root)) for path in found.audio]


def kinds(found, root):
    return {os.path.relpath(entry.path, root): entry.kind for entry in found.passed_over}


@pytest.mark.parametrize(
    ("ending", "written"),
    [("opus", ("OGG", "OPUS")), ("w64", ("W64", None)), ("au", ("AU", None)),
     ("caf", ("CAF", None)), ("rf64", ("RF64", None)), ("wave", ("WAV", None)),
     ("sound", ("FLAC", None)), ("", ("AIFF", None)), ("WAV", ("WAV", None))],
)  # fmt: skip
def test_audio_is_what_can_be_opened_whatever_it_is_called(tmp_path, ending, written):
    name = f"tone.{ending}" if ending else "tone"
    audio_format, subtype = written
    soundfile.write(tmp_path / name, np.zeros(4_800), 48_000, format=audio_format, subtype=subtype)
    assert names(find_audio_below(tmp_path), tmp_path) == [name]


def test_everything_else_is_passed_over_with_its_kind(tmp_path, write_tone, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)  # the extra is not installed
    for name in (
        "a/1.wav", "a/.hidden.wav", ".trash/1.wav", "__MACOSX/a/1.wav", "a/@eaDir/1.wav/1.wav",
        "folder.wav/2.wav",
    ):  # fmt: skip
        write_tone(name)
    (tmp_path / "a/notes.txt").write_text("no audio")
    (tmp_path / "a/song.m4a").write_bytes(b"\0\0\0 ftypM4A ")
    (tmp_path / "a/bare.snd").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "a/nothing").touch()
    (tmp_path / "a/gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "b/c/d").mkdir(parents=True)
    os.mkfifo(tmp_path / "a/pipe.wav")
    found = find_audio_below(tmp_path)
    assert names(found, tmp_path) == ["a/1.wav", "folder.wav/2.wav"]
    assert kinds(found, tmp_path) == {
        ".trash": "hidden",
        "__MACOSX": "folder of the system",
        "a/.hidden.wav": "hidden",
        "a/@eaDir": "folder of the system",
        "a/bare.snd": "no audio",
        "a/gone.wav": "broken link",
        "a/notes.txt": "no audio",
        "a/nothing": "empty file",
        "a/pipe.wav": "neither file nor folder",
        "a/song.m4a": 'm4a (not read: pip install "instrument-net[codecs]", '
        "or convert it to flac or wav)",
        "b": "folder without audio",
    }


def test_the_extra_opens_more(tmp_path):
    pytest.importorskip("av")
    sound = np.full((1, 9_600), 0.1)
    encode(tmp_path / "a.m4a", sound, 48_000, "aac")
    encode(tmp_path / "b.WMA", sound, 48_000, "wmav2", bit_rate=128_000, container="asf")
    encode(tmp_path / "c.webm", sound, 48_000, "libopus")
    encode(tmp_path / "d", sound, 48_000, "alac", container="mp4")
    encode_pictures(tmp_path / "e.mp4")
    (tmp_path / "f.aac").write_bytes(b"meant to be sound: what is wrong, its reader says")
    found = find_audio_below(tmp_path)
    assert names(found, tmp_path) == ["a.m4a", "b.WMA", "c.webm", "d", "f.aac"]
    assert kinds(found, tmp_path) == {"e.mp4": "no audio"}


def test_a_name_that_is_not_utf_8_is_passed_over_and_printable(tmp_path, write_tone):
    write_tone("a/1.wav")
    shutil.copy(tmp_path / "a/1.wav", os.fsencode(tmp_path) + b"/a/caf\xe9.wav")
    os.mkdir(os.fsencode(tmp_path) + b"/b\xff")  # noqa: PTH102
    found = find_audio_below(tmp_path)
    assert names(found, tmp_path) == ["a/1.wav"]
    assert kinds(found, tmp_path) == {
        "a/caf\\xe9.wav": "name that is not UTF-8 (rename it)",
        "b\\xff": "name that is not UTF-8 (rename it)",
    }
    assert printable("Käse & Brot") == "Käse & Brot"


def test_links_are_followed_and_loops_are_not(tmp_path, write_tone):
    write_tone("elsewhere/session/1.wav")
    (tmp_path / "root/a").mkdir(parents=True)
    (tmp_path / "root/b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root/a/one.wav").symlink_to(tmp_path / "elsewhere/session/1.wav")
    (tmp_path / "root/a/back").symlink_to(tmp_path / "root")
    (tmp_path / "elsewhere/again").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root/itself").symlink_to(tmp_path / "root/itself")
    (tmp_path / "root/a/around").symlink_to(tmp_path)
    found = find_audio_below(tmp_path / "root")
    assert names(found, tmp_path / "root") == ["a/one.wav", "b/session/1.wav"]
    assert kinds(found, tmp_path / "root") == {
        "a/around": "link to a folder that it lies in",
        "a/back": "link to a folder that it lies in",
        "b/again": "link to a folder that it lies in",
        "itself": "broken link",
    }


def test_a_folder_around_it_that_may_not_be_looked_at_hides_nothing(
    tmp_path, write_tone, monkeypatch
):
    write_tone("closed/open/1.wav")
    whole = Path.stat

    def stat(path, **options):
        if path == tmp_path / "closed":
            raise PermissionError(errno.EACCES, "Permission denied")
        return whole(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    found = find_audio_below(tmp_path / "closed/open")
    assert names(found, tmp_path) == ["closed/open/1.wav"]


def test_links_that_point_at_each_others_folders_have_an_end(tmp_path, write_tone):
    for k in range(12):
        write_tone(f"x{k}/1.wav", duration_s=0.01)
        for other in range(12):
            if other != k:
                (tmp_path / f"x{k}/to{other}").symlink_to(tmp_path / f"x{other}")
    assert len(find_audio_below(tmp_path).audio) < 2_000


def test_a_very_deep_folder_has_an_end(tmp_path):
    deep = tmp_path.joinpath(*"d" * 150)
    deep.mkdir(parents=True)
    (entry,) = find_audio_below(tmp_path).passed_over[:1]
    assert entry.kind == "folder more than 100 deep"


def test_files_that_are_named_are_taken_as_they_are(tmp_path, write_tone):
    write_tone("a/2.wav")
    write_tone("a/1.wav")
    found = find_audio([tmp_path / "none.txt", tmp_path / "a"])
    assert names(found, tmp_path) == ["none.txt", "a/1.wav", "a/2.wav"]


def test_an_empty_folder_holds_nothing(tmp_path):
    found = find_audio_below(tmp_path)
    assert found.audio == found.passed_over == []


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="none: cannot be opened: No such file"):
        find_audio_below(tmp_path / "none")


def test_one_line_a_kind_names_the_first_few():
    entries = [PassedOver(f"{k}.txt", "no audio") for k in range(7)]
    assert described([*entries, PassedOver(".x", "hidden")]) == [
        "1 passed over, hidden: .x",
        "7 passed over, no audio: 0.txt, 1.txt, 2.txt, 3.txt, 4.txt, ...",
    ]
