"""Broken audio: files of every format that libsndfile and FFmpeg write, damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import torch

from benchmarks.fuzz.damage import damaged
from benchmarks.fuzz.recogniser import check_probabilities, small_recogniser
from benchmarks.fuzz.trial import Trial, WrongResultError
from benchmarks.fuzz.valid_audio import valid_files, written
from instrument_net.audio import load_waveform
from instrument_net.data.store import WaveformStore
from instrument_net.errors import InputError
from instrument_net.files import AUDIO_SUFFIXES
from instrument_net.recognition.files import predict_files

_ENDINGS = (*sorted(AUDIO_SUFFIXES), ".raw", ".txt", "", ".WAV", ".w64", ".caf")
# Values that a float file can hold and a recording cannot.
_NO_SAMPLES = (np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45, 1e300)
_NUM_SAMPLES = 265_216


class AudioCases:
    """Files of all formats, and what becomes of them.

    Args:
        folder: Not used: the valid files are kept in memory.
    """

    def __init__(self, folder: Path) -> None:
        del folder
        self._valid = dict(valid_files())
        self._recogniser = small_recogniser()

    def trial(self, random: Random, folder: Path) -> Trial:
        """Return a damaged file; one in 25 is as it was, or holds what is no sample."""
        name = random.choice(tuple(self._valid))
        content, how = self._valid[name], "as it is"
        draw = random.random()
        if draw < 0.04:
            name, content = _with_no_samples(random)
            how = "no samples"
        elif draw > 0.05:
            other = self._valid[random.choice(tuple(self._valid))]
            content, how = damaged(content, other, random)
        ending = f".{name.split()[0].lower()}" if random.random() < 0.7 else random.choice(_ENDINGS)
        path = folder / f"sound{ending}"
        path.write_bytes(content)
        start_s = random.choice((0.0, 0.0, 0.0, 0.1, 0.3, 1.0))
        duration_s = random.choice((None, None, 0.2, 5.0))
        calls: tuple[tuple[str, Callable[[], object]], ...] = (
            ("load_waveform", lambda: _load(path, start_s, duration_s)),
            ("WaveformStore", lambda: _store(path, folder / "store")),
            ("predict_files", lambda: self._predict(path)),
        )
        if how == "as it is" and ending != ".raw":
            calls = (("load_waveform", lambda: _load_valid(path)), *calls)
        return Trial(f"{name}: {how}", [str(path)], calls)

    def _predict(self, path: Path) -> None:
        (result,) = predict_files(self._recogniser, [path])
        if result.error is not None:
            raise InputError(result.error)
        if not result.is_silent:
            n_classes = len(self._recogniser.class_names)
            check_probabilities(torch.stack(result.windows), n_classes)


def _with_no_samples(random: Random) -> tuple[str, bytes]:
    major, subtype = random.choice(("WAV", "AIFF", "CAF", "AU")), random.choice(("FLOAT", "DOUBLE"))
    generator = np.random.default_rng(random.randrange(2**32))
    samples = 0.1 * generator.standard_normal((8_000, random.choice((1, 2))))
    for _ in range(random.choice((1, 3, 100))):
        samples[random.randrange(len(samples))] = random.choice(_NO_SAMPLES)
    with np.errstate(over="ignore"):
        return f"{major} {subtype}", written(samples, 44_100, major, subtype)


def _load(path: Path, start_s: float, duration_s: float | None) -> None:
    _check_waveform(load_waveform(path, start_s=start_s, duration_s=duration_s))


def _load_valid(path: Path) -> None:
    try:
        waveform = load_waveform(path)
    except InputError as error:
        raise WrongResultError(f"a valid file was refused: {error}") from error
    _check_waveform(waveform)
    if not waveform.any():
        raise WrongResultError("a valid file is silent")


def _check_waveform(waveform: torch.Tensor) -> None:
    if waveform.shape != (_NUM_SAMPLES,) or waveform.dtype != torch.float32:
        raise WrongResultError(f"a waveform of shape {tuple(waveform.shape)}, {waveform.dtype}")
    if not torch.isfinite(waveform).all():
        raise WrongResultError("samples that are not finite")
    peak = float(waveform.abs().max())
    if peak not in (0.0, 1.0):
        raise WrongResultError(f"a peak of {peak}")


def _store(path: Path, folder: Path) -> None:
    table = pd.DataFrame({"path": [str(path)], "start_s": [0.0], "duration_s": [float("nan")]})
    store = WaveformStore(table, folder, sample_rate_hz=44_100, num_samples=30_000)
    if len(store.rejected):
        raise InputError(store.rejected["reason"].iloc[0])
    peak = int(store.batch([0]).abs().max())
    if not 0 < peak <= 32_767:
        raise WrongResultError(f"a peak of {peak} in the store")
