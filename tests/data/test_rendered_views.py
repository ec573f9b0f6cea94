import pytest
import torch
from conftest import run_module

from instrument_net.augmentation import AugmentationChain, FrequencyMasks, Mixup, Noise
from instrument_net.data import InstrumentDataModule
from instrument_net.data.rendered_views import RenderedViews
from instrument_net.data.store import FULL_SCALE
from instrument_net.frontend import FrontEnd

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})
CPU = torch.device("cpu")


def noise(snr_db=(10, 20)):
    settings = {"probability": 1, "snr_db": list(snr_db), "exponent": [0, 1]}
    made = Noise(**settings, sample_rate_hz=44_100)
    return AugmentationChain({"noise": made}, settings={"noise": settings})


@pytest.fixture
def module(two_pitches, tmp_path):
    def build(**options):
        return InstrumentDataModule.from_folder(
            two_pitches, front_end=FRONT_END, store_dir=tmp_path / "store", batch_size=5, **options
        )

    return build


@pytest.fixture
def store(module):
    return module().store


def render(store, n_views, chain, **changed):
    options = {"front_end": FRONT_END, "augmentation": chain, "device": CPU, **changed}
    return RenderedViews(store, n_views, **options)


def test_a_view_is_every_clip_augmented_under_the_views_number(store):
    chain = noise()
    views = render(store, 2, chain)
    clips = range(len(store))
    found = [views.batch(clips, [view] * len(store)) for view in range(2)]
    for view, (spectrogram, features) in enumerate(found):
        torch.manual_seed(view)
        waveforms, _ = chain.augment_waveforms(
            store.batch(clips) / FULL_SCALE, torch.zeros(len(store), dtype=torch.int64)
        )
        expected_spectrogram, expected_features = FRONT_END(waveforms)
        assert spectrogram.dtype == features.dtype == torch.float32
        torch.testing.assert_close(spectrogram, expected_spectrogram, rtol=0, atol=5e-4)
        torch.testing.assert_close(features, expected_features)
    assert (found[0][1][:, 7:19] != found[1][1][:, 7:19]).all()


def test_clips_and_views_of_a_batch_go_together(store):
    views = render(store, 3, noise())
    mixed = views.batch([4, 0, 4], [2, 1, 0])
    for row, (clip, view) in enumerate([(4, 2), (0, 1), (4, 0)]):
        for part, alone in zip(mixed, views.batch([clip], [view]), strict=True):
            assert torch.equal(part[row], alone[0])


def test_what_is_rendered_is_found_again_and_more_views_only_add(store, monkeypatch):
    render(store, 2, noise())
    rendered = []
    augment = AugmentationChain.augment_waveforms

    def counted(chain, waveform, label):
        rendered.append(len(label))
        return augment(chain, waveform, label)

    monkeypatch.setattr(AugmentationChain, "augment_waveforms", counted)
    render(store, 2, noise())
    assert not rendered
    render(store, 3, noise())
    assert sum(rendered) == len(store)
    render(store, 1, noise(snr_db=(30, 40)))
    assert sum(rendered) == 2 * len(store)
    settings = FRONT_END.settings
    other = FrontEnd(**{**settings, "spectrogram": {**settings["spectrogram"], "top_db": 60}})
    render(store, 1, noise(), front_end=other)
    assert sum(rendered) == 3 * len(store)


def test_views_of_a_front_end_that_computes_something_else_are_others(store, monkeypatch):
    render(store, 1, noise())
    assert len(list(store.folder.glob("views_*"))) == 1
    monkeypatch.setattr(FrontEnd, "fingerprint", "the same settings, another version")
    render(store, 1, noise())
    assert len(list(store.folder.glob("views_*"))) == 2


def test_a_view_that_was_interrupted_is_rendered_anew(store):
    views = render(store, 1, noise())
    before = views.batch([0], [0])
    (features,) = store.folder.glob("views_*/view_0_features.npy")
    features.unlink()
    (spectrograms,) = store.folder.glob("views_*/view_0_spectrograms.npy")
    spectrograms.write_bytes(b"half a file")
    after = render(store, 1, noise()).batch([0], [0])
    assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))
    assert not list(store.folder.glob("views_*/*.part"))


