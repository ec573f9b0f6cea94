"""The command: list, facts, fetch from a server on this machine, check; exit statuses."""

import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from local_server import serving

from instrument_net.corpora.__main__ import main
from instrument_net.data.corpora.published import registry
from instrument_net.data.corpora.published.facts import RemoteFile
from instrument_net.data.corpora.published.registry import CORPORA, CorpusEntry

HEADER = (
    "Path,Fold,Family,Instrument (abbr.),Instrument (in full),Technique (abbr.),"
    "Technique (in full),Pitch,Pitch ID,Dynamics,Dynamics ID,Instance ID,"
    "String ID (if applicable),Needed digital retuning"
)
ROW = (
    "Winds/Flute/ordinario/Fl-ord-C{}-mf-N-N.wav,0,Winds,Fl,Flute,ord,ordinario,C4,60,mf,2,0,,FALSE"
)
METADATA = "\n".join([HEADER, *(ROW.format(octave) for octave in (3, 4, 5))]).encode()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def audio():
    buffer = io.BytesIO()
    soundfile.write(buffer, np.full(400, 0.1), 16_000, format="WAV")
    return buffer.getvalue()


def archive(octaves=(3, 4, 5)):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for octave in octaves:
            member = tarfile.TarInfo(ROW.format(octave).partition(",")[0])
            content = audio()
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def tinysol(monkeypatch):
    """TinySOL with three notes, from a server on this machine."""
    files = {"TinySOL_metadata__csv": METADATA, "TinySOL__tar__gz": archive()}
    with serving(**files) as server:
        remote = tuple(
            RemoteFile(server.url(f"{name.replace('__', '.')}?download=1"),
                       f"md5:{hashlib.md5(content).hexdigest()}")
            for name, content in files.items()
        )  # fmt: skip
        entry = CORPORA["tinysol"]
        fewer = CorpusEntry(replace(entry.facts, files=remote), entry.corpus)
        monkeypatch.setitem(registry.CORPORA, "tinysol", fewer)
        yield server


