"""Weights with their card: what they were trained on, how good, what the licences ask."""

import pandas as pd
import pytest
from small_recogniser import save_checkpoint, small_recogniser

from instrument_net.calibrate.keeping import keep_certainty
from instrument_net.card.__main__ import main
from instrument_net.card.sources import licensed_sources
from instrument_net.errors import InputError
from instrument_net.recognition.certainty import Certainty
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.run_folder import RunFolder

SOURCES = """source,work,licence,attribution,copyright,note
attic,Attic Tapes,CC-BY-4.0,"Attic | Tapes by A, CC BY 4.0",,
bank,Bank,MIT,"Bank by B, MIT",Copyright (c) 2001 B,
other,Other,MIT,"Other by C, MIT",Copyright (c) 2002 C,
"""
MEASURED = {
    "n_clips": 60,
    "n_sources": 3,
    "scores": {"macro_recall": 0.5},
    "intervals": {"macro_recall": [0.4, 0.6]},
    "classes": {"flute": {"recall": 0.25, "n_clips": 30}, "oboe": {"recall": 0.75, "n_clips": 30}},
    "calibration_error": {"as predicted": 0.2, "scaled": 0.1},
    "sets": {"0.9": {"coverage": 0.91, "mean_size": 1.5}},
    "unsure": 0.05,
}


@pytest.fixture
def sources(tmp_path):
    path = tmp_path / "sources.csv"
    path.write_text(SOURCES)
    return path


@pytest.fixture
def run(tmp_path):
    run = RunFolder(tmp_path / "run")
    run.best_checkpoint.parent.mkdir(parents=True)
    save_checkpoint(small_recogniser(), run.best_checkpoint)
    keep_certainty(run.best_checkpoint, Certainty(1.5, {0.9: 0.1}, 0.2, "60 clips", MEASURED))
    rows = [
        ("1.wav", "attic", "train", "", "aa"), ("2.wav", "attic", "validation", "", "bb"),
        ("3.wav", "attic", "test", "", "cc"), ("4.wav", "bank+other", "train", "soundfont", "dd"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["path", "source", "split", "extra", "digest"])
    run.splits.write_text(table.assign(label="flute").to_csv())
    return run


def written(run, sources, tmp_path):
    out = tmp_path / "out/best.safetensors"
    assert main([str(run.path), "--sources", str(sources), "--out", str(out)]) == 0
    return out


def test_weights_are_written_with_what_is_known_of_them(run, sources, tmp_path):
    recogniser = Recogniser.from_checkpoint(written(run, sources, tmp_path))
    assert recogniser.card["summary"] == (
        "trained on 2 recordings of 1 sources and 1 notes of SoundFonts; on sources that they were "
        "not trained on, such networks have a macro recall of 0.50 over 2 classes"
    )
    assert recogniser.card["clips"] == ["aa", "bb", "dd"]  # not the one that was only tested
    assert recogniser.certainty.measured == MEASURED
    assert str(tmp_path) not in str(recogniser.card)


def test_the_card_beside_them_is_the_one_that_they_hold(run, sources, tmp_path, capsys):
    out = written(run, sources, tmp_path)
    page = out.with_suffix(".md").read_text()
    capsys.readouterr()
    assert main([str(out)]) == 0
    assert capsys.readouterr().out == page
    for line in (
        "| attic | 2 | CC-BY-4.0 | Attic \\| Tapes by A, CC BY 4.0 |",
        "| bank | 1 | MIT | Bank by B, MIT |",
        "| macro recall | 0.500 | 0.400 to 0.600 |",
        "| oboe | 0.75 | 30 |",
        "Bank: Copyright (c) 2001 B",
        "Other: Copyright (c) 2002 C",
        "CC-BY-4.0: creativecommons.org/licenses/by/4.0.",
    ):
        assert line in page.splitlines()
    assert "Permission is hereby granted, free of charge" in page
    assert "Apache" not in page  # no source of it


def test_without_licence_scores_or_run_folder_nothing_is_written(run, sources, tmp_path, capsys):
    out = tmp_path / "best.safetensors"
    lone = tmp_path / "x/y/lone.ckpt"
    lone.parent.mkdir(parents=True)
    lone.write_bytes(run.best_checkpoint.read_bytes())
    plain = save_checkpoint(small_recogniser(), tmp_path / "plain.ckpt")
    cases = [
        (run.path, SOURCES.replace("bank,", "b,"), "no row for the source bank+other"),
        (run.path, SOURCES.replace("attic,", "a,"), "no row for the source attic"),
        (run.path, SOURCES.replace("CC-BY-4.0", ""), "the source attic has no licence"),
        (run.path, SOURCES.replace("Copyright (c) 2001 B", ""), "bank has no copyright"),
        (run.path, "source,work\n", "without licence"),
        (run.path, SOURCES + "bank,B,MIT,b,c,\n", "bank has two rows"),
        (lone, SOURCES, "what it was trained on is not known"),
        (plain, SOURCES, "nothing is known of its scores on unseen sources"),
    ]
    cases[0] = (run.path, SOURCES.replace("bank,", "b,"), "no row for the source bank")
    for checkpoint, table, said in cases:
        sources.write_text(table)
        assert main([str(checkpoint), "--sources", str(sources), "--out", str(out)]) == 2
        err = capsys.readouterr().err
        assert said in err, err
        assert len(err.splitlines()) == 1
        assert not out.exists()


def test_what_has_no_card_is_named(run, capsys):
    assert main([str(run.path)]) == 2
    assert "best.ckpt: has no card; " in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(run.path), "--out", "x.safetensors"])
    assert "--out and --sources come together" in capsys.readouterr().err


def test_clips_without_a_source_have_no_card(sources):
    clips = pd.DataFrame({"source": ["attic", ""]})
    with pytest.raises(InputError, match="no source each"):
        licensed_sources(clips, sources)
