"""Vectors are read back as they were written, in each format, and by other programs."""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from small_recogniser import NAMES, save_checkpoint, small_recogniser, write_noise

from instrument_net.embed import parquet
from instrument_net.embed.__main__ import main
from instrument_net.embed.vectors import FileVectors
from instrument_net.embed.vectors_file import ENDINGS, read_vectors, write_vectors
from instrument_net.errors import InputError

PATHS = ("a b/[1].wav", "ä\\xff.wav", "NA", "$x$.flac", "")
VECTORS = FileVectors(
    PATHS,
    ("violin", "NA", "true", "1e3", "née\tx"),
    np.array([0.25, 1 / 3, 0, 1, 0.5], np.float32),
    np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32),
    "digest",
)
COLUMNS = {
    "path": list(PATHS),
    "label": list(VECTORS.labels),
    "probability": pa.array(VECTORS.probabilities),
    "vector": pa.array(VECTORS.vectors.tolist(), pa.list_(pa.float32())),
    "model": ["digest"] * 5,
}


@pytest.mark.parametrize("ending", [*ENDINGS, ".PARQUET"])
def test_vectors_are_read_back_to_the_last_bit(ending, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "_ROWS", 2)  # the last rows are fewer
    path = tmp_path / "new" / f"vectors{ending}"
    write_vectors(VECTORS, path)
    again = read_vectors(path)
    assert (again.paths, again.labels, again.model) == (PATHS, VECTORS.labels, "digest")
    for ours, theirs in (
        (VECTORS.probabilities, again.probabilities),
        (VECTORS.vectors, again.vectors),
    ):
        assert theirs.dtype == np.float32
        np.testing.assert_array_equal(ours, theirs)
    assert list(path.parent.iterdir()) == [path]


def test_a_table_for_other_programs_has_a_row_a_file(tmp_path):
    path = tmp_path / "vectors.parquet"
    write_vectors(VECTORS, path)
    schema = pa.parquet.read_schema(path)
    assert schema.names == list(COLUMNS)
    assert schema.field("vector").type == pa.list_(pa.float32())
    assert schema.field("probability").type == pa.float32()
    table = pd.read_parquet(path)
    assert table["path"].tolist() == list(PATHS)
    assert table["label"].tolist() == list(VECTORS.labels)
    assert set(table["model"]) == {"digest"}
    np.testing.assert_array_equal(np.stack(table["vector"]), VECTORS.vectors)


def test_the_command_writes_a_table_and_finds_similar_files_in_it(tmp_path, capsys):
    checkpoint = str(save_checkpoint(small_recogniser(), tmp_path / "best.ckpt"))
    clips = tmp_path / "clips"
    clips.mkdir()
    for seed in range(3):
        write_noise(clips / f"{seed}.wav", 0.3, seed)
    tables = [tmp_path / f"vectors{ending}" for ending in ENDINGS]
    for table in tables:
        assert main([checkpoint, str(clips), f"--out={table}"]) == 0
        assert f"3 vectors: {table}" in capsys.readouterr().err
    written = pd.read_parquet(tables[1])
    assert written["path"].tolist() == [str(clips / f"{seed}.wav") for seed in range(3)]
    assert set(written["label"]) <= set(NAMES)
    twin = write_noise(tmp_path / "twin.wav", 0.3, 1)
    printed = []
    for table in tables:
        assert main([checkpoint, str(table), f"--similar={twin}"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert len(printed[0].splitlines()) == 3
    # Several are joined, of whatever format.
    both = tmp_path / "both.parquet"
    assert main([checkpoint, *map(str, tables), f"--out={both}"]) == 0
    assert len(pd.read_parquet(both)) == 6


def wrong(**columns):
    return lambda path: pa.parquet.write_table(pa.table({**COLUMNS, **columns}), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("x.npz", lambda path: path.write_bytes(b"")),
        ("x.npz", lambda path: path.write_bytes(b"no archive")),
        ("x.npz", lambda path: np.savez(path, path=np.array([object()], dtype=object))),
        ("x.npz", lambda path: np.savez(
            path, path=["a"], label=["b"], probability=[1.0, 0.5], vector=np.eye(1), model="x")),
        ("x.parquet", lambda path: path.write_bytes(b"")),
        ("x.parquet", lambda path: path.write_bytes(b"PAR1 no table PAR1")),
        ("x.parquet", lambda path: pd.DataFrame({"path": ["a"]}).to_parquet(path)),
        ("x.parquet", wrong(model=["digest"] * 4 + ["other"])),
        ("x.parquet", wrong(path=["a", "b", "c", "d", None])),
        ("x.parquet", wrong(vector=[[1.0], [2.0, 3.0], [4.0], [5.0], [6.0]])),
        ("x.parquet", wrong(vector=[[1.0], [2.0], [None], [5.0], [6.0]])),
        ("x.parquet", wrong(vector=[1.0, 2.0, 3.0, 4.0, 5.0])),
    ],
)  # fmt: skip
def test_a_file_of_another_origin_is_refused(name, write, tmp_path):
    write(tmp_path / name)
    with pytest.raises(InputError, match=f"{name}: cannot be read as vectors: no such content; "):
        read_vectors(tmp_path / name)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_not_written_to_its_end_does_not_appear(ending, tmp_path, monkeypatch):
    path = tmp_path / f"vectors{ending}"
    path.write_text("before")
    monkeypatch.setattr(parquet, "_ROWS", 2)
    vectors = FileVectors(PATHS, VECTORS.labels, VECTORS.probabilities, Breaks(), "digest")
    with pytest.raises(InputError, match=r"cannot be written: No space left on device"):
        write_vectors(vectors, path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


class Breaks:
    """Vectors on which the disk fills up."""

    shape = (5, 7)

    def __array__(self, *_, **__):
        raise OSError(28, "No space left on device")

    def __getitem__(self, rows):
        return VECTORS.vectors[rows] if rows.start == 0 else self.__array__()


def test_without_pyarrow_the_command_says_so_before_its_work(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    kept = tmp_path / "kept.parquet"
    kept.touch()
    for arguments in (
        [str(tmp_path), f"--out={tmp_path / 'x.parquet'}"],
        [str(kept), f"--similar={tmp_path / 'none.wav'}"],
    ):
        assert main(arguments) == 2
        assert capsys.readouterr().err.endswith(
            ".parquet: this needs pyarrow, of the extra 'parquet': "
            'pip install "instrument-net[parquet]"\n'
        )
