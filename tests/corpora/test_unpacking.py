"""Archives are unpacked into their folder; what leads out of it is refused."""

import io
import tarfile
import zipfile

import pytest
from rich.console import Console

from instrument_net.corpora.unpacking import unpack
from instrument_net.errors import InputError


def write_zip(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"" if name.endswith("/") else b"sound")
    return path


def write_tar(path, names, *, link=None):
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 5
            archive.addfile(member, io.BytesIO(b"sound"))
        if link:
            member = tarfile.TarInfo("link.wav")
            member.type, member.linkname = tarfile.SYMTYPE, link
            archive.addfile(member)
    return path


@pytest.fixture
def screen():
    return Console(quiet=True)


@pytest.mark.parametrize(("write", "name"), [(write_zip, "a.zip"), (write_tar, "a.tar.gz")])
def test_files_and_folders_are_written_and_what_a_system_added_is_not(
    write, name, tmp_path, screen
):
    names = ["set/a/1.wav", "set/b/[x]2.wav", "__MACOSX/set/._1.wav", "set/.DS_Store"]
    archive = write(tmp_path / name, names)
    assert unpack(archive, tmp_path / "to", screen) == 2
    found = {path.relative_to(tmp_path / "to").as_posix(): path.read_bytes()
             for path in (tmp_path / "to").rglob("*") if path.is_file()}  # fmt: skip
    assert found == {"set/a/1.wav": b"sound", "set/b/[x]2.wav": b"sound"}


@pytest.mark.parametrize(("write", "name"), [(write_zip, "a.zip"), (write_tar, "a.tgz")])
@pytest.mark.parametrize("bad", ["../out.wav", "/out.wav", "a/../../out.wav", "C:/out.wav",
                                 "..\\out.wav"])  # fmt: skip
def test_a_path_that_leads_out_of_the_folder_is_refused(write, name, bad, tmp_path, screen):
    archive = write(tmp_path / name, [bad])
    with pytest.raises(InputError, match="leads out of the folder: not unpacked"):
        unpack(archive, tmp_path / "to", screen)
    assert not list(tmp_path.rglob("out.wav"))


def test_links_are_refused(tmp_path, screen):
    archive = write_tar(tmp_path / "a.tar.gz", [], link="/etc/passwd")
    with pytest.raises(InputError, match=r"holds 'link\.wav', which is no file"):
        unpack(archive, tmp_path / "to", screen)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_a_damaged_archive_is_one_line_and_leaves_no_half_file(name, tmp_path, screen):
    whole = (write_zip if name == "a.zip" else write_tar)(tmp_path / name, ["1.wav"])
    whole.write_bytes(whole.read_bytes()[:40])
    with pytest.raises(InputError, match=r"cannot be unpacked: .*fetch it again"):
        unpack(whole, tmp_path / "to", screen)
    assert not list(tmp_path.glob("to/*"))


def test_zip_archives_in_an_archive_are_unpacked_too_and_what_leads_out_of_them_refused(
    tmp_path, screen
):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("cello_A2_1_forte_arco-normal.mp3", b"sound")
    with zipfile.ZipFile(tmp_path / "all-samples.zip", "w") as archive:
        archive.writestr("all-samples/cello.zip", inner.getvalue())
        archive.writestr("all-samples/read.me", b"text")
    assert unpack(tmp_path / "all-samples.zip", tmp_path / "to", screen) == 2
    found = {path.relative_to(tmp_path / "to").as_posix()
             for path in (tmp_path / "to").rglob("*") if path.is_file()}  # fmt: skip
    assert found == {
        "all-samples/cello/cello_A2_1_forte_arco-normal.mp3", "all-samples/read.me"
    }  # fmt: skip

    bad = io.BytesIO()
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("../../../out.wav", b"sound")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("all-samples/cello.zip", bad.getvalue())
    with pytest.raises(InputError, match="leads out of the folder"):
        unpack(tmp_path / "bad.zip", tmp_path / "bad", screen)
    assert not list(tmp_path.rglob("out.wav"))
