"""Changes of the spectrogram alone: what each does to a picture that one can check by hand."""

import pytest
import torch

from instrument_net.augmentation import (
    AugmentationChain,
    BandEqualiser,
    BandLowPass,
    BandShift,
    FrameCrop,
    FrameShift,
    NoiseFloor,
)
from instrument_net.data import InstrumentDataModule
from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd

TOP_DB = 80.0


def picture(n=200, bins=30, frames=40, level=1.0):
    """Give n equal pictures: a steady sound at a level in every bin."""
    return torch.full((n, 1, bins, frames), level)


def changed(module, given, seed=0):
    torch.manual_seed(seed)
    return module(given)


def frame_crop(**options):
    settings = {
        "probability": 1, "frames": [10, 10], "skip_probability": 0, "skip_frames": [0, 0],
        "fade_db": [8, 8], "top_db": TOP_DB,
    }  # fmt: skip
    return FrameCrop(**{**settings, **options})


def test_a_crop_keeps_the_first_frames_and_fades_behind_them():
    after = changed(frame_crop(), picture(1))[0, 0, 0]
    assert torch.equal(after[:10], torch.ones(10))
    assert after[10:20] * TOP_DB == pytest.approx([TOP_DB - 8 * k for k in range(1, 11)], abs=1e-3)
    assert after[20:].max() == 0


def test_a_crop_skips_frames_of_some_clips_and_makes_what_is_left_the_loudest():
    fading = torch.linspace(1, 0.2, 40).expand(200, 1, 30, 40)
    module = frame_crop(frames=[40, 40], skip_probability=0.5, skip_frames=[20, 20])
    after = changed(module, fading)
    skipped = ~torch.isclose(after, fading).flatten(1).all(dim=1)
    assert 70 < skipped.sum() < 130
    assert torch.equal(after.amax(dim=(1, 2, 3)), torch.ones(200))
    rest = fading[0, 0, 0, 20:] + 1 - fading[0, 0, 0, 20]
    assert torch.allclose(after[skipped][0, 0, 0, :20], rest, atol=1e-6)
    assert after[skipped][..., 20:].max() == 0


def test_how_many_frames_are_kept_is_drawn_uniformly_in_its_logarithm():
    module = frame_crop(frames=[1, 40], fade_db=[TOP_DB, TOP_DB])
    kept = (changed(module, picture(2000))[:, 0, 0] > 0).sum(dim=1).float()
    assert kept.log().mean() == pytest.approx(torch.tensor(40.0).log().item() / 2, abs=0.2)


@pytest.mark.parametrize(
    ("module", "dim", "drawn"),
    [
        (FrameShift(probability=1, max_frames=3), 3, {0, 1, 2, 3}),
        (BandShift(probability=1, max_bins=2), 2, {-2, -1, 0, 1, 2}),
    ],
)
def test_a_shift_moves_the_picture_and_leaves_silence_behind(module, dim, drawn):
    given = torch.zeros(300, 1, 30, 40)
    given[:, :, 10, 20] = 1
    after = changed(module, given)
    places = (after == 1).nonzero()[:, dim] - (10 if dim == 2 else 20)
    assert set(places.tolist()) == drawn
    assert torch.equal(after.sum(dim=(1, 2, 3)), torch.ones(300))


def test_what_is_shifted_out_of_the_picture_is_lost_and_does_not_come_back_on_the_other_side():
    given = torch.zeros(50, 1, 30, 40)
    given[:, :, 29] = 1
    after = changed(BandShift(probability=1, max_bins=3), given)
    assert after[:, :, :20].max() == 0


def test_an_equaliser_is_one_curve_for_all_frames_and_leaves_the_floor_where_it_is():
    given = picture(500, level=0.5)
    given[:, :, 0] = 1  # so that there is room above the rest
    given[:, :, :, 30:] = 0
    after = changed(BandEqualiser(probability=1, deviation_db=4, top_db=TOP_DB), given)
    assert torch.equal(after[..., :1].expand(-1, -1, -1, 30), after[..., :30])
    assert after[..., 30:].max() == 0
    assert torch.equal(after.amax(dim=(1, 2, 3)), torch.ones(500))
    across_db = (after[:, 0, 29, 0] - after[:, 0, 0, 0]) * TOP_DB
    assert 4 < across_db.std() < 16


def test_a_low_pass_falls_from_its_band_on():
    module = BandLowPass(probability=1, start=[0.5, 0.5], slope_db=4, top_db=TOP_DB)
    after = changed(module, picture(1))[0, 0, :, 0]
    assert torch.equal(after[:16], torch.ones(16))
    assert (1 - after[16:]) * TOP_DB == pytest.approx([4 * k for k in range(1, 15)], abs=1e-3)


def test_noise_is_a_floor_at_its_level_with_its_tilt_and_what_is_louder_stays():
    given = torch.zeros(50, 1, 31, 40)
    given[:, :, 3, :20] = 1
    module = NoiseFloor(probability=1, level_db=[40, 40], tilt_db=[10, 10], top_db=TOP_DB)
    after = changed(module, given)
    level_db = (after.mean(dim=(0, 1, 3)) - 1) * TOP_DB
    assert level_db[[0, 15, 30]] == pytest.approx([-40, -35, -30], abs=0.3)
    assert torch.equal(after[:, :, 3, :20], given[:, :, 3, :20])
    assert 1 < (after[:, :, 20] * TOP_DB).std() < 2.2


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: frame_crop(frames=[0, 9]), "frames must be two numbers"),
        (lambda: frame_crop(skip_probability=2), "probability must be from 0 to 1"),
        (lambda: frame_crop(top_db=0), "top_db must be above 0"),
        (lambda: BandShift(probability=1, max_bins=0), "max_bins must be a whole number"),
        (lambda: FrameShift(probability=1, max_frames=1.5), "max_frames must be a whole number"),
        (
            lambda: BandEqualiser(probability=1, deviation_db=0, top_db=TOP_DB),
            "deviation_db must be above 0",
        ),
        (
            lambda: BandLowPass(probability=1, start=[0, 2], slope_db=3, top_db=TOP_DB),
            "start must be two numbers",
        ),
        (
            lambda: BandLowPass(probability=1, start=[0, 1], slope_db=-3, top_db=TOP_DB),
            "slope_db must be 0 or above",
        ),
        (
            lambda: NoiseFloor(probability=1, level_db=[5, 1], tilt_db=[0, 1], top_db=TOP_DB),
            "level_db must be two numbers",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_setting(build, message):
    with pytest.raises(InputError, match=message):
        build()


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        ({"scale": "pcen"}, "augment.crop changes levels in decibel, and .*scale is pcen"),
        ({"scale": "power"}, "set it to log, or augment.crop.probability=0"),
        ({"top_db": 60}, "augment.crop.top_db is 80, and frontend.spectrogram.top_db 60"),
    ],
)
def test_changes_of_levels_need_a_spectrogram_of_these_levels(picture, says, tmp_path):
    (tmp_path / "flute").mkdir()
    options = {"front_end": FrontEnd(spectrogram=picture)}
    shift = BandShift(probability=1, max_bins=2)
    InstrumentDataModule.from_folder(
        tmp_path, augmentation=AugmentationChain({"shift": shift}), **options
    )
    chain = AugmentationChain({"shift": shift, "crop": frame_crop()})
    with pytest.raises(InputError, match=says):
        InstrumentDataModule.from_folder(tmp_path, augmentation=chain, **options)
