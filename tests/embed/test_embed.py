"""A vector a file: written, read, shown, and compared."""

import csv
import sys

import numpy as np
import pytest
import soundfile
import torch
from small_recogniser import NAMES, save_checkpoint, small_recogniser, write_noise

from instrument_net.embed.__main__ import main
from instrument_net.embed.similar import most_similar
from instrument_net.embed.vectors import FileVectors
from instrument_net.embed.vectors_file import read_vectors
from instrument_net.recognition.digest import digest_of
from instrument_net.recognition.files import predict_files
from instrument_net.recognition.recogniser import Recogniser

ENSEMBLE = {"name": "TwoBranchNet", "filters": 4, "dense_units": 8, "n_members": 2}


@pytest.fixture
def recogniser():
    return small_recogniser()


@pytest.fixture
def checkpoint(recogniser, tmp_path):
    return str(save_checkpoint(recogniser, tmp_path / "best.ckpt"))


@pytest.fixture
def library(tmp_path):
    """Two tones and a noise; the second does not fit into a window."""
    (tmp_path / "library" / "b").mkdir(parents=True)
    for name, seconds, hertz in (("a\tb.wav", 0.3, 220), ("b/long.wav", 1.2, 880)):
        sound = np.sin(2 * np.pi * hertz * np.arange(int(seconds * 44_100)) / 44_100)
        soundfile.write(tmp_path / "library" / name, sound, 44_100)
    write_noise(tmp_path / "library" / "c.wav", 0.3, 3)
    return tmp_path / "library"


def test_the_vector_of_a_file_is_the_weighted_mean_of_what_its_output_layer_reads(
    recogniser, library
):
    read = []
    recogniser.network.output.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
    (long,) = predict_files(recogniser, [library / "b" / "long.wav"], with_vectors=True)
    assert len(long.vectors) == len(long.windows) > 1
    torch.testing.assert_close(torch.stack(long.vectors), read[0])
    probabilities = (recogniser.network.output(torch.stack(long.vectors))).softmax(dim=1)
    torch.testing.assert_close(probabilities, torch.stack(long.windows))
    (short,) = predict_files(recogniser, [library / "c.wav"], with_vectors=True)
    assert torch.equal(short.vector, short.vectors[0])


def test_an_ensemble_has_its_members_vectors_side_by_side(recogniser, library):
    both = Recogniser.from_settings({**recogniser.settings, "network": ENSEMBLE})
    both.network.members[0].load_state_dict(recogniser.network.state_dict())
    (one,) = predict_files(recogniser, [library / "c.wav"], with_vectors=True)
    (two,) = predict_files(both, [library / "c.wav"], with_vectors=True)
    assert two.vector.shape == (2 * len(one.vector),)
    torch.testing.assert_close(two.vector[: len(one.vector)], one.vector)


def test_vectors_are_written_with_what_the_files_were_named(
    recogniser, checkpoint, library, tmp_path, capsys
):
    soundfile.write(library / "zero.wav", np.zeros(9_000), 44_100)
    (library / "cut.wav").write_text("no sound")
    out = tmp_path / "new" / "vectors.npz"
    assert main([checkpoint, str(library), f"--out={out}"]) == 3
    err = capsys.readouterr().err
    lines = [line.replace(str(library), "") for line in err.splitlines()]
    assert "/zero.wav: silent, without a class" in lines
    assert any(line.startswith("error: /cut.wav: ") for line in lines)
    assert "1 of 5 files could not be read" in lines
    assert f"3 vectors: {out}" in err
    with np.load(out, allow_pickle=False) as held:
        assert [path.rpartition("/")[2] for path in held["path"]] == [
            "a\tb.wav", "long.wav", "c.wav",
        ]  # fmt: skip
        assert set(held["label"]) <= set(NAMES)
        assert held["vector"].shape == (3, 16)
        assert held["vector"].dtype == held["probability"].dtype == np.float32
    again = read_vectors(out)
    (c,) = predict_files(recogniser, [library / "c.wav"], with_vectors=True)
    np.testing.assert_allclose(again.vectors[2], c.vector.numpy(), rtol=1e-4)
    assert again.model == digest_of(recogniser)


