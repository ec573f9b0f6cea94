"""Packed parts -> the tables, arrays and indexes that make them a pack."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from instrument_net.data.description import describe_corpus, describe_use
from instrument_net.data.equal_content import (
    COPY,
    DIGEST,
    TWO_LABELS,
    contradictions,
    without_copies,
)
from instrument_net.data.left_out import LeftOut
from instrument_net.data.manifest import SPLIT_NAMES, Manifest
from instrument_net.data.packed.index import (
    CHUNKS,
    CLASSES,
    PACK,
    PACKING,
    REJECTED,
    SOURCES,
    TABLE,
    UNDIVIDED,
    PackIndex,
)
from instrument_net.data.packed.place import Place
from instrument_net.data.splits import SplitError, SplitRule, describe_split
from instrument_net.data.splits.assignment import CLASS_NOT_TRAINED
from instrument_net.data.splits.by_source import SOURCE
from instrument_net.pack.part import PartRecord
from instrument_net.pack.plan import Plan


def finish(
    plan: Plan,
    manifest: Manifest,
    rule: SplitRule,
    place: Place,
    records: Sequence[PartRecord],
    *,
    sample_rate_hz: int,
    num_samples: int,
) -> tuple[PackIndex, LeftOut]:
    """Write what makes packed parts a pack, its index last.

    Clips of equal content are found here: of copies in two splits, those in the later one are not
    used, nor are copies with two labels.

    Args:
        plan: What was packed.
        manifest: What the corpus read as.
        rule: What divided it.
        place: Of the pack.
        records: Of all parts, in their order.
        sample_rate_hz: Of the waveforms.
        num_samples: Of a clip.

    Returns:
        The index, and what of the corpus is not used.

    Raises:
        SplitError: If a split has no clip left, or a single class is left to train on.
    """
    chunk_sizes = _write_chunk_indexes(place, plan, records)
    packed, rejected = _clips(plan, records)
    reasons = contradictions(packed)
    packed["split"] = _splits(packed, reasons.index)
    class_names = tuple(sorted(packed["label"][packed["split"] == "train"].unique()))
    _check(packed, class_names, str(place))
    sources = tuple(sorted(packed[SOURCE].unique())) if SOURCE in packed.columns else ("",)
    starts = np.cumsum([0, *(sum(chunk_sizes[split]) for split in SPLIT_NAMES)])
    for split, start, end in zip(SPLIT_NAMES, starts, starts[1:], strict=False):
        _write_split(place, split, packed.iloc[start:end], class_names, sources)
    place.write(UNDIVIDED, _csv(plan.undivided.assign(**{DIGEST: ""})[packed.columns]))
    left_out = _left_out(manifest, packed, pd.concat([rejected, _contradictory(packed, reasons)]))
    place.write(REJECTED, left_out.table().rename_axis("row").to_csv().encode())
    lengths = np.array([length for record in records for length in record.available_s])
    held = lengths[[bool(digest) for record in records for digest in record.digests]]
    described = describe_corpus(manifest, _usable(packed), left_out=left_out)
    divided = pd.concat([packed, plan.undivided.assign(**{DIGEST: _numbers(plan.undivided)})])
    index = PackIndex(
        sample_rate_hz,
        num_samples,
        class_names,
        sources,
        chunk_sizes,
        rule=rule.describe(manifest.clips),
        described=described + describe_use(held, num_samples / sample_rate_hz),
        described_split=describe_split(rule.describe(manifest.clips), divided),
        renaming=manifest.renaming,
        fingerprint=_fingerprint(packed, sample_rate_hz, num_samples),
    )
    place.write(PACK, index.to_json())
    for part in plan.parts():
        place.remove(part.record)
    place.remove(PACKING)
    place.clear_scratch()
    return index, left_out


def _write_chunk_indexes(
    place: Place, plan: Plan, records: Sequence[PartRecord]
) -> dict[str, list[int]]:
    """Write LitData's index of each split; return how many clips each chunk has."""
    sizes: dict[str, list[int]] = {split: [] for split in SPLIT_NAMES}
    chunks: dict[str, list[dict[str, object]]] = {split: [] for split in SPLIT_NAMES}
    config = next((record.config for record in records if record.config), None)
    for part, record in zip(plan.parts(), records, strict=True):
        if record.chunk is not None:
            chunks[part.split].append(record.chunk)
            sizes[part.split].append(int(record.chunk["chunk_size"]))
    for split in SPLIT_NAMES:
        # LitData keeps fetched chunks under this name: other chunks, another one.
        names = [digest for part, record in zip(plan.parts(), records, strict=True)
                 if part.split == split for digest in record.digests]  # fmt: skip
        version = hashlib.sha256(" ".join(names).encode()).hexdigest()[:16]
        index = {"chunks": chunks[split], "config": config, "updated_at": version}
        place.write(f"{split}/{CHUNKS}", json.dumps(index, sort_keys=True).encode())
    return sizes


