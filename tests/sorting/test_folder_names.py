"""Names of classes as names of folders."""

import pytest

from instrument_net.sorting.folder_names import folder_names


@pytest.mark.parametrize(
    ("label", "folder"),
    [
        ("french_horn", "french_horn"),
        ("Käse 弦", "Käse 弦"),
        ("drum/bass", "drum_bass"),
        ("..", "_"),
        (".hidden", "hidden"),
        ("a:b?\n", "a_b__"),
        ("con", "con_"),
        ("COM1.x", "COM1.x_"),
        ("x" * 300, "x" * 200),
        ("弦" * 100, "弦" * 66),
    ],
)
def test_a_class_has_a_folder_that_every_file_system_takes(label, folder):
    assert folder_names(["flute", label])[label] == folder


def test_no_two_classes_share_a_folder_also_where_capitals_are_not_told_apart():
    names = folder_names(["a/b", "a_b", "A_B", "Silent", "unsure"])
    assert names == {
        "silent": "silent", "unsure": "unsure", "a/b": "a_b", "a_b": "a_b (2)", "A_B": "A_B (3)",
        "Silent": "Silent (2)",
    }  # fmt: skip
