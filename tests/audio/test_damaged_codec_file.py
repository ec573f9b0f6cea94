"""m4a, webm and others that are damaged, or something else than they seem."""

import errno
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from encoded_sound import (
    KINDS,
    LENGTH_S,
    RATE_HZ,
    decoded,
    encode,
    sweep,
    write,
)

from instrument_net.audio import (
    AudioError,
    PassingError,
    file_duration_s,
    load_waveform,
    opening,
)
from instrument_net.audio.kept_failure import KeptFailure

pytest.importorskip("av")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_in_half_is_refused(written, kind):
    path = written(kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match=rf"{path.name}: (cannot be decoded|truncated)"):
        load_waveform(path)


def test_what_was_cut_between_two_frames_is_called_truncated(written):
    path = written("aac.mka")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(AudioError, match=r"truncated: its header states 3\.\d\d s, it holds 1\."):
        load_waveform(path)


def test_a_stream_that_states_no_length_is_read_to_its_end(tmp_path):
    path = write(tmp_path, "libopus.webm", options={"live": "1"})
    assert file_duration_s(path) == LENGTH_S
    assert len(decoded(path)) == LENGTH_S * RATE_HZ


def test_a_rate_that_changes_on_the_way_is_refused(written, tmp_path):
    first = written("aac.aac").read_bytes()
    encode(tmp_path / "a.aac", sweep(), 22_050, "aac", container="adts")
    (tmp_path / "two.aac").write_bytes(first + (tmp_path / "a.aac").read_bytes())
    with pytest.raises(AudioError, match=r"two\.aac: .*: its sample rate or its channels change"):
        load_waveform(tmp_path / "two.aac")


@pytest.mark.parametrize("list_of", ["ffconcat version 1.0\nfile a.m4a\n", "#EXTM3U\na.m4a\n"])
def test_a_list_of_other_files_is_not_followed(written, tmp_path, list_of):
    written("aac.m4a")
    (tmp_path / "list.m4a").write_text(list_of)
    with pytest.raises(AudioError, match=r"list\.m4a: cannot be decoded, damaged or no audio"):
        load_waveform(tmp_path / "list.m4a")


def test_a_damaged_wav_stays_damaged(tmp_path):
    soundfile.write(tmp_path / "a.wav", sweep(1)[0], RATE_HZ)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[20:22] = b"\x00\x02"  # PCM is called a codec that FFmpeg would make noise of
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AudioError, match=r"a\.wav: .*Malformed 'fmt ' chunk"):
        load_waveform(tmp_path / "a.wav")


def test_flipped_bytes_give_a_waveform_or_a_clear_error(tmp_path, capfd):
    rng = np.random.default_rng(3)
    for kind in KINDS:
        path = write(tmp_path, kind, sweep()[:, : RATE_HZ // 2])
        content = np.frombuffer(path.read_bytes(), np.uint8)
        for _ in range(10):
            damaged = content.copy()
            places = rng.integers(0, min(2000, len(content)), size=rng.integers(1, 5))
            damaged[places] = rng.integers(0, 256, size=len(places))
            path.write_bytes(damaged.tobytes())
            try:
                assert float(load_waveform(path).abs().max()) in (0.0, 1.0)
            except AudioError as error:
                assert str(path) in str(error)  # noqa: PT017
    assert capfd.readouterr().err == ""


class FailingDisk(io.BytesIO):
    """Bytes, of which those behind a place cannot be read."""

    def read(self, size=-1):
        if self.tell() >= 20_000:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


@pytest.mark.parametrize("kind", ["libopus.webm", "aac.mka"])
def test_a_share_that_fails_is_neither_a_damaged_nor_a_short_file(tmp_path, monkeypatch, kind):
    options = {"live": "1"} if kind == "libopus.webm" else {}  # without a length
    path = write(tmp_path, kind, np.tile(sweep(), 2), options=options)
    content = path.read_bytes()
    assert len(content) > 40_000
    monkeypatch.setattr(Path, "open", lambda *_a, **_k: FailingDisk(content))
    # As on a share that has come back since.
    monkeypatch.setattr(opening, "check_readable", lambda _path: None)
    with pytest.raises(
        PassingError, match=r"a\.(webm|mka): cannot be read now: Input/output error"
    ):
        decoded(path)


def test_a_place_that_no_file_has_is_no_error_for_a_decoder():
    file = KeptFailure(io.BytesIO(bytes(10)))
    assert [file.seek(place) for place in (3, -1, 2**70)] == [3, -1, -1]
    assert file.tell() == 3
