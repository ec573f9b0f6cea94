"""Front end and network are built to fit each other."""

import pytest
from small_recogniser import SETTINGS

from instrument_net.errors import InputError
from instrument_net.frontend import FEATURE_NAMES, FrontEnd
from instrument_net.recognition.parts import build_parts


def test_without_settings_it_is_the_two_branch_network_of_the_design():
    parts = build_parts(["flute", "oboe"])
    assert type(parts.network).__name__ == "TwoBranchNet"
    assert parts.settings == {
        "class_names": ["flute", "oboe"],
        "network": {"name": "TwoBranchNet"},
        "front_end": FrontEnd().settings,
        "feature_names": list(FEATURE_NAMES),
    }


def test_the_network_takes_what_the_front_end_gives():
    parts = build_parts(**SETTINGS)
    front_end = parts.front_end
    assert parts.settings["front_end"] == front_end.settings
    assert parts.network.training
    assert front_end.spectrogram_shape == (1, 83, 80)
    waveform = front_end.power_spectrogram.stft.window.new_zeros(2, front_end.num_samples)
    assert parts.network(*front_end(waveform)).shape == (2, 3)


@pytest.mark.parametrize("class_names", [["flute"], ["flute", "flute"]])
def test_fewer_than_two_different_names_are_refused(class_names):
    with pytest.raises(InputError, match="two or more different names, got"):
        build_parts(class_names)
