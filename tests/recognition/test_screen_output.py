"""Results on the screen: as they are made, beside a bar, and where nobody reads them."""

import io
import os
import sys

import pytest
from conftest import FORK_SERVER
from rich.console import Console
from small_recogniser import NAMES, save_checkpoint, small_recogniser, write_noise

from instrument_net.errors import INTERRUPTED
from instrument_net.predict import main
from instrument_net.progress import work_progress
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.listing import Listing
from instrument_net.recognition.screen_output import ScreenOutput, print_text


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def names_listing(_screen):
    return Listing(lambda results: "".join(f"{result.path}\n" for result in results), head="head\n")


def output(monkeypatch, stream, *, is_all=True):
    monkeypatch.setattr(sys, "stdout", stream)
    return ScreenOutput(names_listing, is_all=is_all)


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [("ascii", rb"k\xe4se \u5f26"), ("cp1252", b"k\xe4se \\u5f26"), ("utf-8", "käse 弦".encode())],
)
def test_characters_that_a_screen_does_not_have_are_spelled_out(encoding, printed):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_text("käse 弦", stream)
    assert stream.buffer.getvalue() == printed


def test_another_program_gets_every_result_as_it_is_made(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    printed = output(monkeypatch, stream)
    for k, name in enumerate(("a.wav", "b.wav")):
        printed.add(FilePrediction(name, NAMES))
        assert stream.buffer.getvalue().decode().splitlines() == ["head", "a.wav", "b.wav"][: 2 + k]
    printed.end()


def test_a_terminal_gets_them_in_pieces_in_place_of_the_bar(monkeypatch):
    stream, bar = Terminal(), io.StringIO()
    printed = output(monkeypatch, stream)
    with work_progress("files", Console(file=bar, force_terminal=True, width=80)) as progress:
        progress.add_task("Classifying", total=1_001)
        printed.bar = progress
        for k in range(1_001):
            printed.add(FilePrediction(f"{k}.wav", NAMES))
            assert stream.getvalue().count("\n") == (1 if k < 999 else 1_001)
        assert progress.live.is_started  # again
    printed.end()
    assert stream.getvalue().splitlines() == ["head", *(f"{k}.wav" for k in range(1_001))]
    assert ".wav" not in bar.getvalue()


class Gone(io.StringIO):
    """A pipe whose reader has ended, after so many pieces."""

    encoding = "utf-8"

    def __init__(self, n_pieces, descriptor):
        super().__init__()
        self.n_left, self.descriptor = n_pieces, descriptor

    def write(self, text):
        self.n_left -= 1
        if self.n_left < 0:
            raise BrokenPipeError
        return super().write(text)

    def fileno(self):
        return self.descriptor


def test_work_that_nobody_reads_ends_and_other_work_goes_on(monkeypatch, tmp_path):
    descriptor = os.open(tmp_path / "pipe", os.O_WRONLY | os.O_CREAT)
    printed = output(monkeypatch, Gone(2, descriptor))
    printed.add(FilePrediction("a.wav", NAMES))
    with pytest.raises(BrokenPipeError):
        printed.add(FilePrediction("b.wav", NAMES))
    printed = output(monkeypatch, Gone(1, descriptor), is_all=False)
    printed.add(FilePrediction("a.wav", NAMES))
    printed.end()
    os.close(descriptor)


def predict_for_nobody(arguments, errors):
    reader, writer = os.pipe()
    os.close(reader)
    os.dup2(writer, 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), 2)
    sys.exit(main(arguments))


def test_the_command_ends_when_its_reader_does(tmp_path):
    checkpoint = save_checkpoint(small_recogniser(), tmp_path / "best.ckpt")
    for k in range(40):
        write_noise(tmp_path / "in" / f"{k}.wav", 0.1)
    arguments = [str(checkpoint), str(tmp_path / "in"), "--format=jsonl"]
    errors = tmp_path / "errors.txt"
    process = FORK_SERVER.Process(target=predict_for_nobody, args=(arguments, errors))
    process.start()
    process.join(300)
    assert process.exitcode == INTERRUPTED, errors.read_text()
    assert errors.read_text().splitlines()[-1] == "ended: nobody reads the results any more"
