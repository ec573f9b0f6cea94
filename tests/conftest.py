from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

REAL_CORPUS = Path(__file__).parents[2] / "shared/data/instruments-real/metadata.csv"

needs_real_corpus = pytest.mark.skipif(
    not REAL_CORPUS.is_file(), reason="the real recordings are not beside this checkout"
)


@pytest.fixture
def write_tone(tmp_path):
    """Write a short sine as a 16-bit file below tmp_path and return its path."""

    def write(name: str, *, frequency_hz: float = 440.0, duration_s: float = 0.3) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        time_s = np.arange(int(duration_s * 44_100)) / 44_100
        soundfile.write(path, 0.5 * np.sin(2 * np.pi * frequency_hz * time_s), 44_100)
        return path

    return write
