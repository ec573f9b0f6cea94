"""A checkpoint gives a recogniser back, or one sentence that says why not."""

import pytest
import torch
from small_recogniser import NAMES, SETTINGS, save_checkpoint, small_recogniser, write_noise

from instrument_net.classifier import InstrumentClassifier
from instrument_net.frontend import FEATURE_NAMES, FrontEnd
from instrument_net.recognition.checkpoint import CheckpointError
from instrument_net.recognition.recogniser import Recogniser


def test_a_checkpoint_gives_the_same_recogniser_back_with_complete_settings(tmp_path):
    recogniser = small_recogniser()
    again = Recogniser.from_checkpoint(save_checkpoint(recogniser, tmp_path / "best.ckpt"))
    assert not again.training
    assert (
        again.settings
        == recogniser.settings
        == {
            "class_names": NAMES,
            "network": SETTINGS["network"],
            "front_end": FrontEnd(**SETTINGS["front_end"]).settings,
            "feature_names": list(FEATURE_NAMES),
        }
    )
    waveforms = torch.randn(2, again.front_end.num_samples, generator=torch.manual_seed(1))
    with torch.no_grad():
        assert torch.equal(again(waveforms), recogniser(waveforms))


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"none\.ckpt: no such checkpoint"):
        Recogniser.from_checkpoint(tmp_path / "none.ckpt")
    (tmp_path / "text.ckpt").write_text("hello")
    with pytest.raises(CheckpointError, match=r"text\.ckpt: no checkpoint, damaged"):
        Recogniser.from_checkpoint(tmp_path / "text.ckpt")
    torch.save({"state_dict": {}}, tmp_path / "other.ckpt")
    with pytest.raises(CheckpointError, match=r"other\.ckpt: not a checkpoint of instrument_net"):
        Recogniser.from_checkpoint(tmp_path / "other.ckpt")
    torch.save({"model": torch.nn.Linear(1, 1)}, tmp_path / "code.ckpt")
    with pytest.raises(CheckpointError, match=r"code\.ckpt: .*not of plain values alone"):
        Recogniser.from_checkpoint(tmp_path / "code.ckpt")


def test_pytorchs_advice_to_run_what_a_file_holds_is_not_passed_on(tmp_path):
    write_noise(tmp_path / "a.wav", 0.2)
    torch.save({"model": torch.nn.Linear(1, 1)}, tmp_path / "code.ckpt")
    (tmp_path / "cut.ckpt").write_bytes((tmp_path / "code.ckpt").read_bytes()[:300])
    (tmp_path / "empty.ckpt").touch()
    for name, reason in (
        ("a.wav", "it does not begin as a checkpoint does; name best.ckpt of a run"),
        ("empty.ckpt", "it does not begin as a checkpoint does; name best.ckpt of a run"),
        ("cut.ckpt", "it is cut or damaged; copy it again"),
        ("code.ckpt", "it holds what could run code, and was not read"),
    ):
        with pytest.raises(CheckpointError) as refused:
            Recogniser.from_checkpoint(tmp_path / name)
        assert str(refused.value).endswith(f"{name}: no checkpoint, damaged, or not of plain "
                                           f"values alone: {reason}")  # fmt: skip


def test_a_checkpoint_whose_weights_do_not_fit_is_refused(tmp_path):
    path = save_checkpoint(small_recogniser(), tmp_path / "a.ckpt", class_names=["a", "b"])
    with pytest.raises(
        CheckpointError, match=r"a\.ckpt: not a checkpoint of .* size mismatch"
    ) as no:
        Recogniser.from_checkpoint(path)
    assert "\n" not in str(no.value)


def test_a_checkpoint_of_other_features_is_refused_with_the_difference(tmp_path):
    recogniser = small_recogniser()
    other = [*FEATURE_NAMES[1:], "flatness"]
    path = save_checkpoint(recogniser, tmp_path / "a.ckpt", feature_names=other)
    with pytest.raises(CheckpointError) as refusal:
        Recogniser.from_checkpoint(path)
    assert str(refusal.value) == (
        f"{path}: its network was trained on other features than this version of instrument_net "
        "computes (only there: flatness; only here: rms): train it again, or use the version that "
        "it was trained with"
    )
    save_checkpoint(recogniser, path, feature_names=list(reversed(FEATURE_NAMES)))
    with pytest.raises(CheckpointError, match=r"\(the same in another order\)"):
        Recogniser.from_checkpoint(path)


def test_a_flipped_bit_in_a_weight_is_noticed(tmp_path):
    recogniser = small_recogniser()
    path = save_checkpoint(recogniser, tmp_path / "a.ckpt")
    content = bytearray(path.read_bytes())
    place = content.index(recogniser.network.output.weight.detach().numpy().tobytes())
    content[place + 2] ^= 64
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"a\.ckpt: .*it is cut or damaged; copy it again"):
        Recogniser.from_checkpoint(path)


@pytest.mark.parametrize(
    "read", [Recogniser.from_checkpoint, InstrumentClassifier.load_from_checkpoint]
)
def test_weights_that_are_not_finite_are_refused(tmp_path, read):
    recogniser = small_recogniser()
    torch.nn.init.constant_(recogniser.network.output.bias, float("nan"))
    path = save_checkpoint(recogniser, tmp_path / "a.ckpt")
    content = torch.load(path) | {"pytorch-lightning_version": "2.6.6"}
    torch.save(content, path)
    with pytest.raises(CheckpointError, match=r"a\.ckpt: (network\.)?output\.bias holds NaN"):
        read(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("class_names", 3), ("network", [1]), ("front_end", {"n_frames": "many"}), ("network", {})],
)
def test_settings_of_any_kind_are_answered_with_the_name_of_the_file(tmp_path, key, value):
    path = save_checkpoint(small_recogniser(), tmp_path / "a.ckpt", **{key: value})
    for read in (Recogniser.from_checkpoint, InstrumentClassifier.load_from_checkpoint):
        with pytest.raises(CheckpointError, match=r"^\S*a\.ckpt: "):
            read(path)


def test_a_checkpoint_that_holds_a_tensor_alone_is_refused(tmp_path):
    torch.save(torch.tensor(1), tmp_path / "a.ckpt")
    with pytest.raises(CheckpointError, match=r"a\.ckpt: not a checkpoint of instrument_net"):
        Recogniser.from_checkpoint(tmp_path / "a.ckpt")
