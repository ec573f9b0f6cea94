"""Labels that differ only in spelling are refused, never made two classes."""

import unicodedata

import pandas as pd
import pytest

from instrument_net.data import InstrumentDataModule, ManifestError, read_manifest
from instrument_net.data.corpora import ManifestCorpus
from instrument_net.data.label_spelling import other_spelling, spelling_key, two_spellings

NFC, NFD = (unicodedata.normalize(form, "flöte") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    "other",
    [
        "Bass Clarinet",
        "BASS CLARINET",
        " bass clarinet ",
        "bass  clarinet",
        "bass\u00a0clarinet",
        "bass_clarinet",
        "bass-clarinet",
        "bassclarinet",
        "_bass__clarinet",
    ],
)
def test_case_white_space_and_separators_make_no_other_class(other):
    labels = pd.Series(["bass clarinet"] * 3 + [other] * 2 + ["clarinet", "bass"])
    message = two_spellings(labels)
    assert f"'bass clarinet' (3 clips) and {other!r} (2 clips)" in message
    assert message.endswith("differ only in spelling and would be 2 classes: name all of them "
                            "'bass clarinet'")  # fmt: skip
    assert "\n" not in message


def test_unicode_normal_forms_make_no_other_class_and_are_visible_in_the_message():
    assert NFC != NFD
    message = two_spellings(pd.Series([NFD, NFC, NFC, "oboe"]))
    assert "'flöte' (2 clips) and 'flo\\u0308te' (1 clip)" in message
    assert spelling_key(NFD.upper()) == spelling_key(NFC)


def test_the_most_frequent_of_several_spellings_is_proposed():
    message = two_spellings(pd.Series(["Flute", "FLUTE", "flute", "flute", "oboe"]))
    assert "'flute' (2 clips) and 'FLUTE' (1 clip) and 'Flute' (1 clip)" in message
    assert message.endswith("would be 3 classes: name all of them 'flute'")


@pytest.mark.parametrize(
    "names",
    [("flute", "flutes"), ("viola", "violin"), ("sax 1", "sax 2"), ("flöte", "flote"), ("a", "b")],
)
def test_names_that_differ_by_a_letter_are_two_classes(names):
    assert two_spellings(pd.Series(names)) is None
    assert other_spelling(pd.Series([names[0]]), pd.Series([names[1]]), origin="x") is None


def test_what_is_spelled_alike_in_two_corpora_is_one_class():
    assert other_spelling(pd.Series(["flute", "gong"]), pd.Series(["flute"]), origin="x") is None


def test_a_table_with_two_spellings_is_refused_naming_both_with_their_clips(tmp_path, write_tone):
    for i in range(4):
        write_tone(f"{i}.wav")
    table = tmp_path / "clips.csv"
    table.write_text("path,label\n0.wav,flute\n1.wav,Flute\n2.wav,flute\n3.wav,oboe\n")
    with pytest.raises(ManifestError) as caught:
        read_manifest(table)
    assert str(caught.value) == (
        f"{table}: the labels 'flute' (2 clips) and 'Flute' (1 clip) differ only in spelling and "
        "would be 2 classes: name all of them 'flute'"
    )


@pytest.mark.parametrize("extra_classes", ["all", "shared"])
def test_an_extra_corpus_that_spells_a_class_otherwise_is_refused(
    tmp_path, write_tone, extra_classes
):
    for i in range(6):
        write_tone(f"{i}.wav")
    corpus, extra = tmp_path / "clips.csv", tmp_path / "more.csv"
    corpus.write_text("path,label\n0.wav,french_horn\n1.wav,oboe\n2.wav,french_horn\n")
    extra.write_text("path,label\n3.wav,French horn\n4.wav,oboe\n5.wav,gong\n")
    module = InstrumentDataModule.from_manifest(
        corpus, extra={"more": ManifestCorpus(extra)}, extra_classes=extra_classes,
        store_dir=tmp_path / "s",
    )  # fmt: skip
    with pytest.raises(ManifestError) as caught:
        module.setup()
    assert str(caught.value) == (
        f"data.extra.more: {extra}: its label 'French horn' (1 clip) differs only in spelling from "
        f"'french_horn' (2 clips) of {corpus}, and they would be two classes: name it 'french_horn'"
    )
    assert not list((tmp_path / "s").glob("[!.]*"))  # refused before anything is decoded
