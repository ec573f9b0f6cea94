"""What a front end's settings are: complete, plain, and refused by their names."""

import json

import pytest
import torch
from omegaconf import OmegaConf

import instrument_net.frontend.front_end as front_end_module
from instrument_net.errors import InputError
from instrument_net.frontend import FEATURE_NAMES, FrontEnd

SECONDS_3 = {"n_frames": 126}
SMALL = {"n_fft": 512, "hop_length": 256, "n_bins": 83}


def test_settings_that_are_left_out_have_their_defaults():
    settings = FrontEnd(**SECONDS_3, spectrogram={"name": "mel", "n_mels": 64}).settings
    assert settings == {
        "sample_rate_hz": 44_100,
        "n_frames": 126,
        "features": {"n_fft": 4096, "hop_length": 1024, "n_bins": 560, "n_mels": 40},
        "spectrogram": {
            "name": "mel", "n_fft": 2048, "hop_length": 512, "n_mels": 64, "f_min_hz": 30.0,
            "f_max_hz": 16_000.0, "scale": "log", "top_db": 80.0, "pcen_gain": 0.8,
        },
    }  # fmt: skip
    assert FrontEnd().settings["spectrogram"] == {
        "name": "stft", "scale": "log", "top_db": 80.0, "pcen_gain": 0.8
    }  # fmt: skip


def test_settings_make_the_same_front_end_again():
    first = FrontEnd(
        n_frames=20,
        features={"n_fft": 512, "hop_length": 128, "n_bins": 100, "n_mels": 20},
        spectrogram={"scale": "power"},
    )
    second = FrontEnd(**first.settings)
    assert second.settings == first.settings
    waveform = torch.rand(2, first.num_samples, generator=torch.manual_seed(0))
    for a, b in zip(first(waveform), second(waveform), strict=True):
        assert torch.equal(a, b)
    assert first.state_dict() == {}


def test_settings_of_a_configuration_are_kept_as_plain_values():
    config = OmegaConf.create({"features": SMALL, "spectrogram": {"name": "mel", "n_mels": 64}})
    settings = FrontEnd(**SECONDS_3, **config).settings
    assert type(settings["features"]) is type(settings["spectrogram"]) is dict
    assert json.loads(json.dumps(settings)) == settings
    assert (settings["features"]["n_fft"], settings["spectrogram"]["n_mels"]) == (512, 64)


def test_mel_bands_of_the_picture_and_of_the_features_are_two_settings():
    clip = torch.rand(1, FrontEnd(**SECONDS_3).num_samples, generator=torch.manual_seed(0))
    plain, picture, features = (
        FrontEnd(**SECONDS_3, spectrogram={"name": "mel", **more}, **others)(clip)
        for more, others in (
            ({}, {}),
            ({"n_mels": 128}, {}),
            ({}, {"features": {"n_mels": 30}}),
        )
    )
    assert picture[0].shape == (1, 1, 128, 255)
    assert torch.equal(picture[1], plain[1])
    assert torch.equal(features[0], plain[0])
    mfcc = slice(FEATURE_NAMES.index("mfcc_1"), FEATURE_NAMES.index("mfcc_12") + 1)
    assert (features[1] != plain[1])[0, mfcc].all()


