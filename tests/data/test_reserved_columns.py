import pytest

from instrument_net.data.manifest import ManifestError, read_manifest

NAMES = [
    "accuracy", "log_loss", "n_clips", "p(flute)", "predicted", "correct", "confidence", "group",
    "digest", "true_probability", "macro_recall", "mic/room", "a" * 251, "ä" * 130, "two\x07",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_column_that_no_report_could_take_is_refused_when_the_table_is_read(tmp_path, name):
    table = tmp_path / "clips.csv"
    table.write_text(f"path,label,{name}\n1.wav,flute,x\n2.wav,oboe,y\n")
    for number in (1, 2):
        (tmp_path / f"{number}.wav").touch()
    with pytest.raises(ManifestError, match=r"clips.csv: the column .*rename it") as refusal:
        read_manifest(table)
    assert len(str(refusal.value).splitlines()) == 1


def test_other_names_are_taken_as_they_are(tmp_path):
    table = tmp_path / "clips.csv"
    table.write_text("path,label,Größe,p,vibrato?\n1.wav,flute,x,1,2\n2.wav,oboe,y,2,3\n")
    for number in (1, 2):
        (tmp_path / f"{number}.wav").touch()
    assert {"Größe", "p", "vibrato?"} <= set(read_manifest(table).clips.columns)