def test_the_most_similar_files_are_printed_also_from_kept_vectors(
    checkpoint, library, tmp_path, capsys
):
    twin = write_noise(tmp_path / "twin.wav", 0.3, 3)
    out = tmp_path / "vectors.npz"
    assert main([checkpoint, str(library), f"--out={out}", f"--similar={twin}"]) == 0
    printed = capsys.readouterr().out
    first, *others = printed.splitlines()
    assert first.startswith("1.000  ")
    assert first.endswith("/c.wav")
    assert r"a\tb.wav" in printed
    assert len(others) == 2
    assert main([checkpoint, str(out), f"--similar={twin}"]) == 0
    assert capsys.readouterr() == (printed, "")  # no bar of no work
    query = str(library / "c.wav")
    assert main([checkpoint, str(out), f"--similar={query}", "--top=1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert not line.endswith("/c.wav")


def test_a_vector_of_zeros_is_similar_to_none():
    rows = np.array([[0, 0], [3, 4]], np.float32)
    files = FileVectors(("a", "b"), ("x", "y"), rows[0], rows, "")
    assert most_similar(files, np.array([4, 3], np.float32)) == [(1, pytest.approx(0.96)), (0, 0)]
    assert most_similar(files, rows[0]) == [(0, 0), (1, 0)]


def test_the_projector_has_a_row_a_file(checkpoint, library, tmp_path, capsys):
    folder = tmp_path / "projector"
    assert main([checkpoint, str(library), f"--projector={folder}"]) == 0
    assert f"tensorboard --logdir {folder}" in capsys.readouterr().err
    (metadata,), (tensors,) = folder.rglob("metadata.tsv"), folder.rglob("tensors.tsv")
    rows = list(csv.DictReader(metadata.read_text().splitlines(), delimiter="\t"))
    assert [row["path"].rpartition("/")[2] for row in rows] == [r"a\tb.wav", "long.wav", "c.wav"]
    assert len(tensors.read_text().splitlines()) == 3
    assert len(tensors.read_text().splitlines()[0].split("\t")) == 16
    assert "metadata.tsv" in (folder / "projector_config.pbtxt").read_text()
    assert main([checkpoint, str(library), f"--projector={folder}"]) == 2
    assert f"{folder}: is not empty; name a new folder" in capsys.readouterr().err


def test_without_tensorboard_the_projector_is_refused_before_any_work(
    checkpoint, library, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    out = tmp_path / "vectors.npz"
    options = [f"--out={out}", f"--projector={tmp_path / 'projector'}"]
    assert main([checkpoint, str(library), *options]) == 2
    assert "--projector: this needs tensorboard, of the extra 'train'" in capsys.readouterr().err
    assert not out.exists()


def test_vectors_of_other_weights_are_refused(recogniser, checkpoint, library, tmp_path, capsys):
    out = tmp_path / "vectors.npz"
    assert main([checkpoint, str(library / "c.wav"), f"--out={out}"]) == 0
    recogniser.network.output.bias.data += 1
    other = save_checkpoint(recogniser, tmp_path / "other.ckpt")
    assert main([str(other), str(out), f"--similar={library / 'c.wav'}"]) == 2
    assert "was written with other weights than the checkpoint's" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name at least one of --out, --projector and --similar"),
        (["--out=vectors.csv"], "--out must end in .npz or .parquet"),
        (["--similar=a.wav", "--top=0"], "must be at least 1"),
    ],
)
def test_options_that_do_not_fit_are_refused_at_once(arguments, says, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["x.ckpt", "a.wav", *arguments])
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_what_has_no_vector_cannot_be_compared(checkpoint, library, tmp_path, capsys):
    missing = tmp_path / "none.wav"
    assert main([checkpoint, str(library), f"--similar={missing}"]) == 2
    assert f"--similar: {missing}: no such file" in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main([checkpoint, str(empty), f"--out={tmp_path / 'x.npz'}"]) == 2
    assert f"no file that sounds in {empty}" in capsys.readouterr().err
