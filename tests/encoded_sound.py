"""Sounds in containers that libsndfile does not write, by PyAV's encoders."""

import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from instrument_net.audio import open_sound

RATE_HZ = 48_000
LENGTH_S = 3
LAYOUTS = {1: "mono", 2: "stereo"}


class Kind(NamedTuple):
    """How a sound is encoded, and whether its container says to the sample where it is."""

    container: str | None
    to_the_sample: bool


# codec.ending
KINDS = {
    "aac.m4a": Kind(None, True),
    "alac.m4a": Kind(None, True),
    "libopus.mp4": Kind(None, True),
    "alac.caf": Kind("caf", True),
    "wavpack.wv": Kind(None, True),
    "tta.tta": Kind(None, True),
    "libopus.webm": Kind(None, False),
    "flac.mka": Kind(None, False),
    "aac.mka": Kind(None, False),
    "aac.aac": Kind("adts", False),
    "wmav2.wma": Kind("asf", False),
}


def sweep(channels=2):
    """Rising from 200 Hz, so that every moment sounds different."""
    time_s = np.arange(LENGTH_S * RATE_HZ) / RATE_HZ
    sound = 0.4 * np.sin(2 * np.pi * (200 + 300 * time_s) * time_s)
    return np.stack([sound, 0.5 * sound])[:channels]


def name_of(kind):
    return f"a.{kind.split('.')[1]}"


def write(folder, kind, samples=None, **options):
    """Write samples, or the sweep, in one of the kinds and return the path."""
    path, codec = folder / name_of(kind), kind.split(".")[0]
    samples = sweep() if samples is None else samples
    options["bit_rate"] = 128_000 if codec == "wmav2" else None
    encode(path, samples, RATE_HZ, codec, container=KINDS[kind].container, **options)
    return path


@cache
def sweep_in(kind):
    """Return the bytes of the sweep in one of the kinds."""
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder), kind).read_bytes()


def decoded(path, start=0, n_frames=None):
    with open_sound(path) as sound:
        return np.concatenate(list(sound.blocks(start, n_frames)))


def encode(
    path, samples, rate_hz, codec, *, container=None, bit_rate=None, options=None, title=None
):
    """Write float samples ``(channels, n)``."""
    import av

    layout = LAYOUTS[len(samples)]
    with av.open(str(path), "w", format=container, options=options or {}) as file:
        if title is not None:
            file.metadata["title"] = title
        stream = file.add_stream(codec, rate=rate_hz, layout=layout)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples, np.float32), format="fltp", layout=layout
        )
        frame.sample_rate, frame.pts = rate_hz, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)


def encode_pictures(path, samples=None, rate_hz=44_100, *, n_pictures=10):
    """Write a film of 10 pictures a second, silent or with sound in AAC."""
    import av

    with av.open(str(path), "w") as file:
        film = file.add_stream("mpeg4", rate=10)
        film.width = film.height = 32
        film.pix_fmt = "yuv420p"
        sound = None if samples is None else file.add_stream("aac", rate=rate_hz, layout="mono")
        packets = []
        for k in range(n_pictures):
            picture = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 20 * k % 255, np.uint8))
            picture.pts = k
            packets += film.encode(picture)
        packets += film.encode(None)
        if sound is not None:
            frame = av.AudioFrame.from_ndarray(np.float32(samples), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate_hz, 0
            packets += [*sound.encode(frame), *sound.encode(None)]
        for packet in packets:
            file.mux(packet)
