"""SoundFonts made in code: RIFF sfbk with INFO, sdta and pdta, by the specification."""

import io
import struct
from dataclasses import dataclass, field

import numpy as np
import soundfile

RATE = 22_050
KEYS, SUSTAIN, INSTRUMENT, SAMPLE, MODES, ROOT, COARSE = 43, 37, 41, 53, 54, 58, 51
MONO, RIGHT, LEFT, COMPRESSED, ROM = 1, 2, 4, 0x10, 0x8000


def tone(pitch, *, duration_s=0.4, seed=0):
    """Return a note of eight partials with a little noise, int16."""
    time_s = np.arange(round(duration_s * RATE)) / RATE
    f0 = 440 * 2 ** ((pitch - 69) / 12)
    sound = sum(np.sin(2 * np.pi * k * f0 * time_s + seed * k) / k for k in range(1, 9))
    noise = np.random.default_rng(seed).normal(0, 0.01, len(time_s))
    return np.round((sound + noise) * 8000).astype(np.int16)


@dataclass
class Sample:
    pcm: np.ndarray
    root: int
    name: str = "a sample"
    kind: int = MONO
    link: int = 0
    correction: int = 0
    loop: tuple = (0, 0)
    rate: int = RATE
    low: np.ndarray | None = None


@dataclass
class Preset:
    program: int
    samples: list  # of numbers, or (number, {generator: amount})
    name: str = "a preset"
    bank: int = 0
    settings: dict = field(default_factory=dict)  # of the instrument's global zone


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def lists(name, *chunks):
    return chunk(b"LIST", name + b"".join(chunks))


def soundfont(samples, presets, *, compressed=False, bits=16, lost_low_bytes=0):
    """Return the bytes of a bank in which each preset has one instrument of one zone a sample."""
    waves, headers = b"", b""
    low = b""
    for sample in samples:
        body = sample.pcm.astype("<i2").tobytes()
        first = len(waves) // 2
        if compressed:
            file = io.BytesIO()
            soundfile.write(file, sample.pcm, sample.rate, format="OGG", subtype="VORBIS")
            first, end = len(waves), len(waves) + len(file.getvalue())
            waves += file.getvalue()
            loop = sample.loop
        else:
            end = first + len(sample.pcm)
            waves += body + bytes(2 * 46)
            fine = np.zeros(len(sample.pcm), np.uint8) if sample.low is None else sample.low
            low += fine.tobytes() + bytes(46)
            loop = first + sample.loop[0], first + sample.loop[1]
        kind = sample.kind | (COMPRESSED if compressed else 0)
        headers += struct.pack(
            "<20sIIIIIBbHH", sample.name.encode(), first, end, *loop, sample.rate, sample.root,
            sample.correction, sample.link, kind,
        )  # fmt: skip
    headers += struct.pack("<20s", b"EOS") + bytes(26)
    phdr = pbag = pgen = inst = ibag = igen = b""
    n_zones = n_generators = 0
    for number, preset in enumerate(presets):
        where = struct.pack("<HHH", preset.program, preset.bank, number)
        phdr += struct.pack("<20s", preset.name.encode()) + where + bytes(12)
        pbag += struct.pack("<HH", number, 0)
        pgen += struct.pack("<HH", INSTRUMENT, number)
        inst += struct.pack("<20sH", b"an instrument", n_zones)
        zones = [list(preset.settings.items())] if preset.settings else []
        for entry in preset.samples:
            sample, own = entry if isinstance(entry, tuple) else (entry, {})
            zones.append([*own.items(), (SAMPLE, sample)])
        for zone in zones:
            ibag += struct.pack("<HH", n_generators, 0)
            igen += b"".join(struct.pack("<HH", *one) for one in zone)
            n_generators += len(zone)
            n_zones += 1
    phdr += struct.pack("<20sHHH", b"EOP", 0, 0, len(presets)) + bytes(12)
    pbag += struct.pack("<HH", len(presets), 0)
    inst += struct.pack("<20sH", b"EOI", n_zones)
    ibag += struct.pack("<HH", n_generators, 0)
    end = bytes(4)
    sdta = [chunk(b"smpl", waves)] + (
        [chunk(b"sm24", low[: len(low) - lost_low_bytes])] if bits == 24 else []
    )
    body = b"sfbk" + lists(b"INFO", chunk(b"ifil", struct.pack("<HH", 2, 4)))
    body += lists(b"sdta", *sdta)
    body += lists(
        b"pdta",
        chunk(b"phdr", phdr), chunk(b"pbag", pbag), chunk(b"pmod", bytes(10)),
        chunk(b"pgen", pgen + end), chunk(b"inst", inst), chunk(b"ibag", ibag),
        chunk(b"imod", bytes(10)), chunk(b"igen", igen + end), chunk(b"shdr", headers),
    )  # fmt: skip
    return chunk(b"RIFF", body)
