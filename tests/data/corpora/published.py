"""Small copies of published corpora: their layout, metadata and names, with sines as audio."""

from __future__ import annotations

import csv
import json

import numpy as np
import soundfile


def write_sine(path, frequency_hz=440.0, duration_s=0.3, sample_rate_hz=16_000):
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(int(duration_s * sample_rate_hz)) / sample_rate_hz
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * frequency_hz * time_s), sample_rate_hz)


def write_csv(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_nsynth(folder):
    """Two families in each split, and one that is trained only; notes of two instruments each."""
    frequency_hz = 200.0
    families = {"train": ("flute", "guitar", "synth_lead"), "valid": ("flute", "guitar"),
                "test": ("flute", "guitar")}  # fmt: skip
    for split, names in families.items():
        notes = {}
        for family in names:
            for number in {"train": (1, 2), "valid": (3,), "test": (3,)}[split]:
                for pitch in (60, 72) if split != "test" else (65,):
                    frequency_hz += 10
                    instrument = f"{family}_acoustic_{number:03}"
                    note = f"{instrument}-{pitch:03}-100"
                    notes[note] = {
                        "note": 1, "note_str": note, "instrument": 1, "instrument_str": instrument,
                        "pitch": pitch, "velocity": 100, "sample_rate": 16_000,
                        "qualities": [0] * 10, "qualities_str": ["bright", "reverb"],
                        "instrument_family": 2, "instrument_family_str": family,
                        "instrument_source": 0, "instrument_source_str": "acoustic",
                    }  # fmt: skip
                    write_sine(folder / f"nsynth-{split}/audio/{note}.wav", frequency_hz)
        (folder / f"nsynth-{split}/examples.json").write_text(json.dumps(notes))
    return folder


TINYSOL_HEADER = (
    "Path,Fold,Family,Instrument (abbr.),Instrument (in full),Technique (abbr.),"
    "Technique (in full),Pitch,Pitch ID,Dynamics,Dynamics ID,Instance ID,"
    "String ID (if applicable),Needed digital retuning"
)


def write_tinysol(folder):
    """Two instruments, each with a note in each of the five folds."""
    rows = []
    for family, short, name in (("Winds", "Fl", "Flute"), ("Brass", "TpC", "Trumpet in C")):
        for fold, (pitch, number) in enumerate([("C4", 60), ("D4", 62), ("E4", 64), ("F4", 65),
                                                ("G4", 67)]):  # fmt: skip
            path = f"{family}/{name.replace(' ', '_')}/ordinario/{short}-ord-{pitch}-mf-N-N.wav"
            rows.append([path, fold, family, short, name, "ord", "ordinario", pitch, number, "mf",
                         2, 0, "", "FALSE"])  # fmt: skip
            write_sine(folder / "TinySOL2020" / path, 300 + 10 * len(rows))
    write_csv(folder / "TinySOL_metadata.csv", TINYSOL_HEADER.split(","), rows)
    return folder


ORCHIDEASOL_HEADER = (
    "Path,Fold,Family (abbr.),Family (in full),Instrument (abbr.),Instrument (in full),"
    "Technique (abbr.),Technique (in full),Pitch,Pitch ID (if applicable),Dynamics,"
    "Dynamics ID (if applicable),Instance ID,Mute (abbr.),Mute (in full),"
    "String ID (if applicable),Needed digital retuning"
)


def write_orchideasol(folder):
    """A bass and a flute: ordinary notes in each fold, a mute, and a whistle without pitch."""
    rows = []
    for fold in range(5):
        rows += [
            [f"Strings/Contrabass/ordinario/Cb-ord-A{fold}-mf-1c-N.wav", fold, "Strings",
             "Violin Family", "Cb", "Contrabass", "ord", "ordinario", f"A{fold}",
             f"{33 + 12 * fold}.0", "mf", "2.0", "0.0", "N", "None", "1.0", "FALSE"],
            [f"Winds/Flute/ordinario/Fl-ord-C{fold}-mf-N-T14d.wav", fold, "Winds", "Woodwinds",
             "Fl", "Flute", "ord", "ordinario", f"C{fold}", f"{24 + 12 * fold}.0", "mf", "2.0",
             "0.0", "N", "None", "", "TRUE"],
        ]  # fmt: skip
    rows += [
        ["Strings/Contrabass+sordina/ordinario/Cb+S-ord-A2-mf-1c-N.wav", 2, "Strings",
         "Violin Family", "Cb", "Contrabass", "ord", "ordinario", "A2", "45.0", "mf", "2.0", "0.0",
         "S", "Sordina", "1.0", "FALSE"],
        ["Winds/Flute/jet_whistle/Fl-jet_wh-N-N-N-N.wav", 2, "Winds", "Woodwinds", "Fl", "Flute",
         "jet_wh", "jet_whistle", "N", "", "N", "", "0.0", "N", "None", "", "FALSE"],
    ]  # fmt: skip
    for number, row in enumerate(rows):
        write_sine(folder / row[0], 300 + 10 * number)
    write_csv(folder / "OrchideaSOL_metadata.csv", ORCHIDEASOL_HEADER.split(","), rows)
    return folder


def write_medley_solos_db(folder):
    """Two instruments, one of two words, in each subset; two clips of each song."""
    rows = []
    for song, subset in enumerate(["training", "training", "validation", "test"]):
        for number, name in ((1, "distorted electric guitar"), (3, "flute")):
            for clip in range(2):
                uuid = f"{song}7b1fc0-567d-52c2-fef4-{number}{clip}f31c9d40e"
                rows.append([subset, name, number, 200 + 10 * song + number, uuid])
                write_sine(
                    folder / f"Medley-solos-DB_{subset}-{number}_{uuid}.wav", 300 + 10 * len(rows)
                )
    header = ["subset", "instrument", "instrument_id", "song_id", "uuid4"]
    write_csv(folder / "Medley-solos-DB_metadata.csv", header, rows)
    return folder


IRMAS_NAMES = (
    "cel/008__[cel][nod][cla]0058__1.wav",
    "cel/008__[cel][nod][cla]0058__2.wav",
    "cel/012__[cel][nod][cla]0043__1.wav",
    "cel/013__[cel][nod][cla]0044__1.wav",
    "cel/014__[cel][nod][cla]0045__1.wav",
    "sax/094__[sax][dru][jaz_blu]1703__3.wav",
    "sax/094__[sax][dru][jaz_blu]1704__1.wav",
    "sax/094__[sax][dru][jaz_blu]1705__1.wav",
    "sax/[sax][pop_roc]1706__1.wav",
)


def write_irmas(folder):
    """Songs of two classes; the test part lies beside and is not to be read."""
    for number, name in enumerate(IRMAS_NAMES):
        write_sine(folder / "IRMAS-TrainingData" / name, 300 + 10 * number)
    write_sine(folder / "IRMAS-TestingData-Part1/Part1/01 - Song-0.wav")
    return folder
