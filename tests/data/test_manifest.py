import math
import os
import sys

import pytest

from instrument_net.data import Everything, InstrumentDataModule
from instrument_net.data.manifest import ManifestError, read_manifest


@pytest.fixture
def table(tmp_path, write_tone):
    """Write a table of two good clips and whatever rows a test adds."""
    write_tone("a.wav")
    write_tone("b.wav")

    def write(text="path,label\na.wav,flute\nb.wav,oboe\n"):
        path = tmp_path / "clips.csv"
        path.write_text(text)
        return path

    return write


def test_a_good_table_keeps_its_columns_and_resolves_paths(table, tmp_path):
    path = table("path,label,start_s,duration_s,mood\na.wav,flute,0.1,0.05,calm\nb.wav,oboe,,,\n")
    manifest = read_manifest(path)
    assert manifest.class_names == ("flute", "oboe")
    clips = manifest.clips
    assert clips["path"].tolist() == [str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]
    assert clips["start_s"].tolist() == [0.1, 0.0]
    assert clips["duration_s"].iloc[0] == 0.05
    assert math.isnan(clips["duration_s"].iloc[1])
    assert clips["mood"].tolist() == ["calm", ""]
    assert clips.index.tolist() == [2, 3]  # line numbers as an editor shows them


@pytest.mark.skipif(sys.platform != "linux", reason="file systems there take UTF-8 alone")
def test_a_table_in_a_folder_whose_name_no_table_could_hold_is_refused(table, tmp_path):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    path = table().rename(folder / "clips.csv")
    with pytest.raises(ManifestError, match=r"caf\\xe9: the name .* is not UTF-8: rename it$"):
        read_manifest(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,labels\na.wav,flute\n", ["no column 'label'", "rename 'labels'"]),
        ("file,label\na.wav,flute\n", ["no column 'path'", "file, label"]),
        ("path,label\na.wav,flute\nc.wav,oboe\n", ["row 3", "c.wav", "no such audio file"]),
        ("path,label\na.wav,flute\n,oboe\n", ["row 3", "'path' is empty"]),
        ("path,label\na.wav,flute\nb.wav, \n", ["row 3", "'label' is empty"]),
        ("path,label\na.wav,flute\na.wav,oboe\n", ["row 3", "earlier row"]),
        ("path,label\n", ["holds no clip"]),
        ("", ["the file is empty"]),
        ("path,label\na.wav,flute\nb.wav,oboe,1\n", ["row 3 has 3 fields", "header has 2"]),
        ("path,label,label\na.wav,flute,x\n", ["column 'label' appears twice"]),
        ("path,label,start_s\na.wav,flute,x\nb.wav,oboe,0\n", ["row 2", "start_s must be"]),
        ("path,label,start_s\na.wav,flute,-1\nb.wav,oboe,0\n", ["row 2", "start_s must be"]),
        ("path,label,duration_s\na.wav,flute,0\nb.wav,oboe,1\n", ["row 2", "duration_s is 0"]),
        ("path,label,duration_s\na.wav,flute,inf\nb.wav,oboe,1\n", ["row 2", "duration_s must"]),
        ("path;label\na.wav;flute\nb.wav;oboe;1\n", ["row 3 has 3 fields", "a semicolon"]),
        ("file;label\na.wav;flute\n", ["no column 'path'; it has file, label"]),
        ("path;label;start_s\na.wav;flute;0,5\nb.wav;oboe;0\n", ["row 2", "as 1.5"]),
        ("path,label\na.wav,flute\n\0,oboe\n", ["row 3", "no such audio file"]),
        (f"path,label\na.wav,flute\n{'x' * 300},oboe\n", ["row 3", "no such audio file"]),
        ("path,label,split\na.wav,flute,trian\nb.wav,oboe,test\n", ["row 2", "split must be"]),
    ],
)
def test_a_broken_table_is_refused_naming_file_row_and_reason(table, text, said):
    path = table(text)
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    for part in [str(path), *said]:
        assert part in str(caught.value)


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(ManifestError, match="no such file"):
        read_manifest(tmp_path / "none.csv")


def test_a_binary_file_is_no_table(tmp_path, write_tone):
    with pytest.raises(ManifestError, match="not a readable CSV"):
        read_manifest(write_tone("a.wav"))


def test_a_label_outside_a_fixed_list_is_refused_naming_its_row(table):
    path = table()
    with pytest.raises(ManifestError, match=r"label not among .*row 3 .*oboe"):
        read_manifest(path, allowed_labels=["flute", "harp"])


def test_many_bad_rows_are_counted_not_all_printed(table):
    path = table("path,label\n" + "".join(f"missing{i}.wav,flute\n" for i in range(9)))
    with pytest.raises(ManifestError, match="and 4 more"):
        read_manifest(path)


def test_blank_lines_say_nothing(table):
    clips = read_manifest(table("path,label\na.wav,flute\n\nb.wav,oboe\n,\n\n")).clips
    assert clips["label"].to_dict() == {2: "flute", 4: "oboe"}


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_semicolons_and_tabs_separate_columns_too(table, separator, mark):
    text = f'{mark}path,label,mood\na.wav,flute,calm\nb.wav,oboe,"x,y"\n'
    whole = text.replace(",", separator).replace(f"x{separator}y", "x,y")
    clips = read_manifest(table(whole)).clips
    assert clips["label"].tolist() == ["flute", "oboe"]
    assert clips["mood"].tolist() == ["calm", "x,y"]


def test_white_space_around_a_label_is_none_of_it(table):
    assert read_manifest(table("path,label\na.wav,flute \nb.wav, oboe\n")).class_names == (
        "flute", "oboe"
    )  # fmt: skip


def test_a_single_class_can_be_tested_and_not_trained(table, tmp_path):
    path = table("path,label\na.wav,flute\nb.wav,flute\n")
    with pytest.raises(ManifestError, match=r"'flute'; a classifier needs at least two classes"):
        InstrumentDataModule.from_manifest(path, store_dir=tmp_path / "store").setup()
    tested = InstrumentDataModule.from_manifest(
        path, store_dir=tmp_path / "store", split=Everything()
    )
    tested.setup()
    assert tested.class_names == ("flute",)
    assert len(tested.clips_of("test")) == 2
    assert tested.n_training_clips() == [0]
