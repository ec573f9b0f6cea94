"""Tables that map and drop labels: how they are read, and which are shipped."""

import re

import pandas as pd
import pytest
from conftest import REAL_CORPUS, needs_real_corpus

from instrument_net.configuration import CONF_DIR
from instrument_net.data.label_table import LabelTable, LabelTableError

FAMILIES = {"bass", "brass", "flute", "guitar", "keyboard", "mallet", "organ", "reed", "string",
            "synth_lead", "vocal"}  # fmt: skip
CLASSES = {"idiophones", "membranophones", "chordophones", "aerophones", "electrophones", "voice"}


def written(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "mine.yaml"


def test_labels_are_renamed_dropped_or_stay_as_they_are(tmp_path):
    table = LabelTable.read(written(tmp_path, "Flauto: flute\nno: noise\n01: one\nGong: null\n"))
    labels = ["flauto", "FLAUTO", "Flute", "no", "01", "gong", "oboe"]
    assert [table.name_of(label) for label in labels] == [
        "flute", "flute", "flute", "noise", "one", None, "oboe"
    ]  # fmt: skip
    assert table.unmatched(["flauto", "GONG", "oboe"]) == ["no", "01"]
    assert not table.shipped


def test_a_table_may_drop_all_that_it_does_not_name(tmp_path):
    table = LabelTable.read(written(tmp_path, "Flauto: flute\nothers: drop\n"))
    assert [table.name_of(label) for label in ("Flauto", "flute", "oboe")] == [
        "flute", "flute", None
    ]  # fmt: skip


def test_a_table_may_continue_from_the_names_of_another(tmp_path):
    (tmp_path / "spellings.yaml").write_text("Flauto: flute\nGeige: violin\nTuba: null\nOboe: x\n")
    text = "after: spellings\nflute: wind\nviolin: null\noboe: reed\n"
    table = LabelTable.read(written(tmp_path, text), folders=[tmp_path])
    labels = ["flauto", "flute", "Geige", "tuba", "OBOE", "harp"]
    assert [table.name_of(label) for label in labels] == [
        "wind",
        "wind",
        None,
        None,
        "reed",
        "harp",
    ]
    with pytest.raises(LabelTableError, match="nothing: no table of labels has this name"):
        LabelTable.read(written(tmp_path, "after: nothing\na: b\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a mapping"),
        ("- flute\n", "expected a mapping"),
        ("a: [b\n", "not readable as YAML"),
        ("a: b\nc: [d]\n", "line 2: expected one label and one name"),
        ("a: b\nc: ''\n", "line 2: a blank name"),
        ("Bass drum: a\n\nbass_drum: b\n", "line 3: 'bass_drum' is already in line 1"),
        ("after: mine\na: b\n", "line 1: after names the table .* and this is itself"),
        ("a: b\nothers: keep\n", "line 2: others can only be drop"),
    ],
)
def test_a_bad_table_is_one_line_with_file_and_line(tmp_path, text, said):
    with pytest.raises(LabelTableError) as caught:
        LabelTable.read(written(tmp_path, text))
    assert str(caught.value).startswith(f"{tmp_path}/mine.yaml: ")
    assert re.search(said, str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_name_is_looked_up_among_the_shipped_tables_and_ones_own(tmp_path):
    mine = written(tmp_path, "Flauto: flute\n")
    assert LabelTable.read("mine", folders=[tmp_path]).origin == "mine.yaml"
    mine.rename(tmp_path / "instruments.yaml")
    assert LabelTable.read("instruments", folders=[tmp_path]).names == {"Flauto": "flute"}
    assert LabelTable.read("instruments").shipped
    with pytest.raises(LabelTableError, match="did you mean 'instruments'"):
        LabelTable.read("instrument")
    with pytest.raises(LabelTableError, match=r"none\.yaml: no such file"):
        LabelTable.read(tmp_path / "none.yaml")


@pytest.mark.parametrize("file", sorted((CONF_DIR / "labels").glob("*.yaml")), ids=lambda f: f.stem)
def test_every_shipped_table_is_one(file):
    assert LabelTable.read(file.stem).names


@needs_real_corpus
def test_the_shipped_tables_know_our_classes_and_lead_to_the_classes_that_they_say():
    ours = set(pd.read_csv(REAL_CORPUS.parents[1] / "instruments-all.csv")["label"])
    assert len(ours) == 21
    spellings = LabelTable.read("instruments")
    assert set(spellings.names.values()) - {None} <= ours
    assert {spellings.name_of(label.replace("_", " ").title()) for label in ours} == ours
    for name, classes in (("nsynth_families", FAMILIES), ("hornbostel_sachs", CLASSES)):
        table = LabelTable.read(name)
        assert ours <= set(table.names)
        assert set(table.names.values()) - {None} <= classes
        for label, name in spellings.names.items():
            assert table.name_of(label) == (name and table.name_of(name))
