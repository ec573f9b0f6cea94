"""What TensorBoard shows of augmentation."""

import lightning
import pytest
import torch
from lightning.pytorch.loggers import TensorBoardLogger
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from instrument_net.augmentation import AugmentationChain, FrequencyMasks, Mixup, Noise
from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.frontend import FrontEnd
from instrument_net.monitoring import AugmentedClips
from instrument_net.monitoring.augmented_clips import describe_label

SMALL = {"n_frames": 56, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}}
NAMES = ("a", "b")

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning", "ignore:.*LeafSpec.*")


@pytest.fixture
def corpus(tmp_path, write_tone):
    for label, frequency_hz in zip(NAMES, (400.0, 800.0), strict=True):
        for i in range(4):
            write_tone(f"corpus/{label}/{i}.wav", frequency_hz=frequency_hz + i)
    return tmp_path / "corpus"


def train(corpus, folder, *, augmentations=None, callbacks=()):
    """Train one epoch; return the weights of the network and the tags in TensorBoard."""
    lightning.seed_everything(0, verbose=False)
    datamodule = InstrumentDataModule.from_folder(
        corpus,
        front_end=FrontEnd(**SMALL),
        store_dir=folder / "store",
        batch_size=2,
        augmentation=augmentations and AugmentationChain(augmentations),
    )
    classifier = InstrumentClassifier(NAMES, network={"name": "PerceptronNet"}, front_end=SMALL)
    trainer = lightning.Trainer(
        accelerator="cpu", max_epochs=1, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, logger=TensorBoardLogger(folder, name="", version="run"),
        callbacks=list(callbacks),
    )  # fmt: skip
    trainer.fit(classifier, datamodule)
    return classifier.state_dict(), EventAccumulator(str(folder / "run")).Reload().Tags()


def test_a_clip_of_each_class_is_there_to_see_and_hear_and_training_stays_the_same(
    corpus, tmp_path
):
    augmentations = {
        "noise": Noise(probability=0.5, snr_db=[10, 20], exponent=[0, 1], sample_rate_hz=44_100),
        "mixup": Mixup(probability=0.5, alpha=1),
        "masks": FrequencyMasks(probability=0.5, n_masks=2, max_bins=20),
    }
    shown, tags = train(
        corpus, tmp_path / "shown", augmentations=augmentations, callbacks=[AugmentedClips()]
    )
    for name in ("0_a", "1_b"):
        assert f"augmented/{name}/spectrogram" in tags["images"]
        assert f"augmented/{name}/sound" in tags["audio"]
    hidden, tags = train(corpus, tmp_path / "hidden", augmentations=augmentations)
    assert not any(tag.startswith("augmented/") for tag in tags["images"])
    for name, tensor in shown.items():
        assert torch.equal(tensor, hidden[name]), name
    plain, _ = train(corpus, tmp_path / "plain")
    assert not all(torch.equal(tensor, plain[name]) for name, tensor in shown.items())


def test_without_augmentation_nothing_is_shown(corpus, tmp_path):
    _, tags = train(corpus, tmp_path, callbacks=[AugmentedClips()])
    assert not any(tag.startswith("augmented/") for tag in [*tags["images"], *tags["audio"]])


def test_a_label_is_described_by_its_shares():
    assert describe_label(torch.tensor(1), NAMES) == "b"
    assert describe_label(torch.tensor([0.0, 1.0]), NAMES) == "b"
    assert describe_label(torch.tensor([0.3, 0.7]), NAMES) == "70% b + 30% a"
    assert describe_label(torch.tensor([0.998, 0.002]), NAMES) == "a"
