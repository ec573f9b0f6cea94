"""Small copies of sample libraries and of clips of music, in their layout, with sines as audio."""

from __future__ import annotations

import json

import numpy as np
import soundfile
from published import write_csv, write_sine


def write_good_sounds(folder):
    """A flute of three players and an oboe of one, who play three notes each."""
    sounds, takes, packs = {}, {}, {}
    players = [("flute", "almudena"), ("flute", "josep"), ("flute", "irene"), ("oboe", "marta")]
    for pack, (instrument, player) in enumerate(players, start=1):
        name = f"{instrument}_{player}_reference"
        packs[str(pack)] = {"id": pack, "name": name, "description": "Play reference notes"}
        for note in ("C", "D#", "A"):
            number = len(sounds) + 1
            sounds[str(number)] = {
                "id": number, "instrument": instrument, "note": note, "octave": 4,
                "dynamics": "mf", "player": player, "pack_id": pack, "klass": "good-sound",
                "semitone": 48,
            }  # fmt: skip
            file = f"sound_files/{name}/akg/{number:04}.wav"
            takes[str(number)] = {
                "id": number, "microphone": "akg", "filename": file, "sound_id": number,
            }  # fmt: skip
            write_sine(folder / "good-sounds" / file, 300 + 10 * number)
    for name, table in {"sounds": sounds, "takes": takes, "packs": packs}.items():
        (folder / f"{name}.json").write_text(json.dumps(table))
    return folder


def write_philharmonia(folder):
    """Two instruments with four pitches each, as mp3."""
    for instrument in ("french-horn", "viola"):
        for number, note in enumerate(("C4", "Cs4", "D4", "Ds4")):
            path = folder / f"all-samples/{instrument}/{instrument}_{note}_1_forte_normal.mp3"
            path.parent.mkdir(parents=True, exist_ok=True)
            time_s = np.arange(22_050) / 44_100
            sine = 0.3 * np.sin(2 * np.pi * (300 + 20 * number + len(instrument)) * time_s)
            soundfile.write(path, sine, 44_100, format="MP3")
    return folder


def write_run(path, n_notes, lowest_hz=220.0, gap_s=0.3):
    """Write an aiff of notes that rise by semitones, 0.4 s each, with silence between them."""
    rate_hz = 16_000
    sounds = [np.zeros(rate_hz // 4)]
    for step in range(n_notes):
        time_s = np.arange(round(0.4 * rate_hz)) / rate_hz
        fade = np.minimum(np.minimum(time_s, time_s[-1] - time_s) / 0.02, 1)
        sounds.append(0.4 * fade * np.sin(2 * np.pi * lowest_hz * 2 ** (step / 12) * time_s))
        sounds.append(np.zeros(round(gap_s * rate_hz)))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.concatenate(sounds), rate_hz, format="AIFF")


def write_iowa_mis(folder):
    """Two instruments, each with two runs of three notes and two single notes."""
    for number, instrument in enumerate(("Tuba", "BbClar")):
        lowest_hz = 200 + 50 * number
        write_run(folder / f"MIS/{instrument}.ff.C3D3.aiff", 3, lowest_hz)
        write_run(folder / f"MIS/{instrument}.ff.C4D4.aiff", 3, 2 * lowest_hz)
        write_run(folder / f"2014/{instrument}.mf.A4.stereo.aif", 1, 3 * lowest_hz)
        write_run(folder / f"2014/{instrument}.mf.Bb4.stereo.aif", 1, 3.1 * lowest_hz)
    return folder


def write_openmic(folder):
    """Two instruments, each with four clips to train on and two to test, of as many artists."""
    root = folder / "openmic-2018"
    keys = [f"{number:06}_3840" for number in range(12)]
    answers = [(key, ("organ", "voice")[n % 2], 1.0, 3) for n, key in enumerate(keys)]
    for number, key in enumerate(keys):
        path = root / f"audio/{key[:3]}/{key}.ogg"
        path.parent.mkdir(parents=True, exist_ok=True)
        sine = 0.3 * np.sin(2 * np.pi * (300 + 10 * number) * np.arange(22_050) / 44_100)
        soundfile.write(path, sine, 44_100)
    header = ["sample_key", "instrument", "relevance", "num_responses"]
    write_csv(root / "openmic-2018-aggregated-labels.csv", header, answers)
    tracks = [(int(key[:6]), f"artist {n}", key, 3.84) for n, key in enumerate(keys)]
    columns = ["track_id", "artist_id", "sample_key", "start_time"]
    write_csv(root / "openmic-2018-metadata.csv", columns, tracks)
    (root / "partitions").mkdir()
    (root / "partitions/split01_train.csv").write_text("\n".join([*keys[:8], ""]))
    (root / "partitions/split01_test.csv").write_text("\n".join([*keys[8:], ""]))
    return folder
