"""Sounds for the page of a report."""

import io

import numpy as np
import pandas as pd
import pytest
import soundfile

from instrument_net.evaluation.sounds import sound_of
from instrument_net.frontend import FrontEnd

FRONT_END = FrontEnd()


def test_a_sound_is_what_the_network_gets_of_the_clip_without_its_padding(write_tone):
    path = write_tone("a.wav", duration_s=2.0)
    # As a table on disk has them: texts.
    row = pd.Series({"path": str(path), "start_s": "0.5", "duration_s": "1.0", "label": "sine"})
    samples, rate_hz = soundfile.read(io.BytesIO(sound_of(row, FRONT_END)))
    assert rate_hz == FRONT_END.sample_rate_hz
    assert len(samples) == pytest.approx(1.0 * rate_hz, abs=2)
    assert np.abs(samples).max() == pytest.approx(1, abs=1e-3)
    whole, _ = soundfile.read(io.BytesIO(sound_of(pd.Series({"path": str(path)}), FRONT_END)))
    assert len(whole) == pytest.approx(2.0 * rate_hz, abs=2)


def test_a_clip_that_is_gone_has_no_sound(tmp_path):
    assert sound_of(pd.Series({"path": str(tmp_path / "gone.wav")}), FRONT_END) is None