def _clips(plan: Plan, records: Sequence[PartRecord]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the clips that were packed, in their order, and the rejected ones with reasons."""
    table = pd.concat([plan.of(split) for split in SPLIT_NAMES])
    digests = np.array([digest for record in records for digest in record.digests])
    held = digests != ""
    reasons = [reason for record in records for reason in record.reasons]
    rejected = table[~held].drop(columns=["split", "group"]).assign(reason=reasons)
    packed = table[held].assign(**{DIGEST: digests[held]})
    return packed, rejected.sort_index()


def _splits(packed: pd.DataFrame, contradictory: pd.Index) -> pd.Series:
    """Return the split of each clip, or why it is in none."""
    usable = packed.drop(index=contradictory)
    splits = without_copies(usable["split"], usable)
    trained = set(usable["label"][splits == "train"])
    splits = splits.where(usable["label"].isin(trained) | (splits == COPY), CLASS_NOT_TRAINED)
    return splits.reindex(packed.index).fillna(TWO_LABELS)


def _check(packed: pd.DataFrame, class_names: Sequence[str], place: str) -> None:
    for split in SPLIT_NAMES:
        if not (packed["split"] == split).any():
            raise SplitError(
                f"{place}: of the clips that can be used, {split} has none: add recordings, or "
                "divide them otherwise, split=..."
            )
    if len(class_names) < 2:
        raise SplitError(
            f"{place}: {class_names[0]!r} is the only class with clips to train on; a classifier "
            "needs two"
        )


def _write_split(
    place: Place,
    split: str,
    packed: pd.DataFrame,
    class_names: Sequence[str],
    sources: Sequence[str],
) -> None:
    classes = pd.Categorical(packed["label"], categories=list(class_names)).codes
    used = np.where(packed["split"] == split, classes, -1).astype(np.int32)
    place.write(f"{split}/{CLASSES}", _npy(used))
    names = packed[SOURCE] if SOURCE in packed.columns else pd.Series("", index=packed.index)
    codes = pd.Categorical(names, categories=list(sources)).codes
    place.write(f"{split}/{SOURCES}", _npy(codes.astype(np.int32)))
    place.write(f"{split}/{TABLE}", _csv(packed))


def _contradictory(packed: pd.DataFrame, reasons: pd.Series) -> pd.DataFrame:
    rows = packed.loc[reasons.index].drop(columns=["split", "group", DIGEST])
    return rows.assign(reason=reasons)


def _usable(packed: pd.DataFrame) -> pd.DataFrame:
    return packed[packed["split"] != TWO_LABELS]


def _left_out(manifest: Manifest, packed: pd.DataFrame, rejected: pd.DataFrame) -> LeftOut:
    counts = rejected["label"].value_counts()
    lost = counts[~counts.index.isin(_usable(packed)["label"])]
    return LeftOut(
        rejected,
        passed_over=manifest.passed_over,
        lost_classes={str(label): int(n) for label, n in sorted(lost.items())},
        incomplete=[manifest.incomplete] if manifest.incomplete else [],
    )


def _numbers(table: pd.DataFrame) -> list[str]:
    """Return a name of its own for each clip that was not decoded: a copy of none."""
    return [f"row {row}" for row in table.index]


def _fingerprint(packed: pd.DataFrame, sample_rate_hz: int, num_samples: int) -> str:
    digest = hashlib.sha256(f"{sample_rate_hz} {num_samples}".encode())
    parts = packed.drop(columns="path").assign(file=packed["path"].factorize()[0])
    digest.update(pd.util.hash_pandas_object(parts, index=False).to_numpy().tobytes())
    return digest.hexdigest()[:32]


def _csv(table: pd.DataFrame) -> bytes:
    return table.rename_axis("row").to_csv().encode()


def _npy(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, values)
    return out.getvalue()
