import numpy as np
import pandas as pd
import soundfile
import torch

from instrument_net.data import load_clip
from instrument_net.frontend import FrontEnd


def test_a_clip_is_loaded_from_its_row_with_its_excerpt(tmp_path):
    path = str(tmp_path / "loud_then_quiet.wav")
    sine = np.sin(2 * np.pi * 100 * np.arange(8_000) / 8_000)
    soundfile.write(path, np.concatenate([sine, np.zeros(8_000)]), 8_000, subtype="FLOAT")
    front_end = FrontEnd(sample_rate_hz=8_000, n_frames=20, features={"n_bins": 100})
    whole, loud, quiet = (
        load_clip(pd.Series(row), front_end)
        for row in (
            {"path": path, "start_s": 0.0, "duration_s": np.nan},
            {"path": path, "start_s": 0.0, "duration_s": 0.5},
            {"path": path, "start_s": 1.0, "duration_s": 0.5},
        )
    )
    assert whole.shape == (4096 + 19 * 1024,)
    assert torch.equal(loud[:4_000], whole[:4_000])
    assert whole[4_000:8_000].any()
    assert not loud[4_000:].any()
    assert not quiet.any()
    # A row need not say what it does not cut.
    assert torch.equal(load_clip(pd.Series({"path": path}), front_end), whole)