@pytest.mark.parametrize("name", ["features", "spectrograms"])
@pytest.mark.parametrize("n_bytes", [0, 100, 3000])
def test_a_view_that_was_cut_is_rendered_anew(store, name, n_bytes):
    before = render(store, 2, noise()).batch([0, 1], [0, 1])
    (path,) = store.folder.glob(f"views_*/view_1_{name}.npy")
    content = path.read_bytes()
    path.write_bytes(content[: min(n_bytes, len(content) - 10)])
    after = render(store, 2, noise()).batch([0, 1], [0, 1])
    assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))


def test_a_view_without_spectrograms_is_rendered_anew(store):
    before = render(store, 1, noise()).batch([0], [0])
    (path,) = store.folder.glob("views_*/view_0_spectrograms.npy")
    path.unlink()
    after = render(store, 1, noise()).batch([0], [0])
    assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))


def test_rendering_leaves_the_runs_random_numbers_alone(store):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    render(store, 1, noise())
    assert torch.equal(torch.rand(3), expected)


def test_training_draws_from_the_views_and_nothing_else_does(module):
    datamodule, plain = module(augmentation=noise(), views=2), module()
    views = render(datamodule.store, 2, noise())
    everywhere = range(len(datamodule.store))
    known = torch.cat([views.batch(everywhere, [view] * 12)[1] for view in range(2)])
    centroid = FRONT_END.feature_names.index("spectral_centroid_hz")
    torch.manual_seed(0)
    drawn = [datamodule.train_dataloader() for _ in range(3)]
    epochs = [list(loader) for loader in drawn]
    of_views = set()
    for epoch in epochs:
        assert [len(label) for *_, label in epoch] == [5, 3]
        for spectrogram, features, label in epoch:
            assert spectrogram.shape == (len(label), 1, 83, 56)
            places = (features[:, None] == known[None]).all(dim=2).nonzero()
            assert len(places) == len(label)
            of_views |= {int(place) // 12 for place in places[:, 1]}
            for values, code in zip(features, label, strict=True):  # noise raises both alike
                assert (values[centroid] > known[:, centroid].median()) == (code == 1)
    assert of_views == {0, 1}
    for split in ("train", "validation", "test"):
        for before, after in zip(plain.loader(split), datamodule.loader(split), strict=True):
            assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))


def test_views_come_in_a_balanced_order_and_masks_are_drawn_anew(module):
    chain = noise()
    masked = AugmentationChain(
        {
            "noise": chain.waveform_augmentations["noise"],
            "masks": FrequencyMasks(probability=1, n_masks=1, max_bins=60),
        },
        settings={"noise": chain.settings["noise"], "masks": {}},
    )
    datamodule = module(augmentation=masked, views=1, sampling="class_balanced")
    labels, spectrograms = [], []
    for _ in range(2):
        for spectrogram, _, label in datamodule.train_dataloader():
            labels.append(label)
            spectrograms.append(spectrogram)
    assert torch.cat(labels).bincount().tolist() == [8, 8]
    gaps = (torch.cat(spectrograms) == 0).all(dim=3).sum(dim=2).flatten()
    assert gaps.unique().numel() > 4
    # Masks are no part of what is kept: the views are those of the noise alone.
    assert len(list(datamodule.store.folder.glob("views_*"))) == 1
    render(datamodule.store, 1, chain)
    assert len(list(datamodule.store.folder.glob("views_*"))) == 1


@pytest.mark.parametrize(
    ("views", "chain", "said"),
    [
        (0, noise(), "views must be null or a whole number above 0, got 0"),
        (2, None, "nothing is augmented: choose augment=light or strong"),
        (2, AugmentationChain({"mix": Mixup(probability=1, alpha=1)}), "augment.mixup.probability"),
        (2, AugmentationChain(noise().waveform_augmentations), "its settings"),
    ],
)
def test_what_cannot_be_rendered_once_is_refused_at_once(module, views, chain, said):
    with pytest.raises(ValueError, match=said):
        module(augmentation=chain, views=views)


@pytest.mark.slow
def test_the_command_says_so(tmp_path):
    common = ["+experiment=smoke", "augment=light", "model=perceptron", "trainer.max_epochs=1"]
    done = run_module("train", *common, "data.views=2", "run_dir=run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "run/report/report.md").read_text()
    assert "frequency_masks 30%; 2 rendered views a clip" in page

    done = run_module("train", *common, "augment.mixup.probability=1", "data.views=2", cwd=tmp_path)
    assert done.returncode == 2
    assert "data: views: a rendered view has the label of its clip" in done.stderr
    assert "Traceback" not in done.stderr
