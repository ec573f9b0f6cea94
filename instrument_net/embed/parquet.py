"""Vectors as a table in a Parquet file, for pandas, Polars, DuckDB, Spark and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt

from instrument_net.embed.vectors import FileVectors

if TYPE_CHECKING:
    import pyarrow

_ROWS = 10_000  # at once: 20 MB of vectors 512 wide, one row group


def write_parquet(vectors: FileVectors, file: BinaryIO) -> None:
    """Write a row a file.

    Columns: ``path``, ``label`` and ``model``, strings; ``probability``, float32; ``vector``, a
    list of float32, of the same length in each row.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = pa.schema(
        {
            "path": pa.string(),
            "label": pa.string(),
            "probability": pa.float32(),
            "vector": pa.list_(pa.float32()),
            "model": pa.string(),
        }
    )
    width = vectors.vectors.shape[1]
    with ParquetWriter(file, schema, use_dictionary=["label", "model"]) as table:
        for start in range(0, len(vectors.paths), _ROWS):
            rows = slice(start, start + _ROWS)
            values = vectors.vectors[rows]
            ends = np.arange(len(values) + 1, dtype=np.int32) * width
            columns = [
                vectors.paths[rows],
                vectors.labels[rows],
                vectors.probabilities[rows],
                pa.ListArray.from_arrays(ends, values.ravel()),
                [vectors.model] * len(values),
            ]
            table.write_table(pa.table(columns, schema=schema))


def read_parquet(file: BinaryIO) -> FileVectors:
    """Return what :func:`write_parquet` wrote; no code is run from it.

    Raises:
        Exception: Whatever bytes of another origin cause; ``ValueError`` if they are of several
            networks, or vectors have different lengths.
    """
    from pyarrow.parquet import ParquetFile

    table = ParquetFile(file).read(["path", "label", "probability", "vector", "model"])
    if any(column.null_count for column in table.columns):
        raise ValueError("values are missing")
    (model,) = set(table["model"].to_pylist())
    return FileVectors(
        tuple(map(str, table["path"].to_pylist())),
        tuple(map(str, table["label"].to_pylist())),
        table["probability"].to_numpy().astype(np.float32, copy=False),
        np.concatenate([_matrix(chunk) for chunk in table["vector"].chunks]),
        str(model),
    )


def _matrix(lists: pyarrow.ListArray) -> npt.NDArray[np.float32]:
    """Return lists of one length as rows.

    Raises:
        ValueError: If they are of several lengths.
    """
    (width,) = set(lists.value_lengths().to_pylist())
    values: npt.NDArray[np.float32] = lists.flatten().to_numpy().astype(np.float32, copy=False)
    return values.reshape(len(lists), width)
