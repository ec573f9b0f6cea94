"""The first path is the checkpoint, or the weights in the package are: never by mistake."""

import pytest
from small_recogniser import save_checkpoint, small_recogniser, write_noise

from instrument_net.errors import InputError
from instrument_net.recognition.named_checkpoint import (
    PRETRAINED_FILE,
    checkpoint_and_inputs,
    checkpoint_file,
)
from instrument_net.recognition.weights_file import write_weights_file
from instrument_net.run_folder import RunFolder


@pytest.fixture
def run(tmp_path):
    run = RunFolder(tmp_path / "outputs/run")
    run.best_checkpoint.parent.mkdir(parents=True)
    save_checkpoint(small_recogniser(), run.best_checkpoint)
    return run


@pytest.fixture
def clip(tmp_path):
    return write_noise(tmp_path / "in/clip.wav", 0.1)


def test_audio_and_folders_of_it_are_used_with_the_weights_in_the_package(clip, tmp_path):
    for paths in ([clip], [clip.parent], [clip, clip], [clip.parent, clip], [tmp_path / "no.wav"]):
        assert checkpoint_and_inputs(paths) == (PRETRAINED_FILE, paths)
    without_ending = clip.rename(tmp_path / "in/clip")
    assert checkpoint_and_inputs([without_ending]) == (PRETRAINED_FILE, [without_ending])
    vectors = tmp_path / "vectors.npz"
    assert checkpoint_and_inputs([vectors], inputs=[".npz"]) == (PRETRAINED_FILE, [vectors])


def test_a_checkpoint_is_one_by_its_ending_its_content_or_its_folder(run, clip, tmp_path):
    renamed = tmp_path / "weights.bin"
    write_weights_file(renamed, {}, {})
    archive = tmp_path / "checkpoint"
    archive.write_bytes(run.best_checkpoint.read_bytes())
    for first in (run.best_checkpoint, tmp_path / "no.ckpt", tmp_path / "no.safetensors", renamed,
                  archive):  # fmt: skip
        assert checkpoint_and_inputs([first, clip]) == (first, [clip])
    assert checkpoint_and_inputs([run.path, clip]) == (run.best_checkpoint, [clip])
    assert checkpoint_and_inputs([run.path]) == (run.best_checkpoint, [])
    assert checkpoint_and_inputs([PRETRAINED_FILE, clip]) == (PRETRAINED_FILE, [clip])


def test_a_run_that_was_killed_is_a_run_without_a_checkpoint(run, clip):
    run.best_checkpoint.unlink()
    named, inputs = checkpoint_and_inputs([run.path, clip])
    assert named.name == "best.ckpt"
    assert not named.exists()
    assert inputs == [clip]


def test_the_word_pretrained_stands_for_the_weights_in_the_package(clip):
    assert checkpoint_file("pretrained") == PRETRAINED_FILE
    assert checkpoint_and_inputs([PRETRAINED_FILE.parent.relative_to(PRETRAINED_FILE.parents[1]),
                                  clip]) == (PRETRAINED_FILE, [clip])  # fmt: skip
    assert checkpoint_and_inputs([]) == (PRETRAINED_FILE, [])


def test_a_mistyped_checkpoint_does_not_stand_for_another_one(run, clip, tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    for name, said in (
        ("outputs/rnu", "no such file or folder"),
        ("notes.txt", "neither audio nor a checkpoint"),
        ("outputs", "is no run, but holds some; name one of them, as "),
    ):
        with pytest.raises(InputError, match=said) as refused:
            checkpoint_and_inputs([tmp_path / name, clip])
        assert str(refused.value).startswith(str(tmp_path / name))