def test_the_list_has_every_corpus_with_its_licence_and_fits_the_screen(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([]) == 0
    printed = capsys.readouterr().out
    for name, entry in CORPORA.items():
        assert name in printed
        assert entry.facts.licence.split()[0] in printed
    assert "305,979" in printed
    assert "25.2 GB" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_show_prints_all_facts_with_the_citation(capsys):
    assert main(["show", "nsynth"]) == 0
    printed = capsys.readouterr().out
    facts = CORPORA["nsynth"].facts
    for said in (facts.title, facts.licence, facts.citation, facts.page, facts.beware, facts.layout,
                 "a split keeps whole: instrument_id", "no checksum is published", "hours: 340.0",
                 "python -m instrument_net.train data=nsynth data.path=FOLDER"):  # fmt: skip
        assert said in printed


def test_a_corpus_is_fetched_licence_first_and_then_complete(tinysol, tmp_path, capsys):
    folder = tmp_path / "tinysol"
    assert main(["fetch", "tinysol", str(folder)]) == 0
    screen = capsys.readouterr().err
    assert screen.index("licence: CC BY 4.0") < screen.index("unpacked")
    assert (folder / "Winds/Flute/ordinario/Fl-ord-C4-mf-N-N.wav").read_bytes() == audio()
    n_asked = len(tinysol.asked)
    assert main(["check", "tinysol", str(folder)]) == 0
    assert "3 audio files compared by name, 2 downloads by checksum" in capsys.readouterr().out
    assert main(["fetch", "tinysol", str(folder)]) == 0
    assert "complete, nothing to download" in capsys.readouterr().err
    assert len(tinysol.asked) == n_asked == 2


def test_only_chosen_files_are_fetched(tinysol, tmp_path, capsys):
    assert main(["fetch", "tinysol", str(tmp_path), "--only", "metadata"]) == 0
    assert [path for path, _ in tinysol.asked] == ["TinySOL_metadata.csv"]
    assert main(["fetch", "tinysol", str(tmp_path), "--only", "flute"]) == 2
    assert "none of the files of tinysol (TinySOL_metadata.csv" in capsys.readouterr().err


def test_check_says_what_is_missing_changed_and_too_many(tinysol, tmp_path, capsys):
    main(["fetch", "tinysol", str(tmp_path)])
    notes = tmp_path / "Winds/Flute/ordinario"
    (notes / "Fl-ord-C3-mf-N-N.wav").unlink()
    (notes / "Fl-ord-C4-mf-N-N.wav").write_bytes(b"")
    (notes / "mine.wav").write_bytes(audio())
    metadata = tmp_path / "TinySOL_metadata.csv"
    metadata.write_bytes(metadata.read_bytes() + b"\n")
    capsys.readouterr()
    assert main(["check", "tinysol", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "missing: 1 of 3 files: " in printed
    assert f"changed: {metadata}: md5 is " in printed
    assert "changed: 1 files are empty: " in printed
    assert "too many: 1 audio files beside its clips: " in printed


def test_check_without_metadata_says_what_is_expected(tmp_path, capsys):
    assert main(["check", "tinysol", str(tmp_path)]) == 1
    assert "missing: " in capsys.readouterr().out
    assert main(["check", "tinysol", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_check_counts_the_clips_of_a_class_where_no_list_is_published(tmp_path, capsys):
    name = tmp_path / "IRMAS-TrainingData/cel/008__[cel][nod][cla]0058__1.wav"
    name.parent.mkdir(parents=True)
    name.write_bytes(audio())
    assert main(["check", "irmas", str(tmp_path)]) == 1
    assert "missing: 387 of 388 clips of cello" in capsys.readouterr().out


def test_a_part_of_a_corpus_that_is_not_read_is_not_too_many(tinysol, tmp_path, capsys):
    main(["fetch", "tinysol", str(tmp_path)])
    (tmp_path / "other").mkdir()
    (tmp_path / "other/1.wav").write_bytes(audio())
    assert main(["check", "tinysol", str(tmp_path)]) == 0


def test_what_cannot_be_downloaded_says_where_to_ask(tmp_path, monkeypatch, capsys):
    entry = CORPORA["orchideasol"]
    without = CorpusEntry(replace(entry.facts, files=()), entry.corpus)
    monkeypatch.setitem(registry.CORPORA, "orchideasol", without)
    assert main(["fetch", "orchideasol", str(tmp_path)]) == 2
    screen = capsys.readouterr().err
    assert "cannot be downloaded by this command: " in screen
    assert "forum.ircam.fr" in screen


def test_what_is_not_downloaded_is_said_beside_what_is(tinysol, tmp_path, monkeypatch, capsys):
    entry = registry.CORPORA["tinysol"]
    asked = CorpusEntry(replace(entry.facts, ask="the rest is at example.org"), entry.corpus)
    monkeypatch.setitem(registry.CORPORA, "tinysol", asked)
    assert main(["fetch", "tinysol", str(tmp_path)]) == 0
    assert "not downloaded: the rest is at example.org" in capsys.readouterr().err


def test_a_zip_is_unpacked_too(tmp_path, monkeypatch):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as holder:
        holder.writestr("IRMAS-TrainingData/cel/[cel][cla]0058__1.wav", audio())
    with serving(IRMAS__zip=buffer.getvalue()) as server:
        entry = CORPORA["irmas"]
        facts = replace(entry.facts, files=(RemoteFile(server.url("IRMAS.zip")),))
        monkeypatch.setitem(registry.CORPORA, "irmas", CorpusEntry(facts, entry.corpus))
        assert main(["fetch", "irmas", str(tmp_path)]) == 0
    assert Path(tmp_path, "IRMAS-TrainingData/cel/[cel][cla]0058__1.wav").is_file()


@pytest.mark.parametrize("subcommand", ["show", "fetch", "check"])
def test_an_unknown_name_gets_the_nearest_right_one(subcommand, tmp_path, capsys):
    assert main([subcommand, "tinysoul", *([str(tmp_path)] if subcommand != "show" else [])]) == 2
    assert "no corpus 'tinysoul': did you mean 'tinysol'?" in capsys.readouterr().err


def test_an_interrupted_command_says_that_it_continues(monkeypatch, capsys):
    def interrupt(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(registry, "corpus_entry", interrupt)
    assert main(["show", "tinysol"]) == 130
    assert "the same command continues" in capsys.readouterr().err
