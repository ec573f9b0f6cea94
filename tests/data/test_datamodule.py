import math

import pandas as pd
import pytest
import torch

from instrument_net.audio import AudioError
from instrument_net.augmentation import AugmentationChain, FrequencyMasks, Mixup, Noise
from instrument_net.data import InstrumentDataModule
from instrument_net.frontend import FrontEnd

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})


@pytest.fixture
def datamodule(two_pitches, tmp_path):
    return InstrumentDataModule.from_folder(
        two_pitches, front_end=FRONT_END, store_dir=tmp_path / "store", batch_size=5
    )


def test_loaders_yield_spectrogram_features_label(datamodule):
    datamodule.setup("fit")
    assert datamodule.class_names == ("a", "b")
    sizes = []
    for spectrogram, features, label in datamodule.train_dataloader():
        assert spectrogram.shape == (len(label), 1, 83, 56)
        assert features.shape == (len(label), 20)
        assert spectrogram.dtype == features.dtype == torch.float32
        assert label.dtype == torch.int64
        sizes.append(len(label))
    assert sizes == [5, 3]  # 12 clips less one validation and one test clip of each label, and more


def test_a_label_goes_with_its_own_sound(datamodule):
    centroid = FRONT_END.feature_names.index("spectral_centroid_hz")
    for _, features, label in datamodule.train_dataloader():
        expected = torch.where(label == 0, 400.0, 800.0)
        torch.testing.assert_close(features[:, centroid], expected, rtol=0, atol=40)


def test_test_batches_come_in_the_order_of_the_table(datamodule):
    labels = torch.cat([label for _, _, label in datamodule.test_dataloader()])
    names = [datamodule.class_names[code] for code in labels]
    assert names == datamodule.clips_of("test")["label"].tolist()


def test_training_is_shuffled_and_each_clip_comes_once(datamodule):
    torch.manual_seed(0)
    epochs = [
        torch.cat([features for _, features, _ in datamodule.train_dataloader()]) for _ in range(2)
    ]
    assert not torch.allclose(*epochs)
    first, second = (epoch[epoch[:, 7].argsort()] for epoch in epochs)
    torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-5)


def test_class_balanced_training_draws_as_many_clips_of_each_label(two_pitches, tmp_path):
    for i in range(3, 6):
        (two_pitches / "b" / f"{i}.wav").unlink()
    balanced = InstrumentDataModule.from_folder(
        two_pitches, front_end=FRONT_END, store_dir=tmp_path / "store", batch_size=5,
        sampling="class_balanced",
    )  # fmt: skip
    balanced.setup()
    assert balanced.n_training_clips() == [4, 1]
    loader = balanced.train_dataloader()
    for _ in range(3):
        labels = torch.cat([label for _, _, label in loader])
        assert len(labels) == 5
        assert labels.bincount().tolist() in ([2, 3], [3, 2])
    # The statistics of the features see every clip once.
    labels = torch.cat([label for _, _, label in balanced.loader("train")])
    assert labels.tolist() == [0, 0, 0, 0, 1]


def test_feature_statistics_are_those_of_the_training_split_alone(datamodule):
    features = torch.cat([features for _, features, _ in datamodule.train_dataloader()]).double()
    mean, std = datamodule.feature_statistics()
    expected = [math.fsum(column) / len(column) for column in features.T.tolist()]
    torch.testing.assert_close(mean, torch.tensor(expected))
    variance = ((features - torch.tensor(expected, dtype=torch.float64)) ** 2).mean(0)
    torch.testing.assert_close(std, variance.sqrt().float())


def test_a_broken_file_is_left_out_with_its_reason(two_pitches, datamodule):
    (two_pitches / "a" / "2.wav").write_text("no audio")
    datamodule.setup()
    assert len(datamodule.clips) == 11
    assert "2.wav" in datamodule.rejected["reason"].item()
    assert "1 left out" in datamodule.describe()


def test_on_error_raise_refuses_a_broken_file(two_pitches, tmp_path):
    (two_pitches / "a" / "2.wav").write_text("no audio")
    strict = InstrumentDataModule.from_folder(
        two_pitches, front_end=FRONT_END, store_dir=tmp_path / "store", on_error="raise"
    )
    with pytest.raises(AudioError, match=r"2\.wav"):
        strict.setup()


