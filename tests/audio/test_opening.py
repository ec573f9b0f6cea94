"""What keeps a file from being read: causes in the file, and causes that may pass."""

import errno
import io
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from instrument_net.audio import AudioError, PassingError, load_waveform
from instrument_net.audio.mpeg_length import UnendingFile


@pytest.mark.parametrize("code", [errno.EACCES, errno.EMFILE, errno.EIO, errno.ESTALE])
def test_a_file_that_cannot_be_opened_now_is_not_called_damaged(write_tone, monkeypatch, code):
    path = write_tone("a.wav")

    def fail(*_arguments, **_options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(PassingError, match=rf"a\.wav: cannot be read now: {os.strerror(code)}"):
        load_waveform(path)


class FailingDisk(io.BytesIO):
    """Bytes, of which those behind a place cannot be read."""

    def read(self, size=-1):
        if self.tell() >= 1000:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


def test_a_share_that_fails_while_a_file_is_read_is_not_a_cut_file(write_tone, monkeypatch):
    path = write_tone("a.flac")
    content = path.read_bytes()
    path.write_bytes(content[:1000])  # what the decoder gets to see
    with pytest.raises(AudioError) as cut:
        load_waveform(path)
    assert not isinstance(cut.value, PassingError)
    monkeypatch.setattr(Path, "open", lambda *_a, **_k: FailingDisk(content))
    with pytest.raises(PassingError, match=r"a\.flac: cannot be read now: Input/output error"):
        load_waveform(path)


def test_an_mp3_without_a_length_on_a_share_that_fails_is_not_short(tmp_path, monkeypatch):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 88_200)
    soundfile.write(tmp_path / "whole.mp3", noise, 44_100)
    content = (tmp_path / "whole.mp3").read_bytes()
    path = tmp_path / "bare.mp3"
    path.write_bytes(content[content.index(b"\xff\xfb", 100) :])
    reads = UnendingFile.read

    def read(file, size=-1):
        if file.tell() > 5000:
            file._failure = OSError(errno.EIO, "Input/output error")
            return b""
        return reads(file, size)

    assert load_waveform(path).any()
    monkeypatch.setattr(UnendingFile, "read", read)
    with pytest.raises(PassingError, match=r"bare\.mp3: cannot be read now: Input/output error"):
        load_waveform(path)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
@pytest.mark.parametrize("name", [b"caf\xe9.wav", "käse 弦.wav".encode(), b"a\nb[c]$d$.wav"])
def test_a_name_need_not_be_text(write_tone, name):
    plain = write_tone("plain.wav")
    expected = load_waveform(plain)
    renamed = plain.rename(Path(os.fsdecode(os.fsencode(plain.parent) + b"/" + name)))
    assert (load_waveform(renamed) == expected).all()


@pytest.mark.parametrize("name", ["a\0b.wav", "n" * 300 + ".wav", "plain.wav/b.wav"])
def test_a_name_that_no_file_can_have_is_refused(write_tone, name):
    folder = write_tone("plain.wav").parent
    with pytest.raises(AudioError, match=r"b\.wav|nnn\.wav"):
        load_waveform(folder / name)
