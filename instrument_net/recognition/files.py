"""Audio files -> named probabilities, window by window."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
import torch

from instrument_net.audio import AudioError
from instrument_net.errors import InputError
from instrument_net.recognition.decoding import decoded
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.file_windows import Length, Part, Window, Windowing, WindowReader
from instrument_net.recognition.recogniser import Recogniser


def predict_files(
    recogniser: Recogniser,
    paths: Iterable[str | Path],
    *,
    windowing: Windowing = "slide",
    batch_size: int = 16,
    with_vectors: bool = False,
    workers: int = 0,
) -> Generator[FilePrediction, None, None]:
    """Classify files, batched over their windows, and yield them in order.

    Windows of several files share a batch. A result is yielded as soon as the network has read all
    its windows; nothing is kept of it.

    Args:
        recogniser: Waveforms -> probabilities; used as it is, on the device where it is.
        paths: Audio files.
        windowing: ``slide``: windows over the whole file, overlapping by half; ``whole``: the file
            as one clip, cut where the front end's length ends, as in training.
        batch_size: Windows a forward pass.
        with_vectors: Also return what the output layer reads of each window.
        workers: Processes that decode files while the network works; 0: none, files are decoded
            between two batches. Each imports PyTorch; the script that calls this needs the usual
            ``if __name__ == "__main__":`` then.

    Yields:
        One result a file. A file that cannot be read has an ``error`` and disturbs no other; one in
        which nothing sounds is silent and has no class. With workers, that holds for a file, too,
        on which a decoder hangs or ends.

    Raises:
        InputError: If ``windowing`` is unknown, ``workers`` is negative, or none can be started.

    >>> recogniser = Recogniser.from_checkpoint("best.ckpt")
    >>> for result in predict_files(recogniser, ["clip.wav", "none.wav"]):
    ...     print(result.path, len(result.windows), result.error)
    clip.wav 1 None
    none.wav 0 none.wav: no such file
    """
    if workers < 0:
        raise InputError(f"workers must be at least 0, got {workers}")
    reader = WindowReader(
        recogniser.front_end.sample_rate_hz, recogniser.front_end.num_samples, windowing
    )
    batch = _Batch(recogniser, batch_size, with_vectors=with_vectors)
    waiting: list[FilePrediction] = []  # in order; all but the last have all their windows queued
    with closing(decoded(reader, paths, workers=workers, windows_ahead=2 * batch_size)) as each:
        for path, parts in each:
            result = FilePrediction(
                path,
                recogniser.class_names,
                window_s=recogniser.duration_s,
                certainty=recogniser.certainty,
            )
            waiting.append(result)
            try:
                for part in parts:
                    _note(result, part)
                    if isinstance(part, Window) and part.waveform is not None:
                        batch.add(result, part.waveform)
            except AudioError as error:
                result.error = str(error)
                result.forget()
                batch.forget(result)
            while waiting and _is_done(waiting[0]):
                yield waiting.pop(0)
    batch.run()
    yield from waiting


class _Batch:
    """Windows of one or more files that the network reads together."""

    def __init__(self, recogniser: Recogniser, size: int, *, with_vectors: bool) -> None:
        self._recogniser = recogniser
        self._size = size
        self._with_vectors = with_vectors
        self._queue: list[tuple[FilePrediction, np.ndarray]] = []

    def add(self, result: FilePrediction, waveform: np.ndarray) -> None:
        self._queue.append((result, waveform))
        if len(self._queue) == self._size:
            self.run()

    def forget(self, result: FilePrediction) -> None:
        self._queue = [item for item in self._queue if item[0] is not result]

    def run(self) -> None:
        """Give every window that is queued its probabilities."""
        if not self._queue:
            return
        recogniser = self._recogniser
        waveforms = torch.from_numpy(np.stack([waveform for _, waveform in self._queue]))
        device = next(recogniser.parameters()).device
        with torch.inference_mode():
            inputs = recogniser.front_end(waveforms.to(device))
            probabilities = recogniser.classify(*inputs).cpu()
            vectors = recogniser.embedding(*inputs).cpu() if self._with_vectors else None
        for k, (result, _) in enumerate(self._queue):
            # A row of its own: a view would keep the whole batch.
            result.windows.append(probabilities[k].clone())
            if vectors is not None:
                result.vectors.append(vectors[k].clone())
        self._queue = []


def _is_done(result: FilePrediction) -> bool:
    return result.error is not None or len(result.windows) == len(result.start_s)


def _note(result: FilePrediction, part: Part) -> None:
    """Fill in what a part says beside probabilities."""
    if isinstance(part, Length):
        result.duration_s = part.duration_s
    elif not isinstance(part, Window):
        result.notes += part.notes
    elif part.waveform is None:
        result.silent_s.append(part.start_s)
    else:
        result.start_s.append(part.start_s)
        if part.level is not None:
            result.levels.append(part.level)
