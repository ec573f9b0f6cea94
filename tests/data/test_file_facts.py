import numpy as np
import pandas as pd
import pytest
import soundfile

from instrument_net.audio import AudioError
from instrument_net.data import file_facts


def table(*rows):
    """(path, start_s, duration_s) a row, with line numbers as a manifest has them."""
    columns = ["path", "start_s", "duration_s"]
    return pd.DataFrame(rows, columns=columns, index=range(2, len(rows) + 2))


@pytest.fixture
def loud_then_quiet(tmp_path):
    """A stereo file at 8 kHz: a second of a full-scale sine on the left, then one of silence."""
    path = tmp_path / "loud_then_quiet.wav"
    sine = np.sin(2 * np.pi * 100 * np.arange(8_000) / 8_000)
    left = np.concatenate([sine, np.zeros(8_000)])
    soundfile.write(path, np.stack([left, 0 * left], axis=1), 8_000, subtype="FLOAT")
    return str(path)


def test_levels_of_a_sine_agree_with_paper_and_pencil(write_tone):
    facts = file_facts(table((str(write_tone("a.wav", duration_s=0.5)), 0.0, np.nan))).loc[2]
    assert facts["duration_s"] == 0.5
    assert facts["sample_rate_hz"] == 44_100
    assert facts["n_channels"] == 1
    # Amplitude 1/2: 20 log10(1/2), and 10 log10(1/2) less for the RMS of a sine.
    assert facts["peak_dbfs"] == pytest.approx(-6.02, abs=0.01)
    assert facts["rms_dbfs"] == pytest.approx(-9.03, abs=0.01)


def test_an_excerpt_is_measured_by_itself_over_all_channels(loud_then_quiet):
    facts = file_facts(
        table(
            (loud_then_quiet, 0.0, np.nan), (loud_then_quiet, 0.0, 1.0), (loud_then_quiet, 1.0, 0.5)
        )
    )
    assert facts.index.tolist() == [2, 3, 4]
    assert facts["duration_s"].tolist() == [2.0, 1.0, 0.5]
    assert facts["n_channels"].tolist() == [2, 2, 2]
    # A sine's -3.01, -3.01 for the silent channel, -3.01 for the silent half.
    assert facts["rms_dbfs"].tolist() == pytest.approx([-9.03, -6.02, -np.inf], abs=0.01)
    assert facts["peak_dbfs"].tolist() == pytest.approx([0.0, 0.0, -np.inf], abs=0.01)


def test_a_file_that_cannot_be_decoded_is_named(tmp_path):
    (tmp_path / "text.wav").write_text("no sound at all")
    with pytest.raises(AudioError, match=r"text\.wav: cannot be decoded"):
        file_facts(table((str(tmp_path / "text.wav"), 0.0, np.nan)))
