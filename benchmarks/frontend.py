"""Front end: ours and librosa, computing the same quantities of the same clips on one core."""

from __future__ import annotations

from typing import Any

from benchmarks.contest import Contender, Work, compete
from benchmarks.results import benchmark_parser, publish
from benchmarks.turns import front_end_turn


def build_ours(*, batch_size: int, threads: int | None, seconds: float | None = None) -> Work:
    """Return a turn through our front end.

    Args:
        batch_size: Clips per turn.
        threads: How many; ``None``: as many as there are cores.
        seconds: After which each clip is silent; ``None``: it sounds to its end.
    """
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()
    import torch

    from instrument_net.frontend import FrontEnd

    if threads:
        torch.set_num_threads(threads)
    waveforms = torch.from_numpy(_waveforms(batch_size))
    if seconds:
        waveforms[:, round(seconds * 44_100) :] = 0
    return front_end_turn(FrontEnd(), waveforms)


def build_librosa(*, batch_size: int, share_transform: bool) -> Work:
    """Return a turn through librosa, clip by clip.

    Args:
        batch_size: Clips per turn.
        share_transform: Compute one transform for everything, and every sum directly; otherwise
            pass the waveform to librosa's function of each name, as its users do.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    import librosa
    import numpy as np
    import scipy.fft

    waveforms = _waveforms(batch_size)
    stft: dict[str, Any] = {"n_fft": 4096, "hop_length": 1024, "center": False}
    mel = librosa.filters.mel(
        sr=44_100, n_fft=4096, n_mels=40, fmax=559 * 44_100 / 4096, htk=True, norm=None
    )[:, :560]

    def spectrogram(x: np.ndarray) -> np.ndarray:
        power: np.ndarray = np.abs(librosa.stft(x, **stft)[:560]) ** 2
        np.clip((librosa.power_to_db(power, ref=np.max, top_db=80.0) + 80) / 80, 0, 1)
        return power

    def shared(x: np.ndarray) -> None:
        power = spectrogram(x)
        np.sqrt(np.mean(x**2))
        librosa.zero_crossings(x, pad=False).mean()
        [x[:-k] @ x[k:] / np.sqrt((x[:-k] @ x[:-k]) * (x[k:] @ x[k:])) for k in range(1, 5)]
        energies = mel @ power.mean(axis=1)
        scipy.fft.dct(np.log(np.maximum(energies, 1e-8 * energies.max())), norm="ortho")
        librosa.feature.spectral_centroid(
            S=power, freq=librosa.fft_frequencies(sr=44_100, n_fft=4096)[:560]
        ).mean()

    def separate(x: np.ndarray) -> None:
        spectrogram(x)
        librosa.feature.rms(y=x).mean()
        librosa.feature.zero_crossing_rate(x).mean()
        librosa.autocorrelate(x, max_size=5)
        librosa.feature.mfcc(y=x, sr=44_100, n_mfcc=13, n_mels=40, **stft).mean(axis=1)
        librosa.feature.spectral_centroid(y=x, sr=44_100, **stft).mean()

    one = shared if share_transform else separate

    def work() -> int:
        for x in waveforms:
            normalised = x / np.abs(x).max()
            np.abs(normalised) @ np.arange(x.size) / np.abs(normalised).sum() / 44_100
            one(normalised)
        return batch_size

    return work


def _waveforms(batch_size: int):  # type: ignore[no-untyped-def]  # numpy only in the worker
    import numpy as np

    rng = np.random.default_rng(0)
    return 0.1 * rng.standard_normal((batch_size, 265_216), dtype=np.float32)


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=7)
    parser.add_argument("--batch-size", type=int, default=16, help="clips per turn")
    arguments = parser.parse_args()
    size = {"batch_size": arguments.batch_size}
    table = compete(
        [
            Contender("ours, one core", build_ours, {**size, "threads": 1}),
            Contender("ours, all cores", build_ours, {**size, "threads": None}),
            Contender(
                "ours, one core, clips of 2 s", build_ours, {**size, "threads": 1, "seconds": 2.0}
            ),
            Contender(
                "librosa, one transform, one core", build_librosa, {**size, "share_transform": True}
            ),
            Contender(
                "librosa, function by function, one core",
                build_librosa,
                {**size, "share_transform": False},
            ),
        ],
        repeats=arguments.repeats,
    )
    together = 1 / table["ratio"].get("ours, all cores", float("nan"))
    notes = [
        f"All cores are {together:.2f} times as fast as one (goal: at least 1.8 on two cores).",
        "goal: librosa takes at least 8 times as long as ours, core against core.",
    ]
    publish("frontend", table, notes=notes, results=arguments.results)


if __name__ == "__main__":
    main()
