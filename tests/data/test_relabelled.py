"""A corpus under other labels, from Python."""

import pytest

from instrument_net.data import Everything, InstrumentDataModule, ManifestError
from instrument_net.data.corpora import FolderCorpus
from instrument_net.data.label_table import LabelTable
from instrument_net.data.relabelled import Relabelled
from instrument_net.frontend import FrontEnd

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})
HELD = {"Flauto": 3, "flute": 2, "Gong": 2, "oboe": 3}


@pytest.fixture
def corpus(tmp_path, write_tone):
    for pitch_hz, (label, n) in enumerate(HELD.items(), start=300):
        for k in range(n):
            write_tone(f"clips/{label}/{k}.wav", frequency_hz=pitch_hz + 40 * k)
    return FolderCorpus(tmp_path / "clips")


def test_labels_are_mapped_and_dropped_and_what_was_done_is_said(corpus):
    table = LabelTable({"flauto": "flute", "Gong": None, "Tuba": "brass"}, origin="mine.yaml")
    (corpus.path / "oboe/notes.txt").write_text("no sound")
    manifest = Relabelled(corpus, table).read()
    assert manifest.clips["label"].value_counts().to_dict() == {"flute": 5, "oboe": 3}
    dropped = "dropped by mine.yaml (class Gong)"
    assert [entry.kind for entry in manifest.passed_over] == ["no audio", dropped, dropped]
    assert manifest.renaming == (
        "labels by mine.yaml: flute was Flauto; 1 of its 3 names match no label here: Tuba"
    )


def test_a_shipped_table_is_silent_about_its_other_names_unless_none_matches(corpus):
    shipped = LabelTable({"flauto": "flute", "Tuba": "brass"}, origin="i.yaml", shipped=True)
    assert Relabelled(corpus, shipped).read().renaming == "labels by i.yaml: flute was Flauto"
    other = LabelTable({"Tuba": "brass"}, origin="i.yaml", shipped=True)
    assert "1 of its 1 names match no label here: Tuba" in Relabelled(corpus, other).read().renaming


def test_a_table_that_drops_everything_or_makes_two_spellings_is_refused(corpus):
    nothing = LabelTable({"Tuba": "brass"}, drops_others=True, origin="mine.yaml")
    with pytest.raises(ManifestError, match=r"mine\.yaml drops all of its classes: Flauto, Gong"):
        Relabelled(corpus, nothing).read()
    two = LabelTable({"Flauto": "Oboe_1", "flute": "oboe-1"})
    with pytest.raises(ManifestError, match="differ only in spelling"):
        Relabelled(corpus, two).read()


def test_a_data_module_takes_a_file_a_name_or_a_table(corpus, tmp_path):
    (tmp_path / "mine.yaml").write_text("Gong: null\n")
    for labels, expected in (
        (tmp_path / "mine.yaml", ("Flauto", "flute", "oboe")),
        ("instruments", ("Gong", "flute", "oboe")),
        (LabelTable({"oboe": None, "Gong": None}), ("Flauto", "flute")),
    ):
        module = InstrumentDataModule.from_folder(
            corpus.path, labels=labels, split=Everything(), front_end=FRONT_END,
            store_dir=tmp_path / "store",
        )  # fmt: skip
        module.setup()
        assert module.class_names == expected
    assert "passed over beside them: dropped by labels (class Gong) (2)" in module.describe()
    assert module.left_out.lines()[0].startswith("2 passed over, dropped by labels (class Gong): ")
    assert module.describe_renaming() == ["labels by labels: no class renamed"]
