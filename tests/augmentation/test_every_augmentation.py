"""What all augmentations of conf/augment have in common, each set as in strong.yaml."""

import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import OmegaConf

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.runs.assembly import build_augmentation

NAMES = list(OmegaConf.load(CONF_DIR / "augment/light.yaml"))
WITHOUT_DRAWS = {"trim", "polarity"}  # beyond the coin
SAMPLE_RATE_HZ, NUM_SAMPLES, N_CLASSES = 44_100, 32_768, 5


with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
    STRONG = compose("train", overrides=["run_dir=unused", "augment=strong"]).augment


def build(name, *, probability):
    return instantiate(STRONG[name], probability=probability)


def tones(n):
    """Give n different clips: silence, a decaying harmonic tone with noise, silence."""
    generator = torch.Generator().manual_seed(3)
    time_s = torch.arange(20_000) / SAMPLE_RATE_HZ
    clips = torch.zeros(n, NUM_SAMPLES)
    for k, clip in enumerate(clips):
        phase = 2 * torch.pi * (220 + 10 * k) * time_s
        tone = sum(torch.sin(h * phase) / h for h in range(1, 9)) * torch.exp(-3 * time_s)
        tone += 0.01 * torch.randn(len(tone), generator=generator)
        clip[500 : 500 + len(tone)] = tone / tone.abs().max()
    return clips


def inputs(module, n, *, same=False):
    """Give the tensors that a module takes, n clips each."""
    if module.acts_on == "spectrogram":
        clips = torch.rand(n, 1, 120, 90, generator=torch.Generator().manual_seed(4)) + 0.1
    else:
        clips = tones(n)
    clips = clips[:1].expand(clips.shape).clone() if same else clips
    if module.acts_on == "waveform and label":
        return clips, torch.eye(N_CLASSES)[torch.arange(n) % N_CLASSES]
    return (clips,)


def changed(module, given, *, seed=0):
    torch.manual_seed(seed)
    result = module(*given)
    return result if isinstance(result, tuple) else (result,)


def test_the_files_hold_every_augmentation_of_the_package():
    import instrument_net.augmentation as package

    targets = {STRONG[name]["_target_"].rpartition(".")[2] for name in NAMES}
    assert targets == set(package.__all__) - {"AugmentationChain"}
    assert list(STRONG) == NAMES  # strong changes numbers, not what there is, nor the order


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_shape_and_type_and_does_not_write_into_its_input(name):
    module = build(name, probability=1)
    given = inputs(module, 4)
    before = [part.clone() for part in given]
    after = changed(module, given)
    for part, old, new in zip(given, before, after, strict=True):
        assert torch.equal(part, old)
        assert (new.shape, new.dtype, new.device) == (old.shape, torch.float32, old.device)
        assert new.isfinite().all()
    assert not torch.equal(after[0], before[0])


@pytest.mark.parametrize("name", NAMES)
def test_with_probability_0_and_in_evaluation_mode_it_changes_nothing(name):
    never, asleep = build(name, probability=0), build(name, probability=1).eval()
    given = inputs(never, 4)
    for module in (never, asleep):
        for part, new in zip(given, changed(module, given), strict=True):
            assert torch.equal(part, new)


@pytest.mark.parametrize("name", NAMES)
def test_each_clip_is_drawn_separately_and_the_others_stay_bit_for_bit(name):
    module = build(name, probability=0.3)
    (clips, *_), (after, *_) = (given := inputs(module, 24)), changed(module, given, seed=2)
    n_changed = sum(not torch.equal(old, new) for old, new in zip(clips, after, strict=True))
    assert 2 <= n_changed <= 13  # 24 tosses at 0.3: further away once in a thousand seeds


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("probability", [0.5, 1])
def test_it_works_on_the_device_of_the_clips(name, probability):
    # Meta tensors refuse to meet those of another device, as a GPU's do, and need no GPU.
    module = build(name, probability=probability)
    after = changed(module, [part.to("meta") for part in inputs(module, 4)])
    assert all(part.device.type == "meta" for part in after)


@pytest.mark.parametrize("name", NAMES)
def test_one_seed_gives_one_result_to_the_last_digit(name):
    module = build(name, probability=0.7)
    given = inputs(module, 6)
    first, again, other = (changed(module, given, seed=seed) for seed in (1, 1, 2))
    for part, same in zip(first, again, strict=True):
        assert torch.equal(part, same)
    assert not torch.equal(first[0], other[0])


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_DRAWS])
def test_each_clip_has_random_numbers_of_its_own(name):
    module = build(name, probability=1)
    if name == "gain":
        module._gain_db = (1.0, 6.0)  # below 0 dB only the level differs, and that is tested below
    if name == "band_shift":
        module._most = 50  # eight clips and five shifts: some would be the same
    if name == "mixup":  # equal clips have equal mixtures
        labels = torch.eye(8)
        drawn = changed(module, (tones(8), labels))[1] - labels
    else:
        drawn = changed(module, inputs(module, 8, same=True))[0]
    different = {tuple(row.flatten().tolist()) for row in drawn}
    assert len(different) >= 7


@pytest.mark.parametrize("name", [name for name in NAMES if "masks" not in name])
def test_silence_stays_silent(name):
    module = build(name, probability=1)
    clips, *label = inputs(module, 3)
    silence, *same = changed(module, (torch.zeros_like(clips), *label))
    assert torch.equal(silence, torch.zeros_like(clips))
    for old, new in zip(label, same, strict=True):
        assert torch.equal(old, new)


@pytest.mark.parametrize("name", [name for name in NAMES if "masks" not in name])
def test_a_silent_clip_does_not_affect_the_others(name):
    module = build(name, probability=1)
    clips, *label = inputs(module, 3)
    clips[1] = 0
    after = changed(module, (clips, *label))[0]
    assert after.isfinite().all()
    assert after[1].abs().max() == 0
    assert (after[[0, 2]].abs().flatten(1).amax(dim=1) > 0.01).all()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("augment.noise.probability=2", "augment.noise: probability must be from 0 to 1, got 2"),
        ("augment.noise.snr_db=5", "snr_db must be two numbers, the lower first: [low, high]"),
        ("augment.noise.snr_db=[20,10]", "got [20, 10]"),
        ("augment.noise.snr_db=[a,b]", "augment.noise: snr_db must be two numbers"),
        ("augment.crop.share=[0.5,1.5]", "from 0.01 up, up to 1: [low, high]; got [0.5, 1.5]"),
        ("augment.shift.delay_s=[-1,1]", "augment.shift: delay_s must be two numbers"),
        ("augment.speed.semitones=[-20,1]", "augment.speed: semitones"),
        ("augment.low_pass.cut_off_hz=[0,9]", "augment.low_pass: cut_off_hz"),
        ("augment.reverberation.rt60_s=[0,1]", "augment.reverberation: rt60_s"),
        ("augment.trim.threshold_db=3", "augment.trim: threshold_db must be below 0, got 3"),
        ("augment.mixup.alpha=0", "augment.mixup: alpha must be above 0, got 0"),
        ("augment.time_masks.n_masks=0", "n_masks must be a whole number above 0, got 0"),
        ("augment.frequency_masks.max_bins=2.5", "max_bins must be a whole number above 0"),
    ],
)
def test_impossible_values_are_refused_by_the_name_of_their_key(override, message):
    with pytest.raises(ConfigurationError) as refusal:
        build_augmentation(OmegaConf.merge(STRONG, OmegaConf.from_dotlist([override]).augment))
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
