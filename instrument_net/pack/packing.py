"""Corpus -> pack: divided, decoded part by part, and whole once its index is there."""

from __future__ import annotations

import hashlib
import json
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd
from rich.console import Console

from instrument_net.audio import AudioError
from instrument_net.data.corpora import Corpus
from instrument_net.data.manifest import Manifest, check_trainable
from instrument_net.data.packed.index import FORMAT, PACK, PACKING, PackIndex
from instrument_net.data.packed.place import Place, place_of
from instrument_net.data.preparing import one_at_a_time
from instrument_net.data.splits import SplitRule
from instrument_net.errors import InputError
from instrument_net.escaping import for_screen
from instrument_net.invocation import command_name
from instrument_net.pack.finishing import finish
from instrument_net.pack.part import PartRecord
from instrument_net.pack.plan import Part, Plan
from instrument_net.pack.workers import write_parts
from instrument_net.progress import work_progress


class Packing:
    """The packing of a corpus, which goes on where it was interrupted.

    The table of the corpus is held in memory; of its audio, what the processes are writing. Nothing
    takes a pack for whole before all of it is there.

    Args:
        corpus: What is packed.
        to: An empty folder, or the address of one; or one in which the same packing stopped.
        split: Divides the clips, by its columns and stratified as for training. Clips that cannot
            be decoded, which is not known yet, count as well.
        sample_rate_hz: Rate that clips are resampled to.
        num_samples: Length that they are cut to.
        workers: Processes that decode.
        chunk_clips: Clips of a chunk.
        on_error: What to do with a file that cannot be decoded.
    """

    def __init__(
        self,
        corpus: Corpus,
        to: str | Path,
        *,
        split: SplitRule,
        sample_rate_hz: int,
        num_samples: int,
        workers: int = 1,
        chunk_clips: int = 128,
        on_error: Literal["skip", "raise"] = "skip",
    ) -> None:
        self._corpus, self._rule = corpus, split
        self._rate, self._length = sample_rate_hz, num_samples
        self._workers, self._chunk_clips, self._on_error = workers, chunk_clips, on_error
        self.place: Place = place_of(to)
        self._is_folder = "://" not in str(to)

    def run(self) -> PackIndex:
        """Write the pack, and print where it is and what was left out.

        Raises:
            InputError: If something else lies there, or corpus or split cannot be packed.
            AudioError: A file that cannot be decoded, where that is not skipped.
        """
        if self.place.read(PACK) is not None:
            raise InputError(f"{self.place}: a finished pack lies here: choose another place")
        console = Console()
        with self._lock():
            self._begin()
            index, left_out = finish(
                self._plan, self._manifest, self._rule, self.place, self._records(),
                sample_rate_hz=self._rate, num_samples=self._length,
            )  # fmt: skip
        for line in left_out.lines():
            console.print(
                f"[yellow]left out:[/yellow] {for_screen(line)}", highlight=False, soft_wrap=True
            )
        train = f"{command_name('train')} +experiment=baseline data=packed data.path={self.place}"
        for line in (
            f"{len(index.class_names)} classes, {index.described_split}",
            f"packed: {self.place}; {train}",
        ):
            console.print(for_screen(line), highlight=False, soft_wrap=True)
        return index

    def _lock(self) -> AbstractContextManager[None]:
        """Keep others from writing into the same folder meanwhile."""
        return one_at_a_time(str(self.place)) if self._is_folder else nullcontext()

    @cached_property
    def _manifest(self) -> Manifest:
        manifest = self._corpus.read()
        check_trainable(manifest)
        return manifest

    @cached_property
    def _plan(self) -> Plan:
        clips = self._manifest.clips
        divided = clips.assign(split=self._rule.assign(clips), group=self._rule.groups(clips))
        return Plan(divided, self._chunk_clips, self._rule.seed)

    def _begin(self) -> None:
        """Take the place, or find that this packing took it before.

        Raises:
            InputError: If something else lies there.
        """
        made_of = (FORMAT, self._rate, self._length, self._chunk_clips, self._rule.seed)
        table = self._plan.table
        digest = hashlib.sha256(f"{made_of} {list(table.columns)}".encode())
        digest.update(pd.util.hash_pandas_object(table).to_numpy().tobytes())
        packing = {"packing": digest.hexdigest()}
        begun = self.place.read(PACKING)
        if begun is None:
            if not self.place.is_empty():
                raise InputError(f"{self.place}: is not empty: choose another place")
            self.place.write(PACKING, json.dumps(packing).encode())
        elif json.loads(begun) != packing:
            raise InputError(
                f"{self.place}: an unfinished pack of other clips, or with other settings, lies "
                "here: choose another place, or remove it"
            )
        self.place.clear_scratch()

    def _records(self) -> list[PartRecord]:
        """Write the parts that are missing, and return what became of the clips of all.

        Raises:
            AudioError: A file that cannot be decoded, where that is not skipped.
        """
        records: dict[str, PartRecord] = {}
        parts = self._plan.parts()
        for part in parts:
            record = PartRecord.read(self.place, part)
            if record is not None and self._is_current(part, record):
                records[part.record] = record
                self._refuse_errors(record)
        missing = [part for part in parts if part.record not in records]
        with work_progress() as progress:
            n_done = sum(len(record.digests) for record in records.values())
            bar = progress.add_task(
                "Packing audio", total=sum(len(part.labels) for part in parts), completed=n_done
            )
            for part, record in write_parts(
                missing, self.place, sample_rate_hz=self._rate, num_samples=self._length,
                workers=self._workers,
            ):  # fmt: skip
                records[part.record] = record
                self._refuse_errors(record)
                progress.advance(bar, len(part.labels))
        return [records[part.record] for part in parts]

    def _is_current(self, part: Part, record: PartRecord) -> bool:
        same_files = record.key == part.key(self._rate, self._length)
        return same_files and record.is_final and len(record.digests) == len(part.labels)

    def _refuse_errors(self, record: PartRecord) -> None:
        if self._on_error == "raise" and record.reasons:
            raise AudioError(
                f"{len(record.reasons)} file(s) cannot be used (data.on_error=skip leaves them "
                "out):\n" + "\n".join(record.reasons)
            )
