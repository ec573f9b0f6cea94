"""Downloads are checked, continue where they stopped, and answer in one line."""

import hashlib

import pytest
from local_server import serving
from rich.console import Console

from instrument_net.corpora.download import download
from instrument_net.data.corpora.published.facts import RemoteFile
from instrument_net.errors import InputError

CONTENT = bytes(range(256)) * 2000
SUM = f"md5:{hashlib.md5(CONTENT).hexdigest()}"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def screen():
    return Console(quiet=True)


@pytest.fixture
def server():
    with serving(a__zip=CONTENT) as running:
        yield running


def test_a_file_is_downloaded_once_under_its_own_name(server, tmp_path, screen):
    file = RemoteFile(server.url("a.zip?download=1"), SUM)
    path = download(file, tmp_path / "new", screen)
    assert path == tmp_path / "new/a.zip"
    assert path.read_bytes() == CONTENT
    assert download(file, tmp_path / "new", screen) == path
    assert server.asked == [("a.zip", 0)]
    assert [entry.name for entry in (tmp_path / "new").iterdir()] == ["a.zip"]


def test_an_interrupted_download_continues_where_it_stopped(server, tmp_path, screen):
    file = RemoteFile(server.url("a.zip"), SUM)
    server.stop_after = 300_000
    with pytest.raises(InputError, match="the connection was lost; the same command continues"):
        download(file, tmp_path, screen)
    received = (tmp_path / "a.zip.part").stat().st_size
    assert 200_000 < received <= 300_000
    assert not (tmp_path / "a.zip").exists()
    server.stop_after = None
    assert download(file, tmp_path, screen).read_bytes() == CONTENT
    assert server.asked == [("a.zip", 0), ("a.zip", received)]
    assert not (tmp_path / "a.zip.part").exists()


def test_a_server_that_cannot_continue_sends_all_of_it_again(server, tmp_path, screen):
    (tmp_path / "a.zip.part").write_bytes(b"x" * 1000)
    server.continues = False
    assert download(RemoteFile(server.url("a.zip")), tmp_path, screen).read_bytes() == CONTENT


def test_a_part_that_is_complete_is_taken_and_one_that_is_too_long_is_deleted(
    server, tmp_path, screen
):
    (tmp_path / "a.zip.part").write_bytes(CONTENT)
    assert download(RemoteFile(server.url("a.zip"), SUM), tmp_path, screen).is_file()
    (tmp_path / "a.zip").unlink()
    (tmp_path / "a.zip.part").write_bytes(CONTENT + b"more")
    with pytest.raises(InputError, match=r"had 512004 bytes, the server's file has 512000"):
        download(RemoteFile(server.url("a.zip"), SUM), tmp_path, screen)
    assert not (tmp_path / "a.zip.part").exists()


def test_another_content_than_published_is_deleted(server, tmp_path, screen):
    file = RemoteFile(server.url("a.zip"), "md5:" + "0" * 32)
    with pytest.raises(InputError, match="does not have the checksum md5:0000"):
        download(file, tmp_path, screen)
    assert not list(tmp_path.iterdir())


def test_what_the_server_does_not_have_and_a_server_that_is_not_there_are_one_line(
    server, tmp_path, screen
):
    with pytest.raises(InputError, match="the server answers 404 Not Found; ") as refused:
        download(RemoteFile(server.url("b.zip")), tmp_path, screen)
    assert "\n" not in str(refused.value)
    with pytest.raises(InputError, match="there is no connection to the server"):
        download(RemoteFile("http://127.0.0.1:9/a.zip"), tmp_path, screen)


def test_a_folder_that_cannot_be_made_is_one_line(server, tmp_path, screen):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file: .*choose another"):
        download(RemoteFile(server.url("a.zip")), tmp_path / "file", screen)