@pytest.mark.parametrize(
    "options", [{"on_error": "ignore"}, {"batch_size": 0}, {"sampling": "even"}]
)
def test_options_out_of_range_are_refused(two_pitches, options):
    with pytest.raises(ValueError, match=next(iter(options))):
        InstrumentDataModule.from_folder(two_pitches, **options)


def test_the_report_says_what_training_and_test_share(tmp_path, write_tone):
    rows = [
        {
            "path": str(write_tone(f"{label}{i}.wav", frequency_hz=300 + 10 * i + ord(label))),
            "label": label,
            "instrument_id": label + str(i),
        }
        for label in "ab"
        for i in range(6)
    ]
    table = tmp_path / "clips.csv"
    pd.DataFrame(rows).assign(source="one library").to_csv(table, index=False)
    datamodule = InstrumentDataModule.from_manifest(
        table, front_end=FRONT_END, store_dir=tmp_path / "store"
    )
    datamodule.setup()
    assert "100% of the test clips have a `source` that occurs in training" in (
        datamodule.describe_split()
    )
    assert "instrument_id` that" not in datamodule.describe_split()


def augmented(two_pitches, tmp_path, *augmentations):
    chain = AugmentationChain({type(a).__name__: a for a in augmentations})
    return InstrumentDataModule.from_folder(
        two_pitches,
        front_end=FRONT_END,
        store_dir=tmp_path / "store",
        batch_size=5,
        augmentation=chain,
    )


NOISE = Noise(probability=1, snr_db=[10, 20], exponent=[0, 1], sample_rate_hz=44_100)


def test_only_training_batches_are_augmented(two_pitches, tmp_path, datamodule):
    noisy = augmented(two_pitches, tmp_path, NOISE)
    plain, other = ([*module.train_dataloader()] for module in seeded(datamodule, noisy))
    for (_, features, label), (_, changed, same) in zip(plain, other, strict=True):
        assert torch.equal(label, same)
        assert (features[:, 7:19] != changed[:, 7:19]).all()
    for split in ("validation", "test", "train"):  # `loader` is what reports and statistics use
        batches = ([*module.loader(split)] for module in (datamodule, noisy))
        for before, after in zip(*batches, strict=True):
            assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))
    for before, after in zip(
        datamodule.feature_statistics(), noisy.feature_statistics(), strict=True
    ):
        assert torch.equal(before, after)


def seeded(*modules):
    for module in modules:
        torch.manual_seed(0)
        yield module


def test_spectrograms_are_augmented_after_the_front_end(two_pitches, tmp_path, datamodule):
    masked = augmented(two_pitches, tmp_path, FrequencyMasks(probability=1, n_masks=2, max_bins=60))
    plain, other = (next(iter(module.train_dataloader())) for module in seeded(datamodule, masked))
    assert not torch.equal(plain[0], other[0])
    torch.testing.assert_close(plain[1], other[1], rtol=1e-4, atol=1e-4)


def test_one_seed_gives_the_same_augmented_epoch(two_pitches, tmp_path):
    noisy = augmented(two_pitches, tmp_path, NOISE, Mixup(probability=0.5, alpha=1))
    first, again = ([*module.train_dataloader()] for module in seeded(noisy, noisy))
    for before, after in zip(first, again, strict=True):
        assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))


def test_mixed_clips_have_probabilities_for_labels_in_training_alone(two_pitches, tmp_path):
    mixing = augmented(two_pitches, tmp_path, Mixup(probability=1, alpha=1))
    torch.manual_seed(0)
    labels = torch.cat([label for _, _, label in mixing.train_dataloader()])
    assert labels.shape == (8, 2)
    torch.testing.assert_close(labels.sum(1), torch.ones(8))
    assert ((labels > 0.01) & (labels < 0.99)).any()
    assert next(iter(mixing.val_dataloader()))[2].dtype == torch.int64


def test_a_loader_leaves_gradients_on_for_whoever_uses_its_batches(two_pitches, tmp_path):
    for module in (augmented(two_pitches, tmp_path, NOISE), augmented(two_pitches, tmp_path)):
        for spectrogram, _, _ in module.train_dataloader():
            assert torch.is_grad_enabled()
            assert not spectrogram.requires_grad