def test_the_fingerprint_changes_with_settings_names_and_version_alone(monkeypatch):
    one = FrontEnd(**SECONDS_3)
    assert one.fingerprint == FrontEnd(**one.settings).fingerprint
    assert one.fingerprint == FrontEnd(**SECONDS_3, spectrogram={"top_db": 80}).fingerprint
    others = [
        FrontEnd(n_frames=127),
        FrontEnd(**SECONDS_3, features={"n_mels": 41}),
        FrontEnd(**SECONDS_3, spectrogram={"top_db": 81}),
    ]
    renamed = FrontEnd(**SECONDS_3)
    renamed.feature_names = (*FEATURE_NAMES[:-1], "spectral_flatness")
    fingerprints = [front_end.fingerprint for front_end in (one, *others, renamed)]
    monkeypatch.setattr(front_end_module, "_VERSION", front_end_module._VERSION + 1)
    fingerprints.append(one.fingerprint)
    assert len(set(fingerprints)) == len(fingerprints) == 6


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sample_rate_hz": 44_100.5}, r"frontend\.sample_rate_hz must be a whole number above 0"),
        ({"n_frames": 0}, r"frontend\.n_frames must be a whole number above 0, got 0"),
        ({"n_frames": True}, r"frontend\.n_frames must be a whole number above 0, got True"),
        ({"n_frames": 10**9}, r"frontend\.n_frames must be at most 1048576, got 1000000000"),
        ({"n_frames": 10**6}, r"frontend\.n_frames is 1000000 at a hop of 1024: a clip may have 6"),
    ],
)
def test_an_impossible_clip_is_refused(settings, said):
    with pytest.raises(InputError, match=said):
        FrontEnd(**settings)


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (
            {"n_bins": 3000},
            r"features\.n_bins must lie in 2 \.\.\. n_fft // 2 \+ 1 = 2049, got 3000",
        ),
        ({"hop_length": 0}, r"features\.hop_length must be a whole number above 0, got 0"),
        ({"n_fft": 4096.0}, r"features\.n_fft must be a whole number above 0, got 4096.0"),
        ({"n_fft": 10**7}, r"features\.n_fft must be at most 65536, got 10000000"),
        ({"n_mels": 10**7}, r"features\.n_mels must be at most 2048, got 10000000"),
        ({"n_mels": 12}, "n_mels must exceed the 12 cepstral coefficients, got 12"),
        ({"n_mels": 300}, r"triangles fall between two of the bins, which are 10\.8 Hz apart"),
        (
            {"n_mel": 40},
            r"^frontend\.features has no 'n_mel': did you mean 'frontend\.features\.n_mels'\?$",
        ),
        (
            {"xyz": 1},
            r"frontend\.features has no 'xyz'; known here: hop_length, n_bins, n_fft, n_m",
        ),
        (40, r"frontend\.features must hold settings by their names, got 40"),
    ],
)
def test_impossible_features_are_refused(features, said):
    with pytest.raises(InputError, match=said):
        FrontEnd(features=features)


def test_a_clip_too_short_for_the_features_is_refused():
    with pytest.raises(InputError, match="a clip of 4 samples is too short"):
        FrontEnd(n_frames=1, features={"n_fft": 4, "n_bins": 3})


@pytest.mark.parametrize(
    ("spectrogram", "said"),
    [
        ({"scale": "mel"}, "scale must be one of log, power, pcen, got 'mel'"),
        ({"top_db": -80.0}, r"spectrogram\.top_db must be above 0 and at most 300, got -80\.0"),
        ({"top_db": 0}, r"spectrogram\.top_db must be above 0 and at most 300, got 0"),
        ({"top_db": 301}, "at most 300, got 301"),
        ({"top_db": float("nan")}, r"spectrogram\.top_db must be above 0 and at most 300, got nan"),
        ({"top_db": "80"}, r"spectrogram\.top_db must be above 0 and at most 300, got '80'"),
        ({"scale": "pcen", "pcen_gain": 1.5}, r"pcen_gain must lie in 0 \.\.\. 1, got 1\.5"),
        ({"name": "melody"}, "spectrogram.name must be one of stft, mel, constant_q, got 'melody'"),
        (
            {"name": "mel", "n_mel": 96},
            r"^frontend\.spectrogram has no 'n_mel': did you mean '.*spectrogram\.n_mels'\?$",
        ),
        ({"name": "mel", "num_samples": 5}, r"spectrogram has no 'num_samples'"),
        ({"name": "mel", "n_mels": 96.5}, r"spectrogram\.n_mels must be a whole number above 0"),
        ({"name": "mel", "f_min_hz": -1}, r"spectrogram\.f_min_hz must be 0 or a number above"),
        (
            {"name": "mel", "f_max_hz": 30_000},
            "must rise between 0 and half the sample rate, 22050",
        ),
        ({"name": "constant_q", "n_octaves": 9}, "the last bin would lie at 27358 Hz"),
    ],
)
def test_an_impossible_spectrogram_is_refused_by_name(spectrogram, said):
    with pytest.raises(InputError, match=said):
        FrontEnd(**SECONDS_3, spectrogram=spectrogram)


def test_an_option_of_another_transform_is_refused_with_the_name_that_has_it():
    with pytest.raises(InputError) as refusal:
        FrontEnd(spectrogram={"n_mels": 96})
    assert str(refusal.value) == (
        "frontend.spectrogram has no 'n_mels' where its name is stft (the features' own transform: "
        "frontend.features), but where it is mel"
    )
    with pytest.raises(InputError, match="has no 'n_octaves' where its name is mel, but where it"):
        FrontEnd(spectrogram={"name": "mel", "n_octaves": 8})
