"""Short valid files of every format that can be written here."""

from __future__ import annotations

import io

import numpy as np
import soundfile

_RATES_HZ = (44_100, 8_000, 48_000, 16_000, 22_050)
_CHANNELS = (1, 2, 1, 6)
_LENGTH_S = 0.4
_WRITTEN_OTHERWISE = ("RAW", "SD2")  # without a header; with a second file beside it
# Container and codec, by FFmpeg's names, of what libsndfile does not read.
_CODECS = (
    ("ipod", "aac", 44_100), ("mov", "alac", 44_100), ("adts", "aac", 22_050),
    ("webm", "libopus", 48_000), ("asf", "wmav2", 44_100), ("wv", "wavpack", 44_100),
    ("tta", "tta", 44_100), ("mp4", "libmp3lame", 44_100), ("matroska", "pcm_s16le", 16_000),
)  # fmt: skip


def valid_files() -> list[tuple[str, bytes]]:
    """Return name and content of a short file of every format that is written and read here."""
    files = []
    for major in sorted(soundfile.available_formats().keys() - {*_WRITTEN_OTHERWISE}):
        for number, subtype in enumerate(soundfile.available_subtypes(major)):
            rate, channels = _RATES_HZ[number % 5], _CHANNELS[number % 4]
            for rate_hz, n_channels in ((rate, channels), (44_100, 1), (8_000, 1)):
                content = _encoded(major, subtype, rate_hz, n_channels)
                if content is not None:
                    files.append((f"{major} {subtype} {rate_hz} Hz x {n_channels}", content))
                    break
    return files + _of_codecs()


def _encoded(major: str, subtype: str, rate_hz: int, n_channels: int) -> bytes | None:
    time_s = np.arange(int(_LENGTH_S * rate_hz)) / rate_hz
    noise = 0.05 * np.random.default_rng(0).standard_normal((len(time_s), n_channels))
    tone = 0.5 * np.sin(2 * np.pi * 440 * time_s) * np.exp(-3 * time_s)
    try:
        return written(tone[:, None] + noise, rate_hz, major, subtype)
    except (soundfile.SoundFileError, ValueError, TypeError):  # not in this combination
        return None


def written(samples: np.ndarray, rate_hz: int, major: str, subtype: str) -> bytes:
    """Return the content of a file that can be read again, or raise."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format=major, subtype=subtype)
    content = file.getvalue()
    with soundfile.SoundFile(io.BytesIO(content)) as sound:
        if sound.read(always_2d=True).shape[1] != samples.shape[1]:
            raise ValueError("written in another way than it is read")
    return content


def _of_codecs() -> list[tuple[str, bytes]]:
    """Return files that PyAV writes; none without the extra."""
    try:
        import av
    except ImportError:
        return []
    files = []
    for container, codec, rate_hz in _CODECS:
        time_s = np.arange(int(_LENGTH_S * rate_hz)) / rate_hz
        tone = 0.5 * np.sin(2 * np.pi * 440 * time_s[None]).astype(np.float32)
        file = io.BytesIO()
        with av.open(file, "w", format=container) as output:
            stream = output.add_stream(codec, rate=rate_hz, options={}, layout="mono")
            assert isinstance(stream, av.AudioStream)
            stream.bit_rate = 128_000
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate = rate_hz
            for packet in (*stream.encode(frame), *stream.encode(None)):
                output.mux(packet)
        files.append((f"{container} {codec} {rate_hz} Hz x 1", file.getvalue()))
    return files
