"""On how many clips a checkpoint was trained."""

import json

import pandas as pd
import pytest

from instrument_net.recognition.weights_file import write_weights_file
from instrument_net.runs.seen_clips import seen_in_training


@pytest.fixture
def make_run(tmp_path):
    """Write what a run says about its clips; return where its checkpoint would lie."""

    def make(name, clips, *, init_from="null"):
        folder = tmp_path / name
        (folder / ".hydra").mkdir(parents=True)
        (folder / ".hydra/config.yaml").write_text(f"init_from: {init_from}\n")
        (folder / "environment.json").write_text(
            json.dumps({"working_directory": str(tmp_path)}) + "\n"
        )
        clips.to_csv(folder / "splits.csv", index=False)
        return folder / "checkpoints/best.ckpt"

    return make


def table(*rows):
    return pd.DataFrame(rows, columns=["path", "split", "digest"])


TESTED = pd.DataFrame(
    {"path": ["/x/1.wav", "/x/2.wav", "/x/3.wav", "/x/y/../4.wav"], "digest": ["1", "2", "3", "4"]}
)


def test_clips_are_found_by_file_and_by_content(make_run):
    checkpoint = make_run(
        "run",
        table(
            ["/x/1.wav", "train", "changed since"],
            ["/elsewhere/copy.wav", "validation", "2"],
            ["/x/3.wav", "test", "3"],
            ["/x/4.wav", "train", "0"],
        ),
    )
    said, n_seen = seen_in_training(checkpoint, TESTED)
    assert n_seen == 3
    assert said == (
        "the checkpoint was trained or validated on 3 of the 4 test clips (by file or content)"
    )


def test_what_a_run_started_from_counts(make_run):
    make_run("first", table(["/x/1.wav", "train", "1"]))
    make_run("second", table(["/x/2.wav", "train", "2"]), init_from="first/checkpoints/best.ckpt")
    checkpoint = make_run("third", table(), init_from="second/checkpoints/best.ckpt")
    assert seen_in_training(checkpoint, TESTED)[1] == 2


def test_a_start_that_is_gone_is_said_to_be_unknown(make_run):
    checkpoint = make_run(
        "run", table(["/x/1.wav", "train", "1"]), init_from="gone/checkpoints/best.ckpt"
    )
    said, n_seen = seen_in_training(checkpoint, TESTED)
    assert n_seen == 1
    assert "; not known of what it started from, " in said


def test_a_run_of_an_earlier_version_is_searched_by_path(make_run):
    old = table(["/x/1.wav", "train", "1"], ["/elsewhere/copy.wav", "train", "2"])
    said, n_seen = seen_in_training(make_run("run", old.drop(columns="digest")), TESTED)
    assert n_seen == 1
    assert "by path only" in said


def test_without_a_run_folder_it_is_not_known(tmp_path):
    said, n_seen = seen_in_training(tmp_path / "alone/best.ckpt", TESTED)
    assert n_seen == 0
    assert said.startswith("not known: ")


def test_the_card_of_exported_weights_says_what_they_have_seen(make_run, tmp_path):
    weights = tmp_path / "a.safetensors"
    write_weights_file(weights, {}, {}, card={"clips": ["2", "3"]})
    assert seen_in_training(weights, TESTED)[1] == 2
    checkpoint = make_run("run", table(["/x/1.wav", "train", "1"]), init_from="a.safetensors")
    assert seen_in_training(checkpoint, TESTED)[1] == 3
    write_weights_file(weights, {}, {})
    said, n_seen = seen_in_training(weights, TESTED)
    assert (n_seen, said[:9]) == (0, "not known")


def test_the_folder_of_a_run_stands_for_its_checkpoint(make_run):
    checkpoint = make_run("run", table(["/x/1.wav", "train", "1"]))
    checkpoint.parent.mkdir()
    checkpoint.touch()
    assert seen_in_training(checkpoint.parents[1], TESTED)[1] == 1
