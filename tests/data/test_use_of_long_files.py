"""How much of long files is trained on is said."""

import numpy as np
import pytest
import soundfile

from instrument_net.data import InstrumentDataModule
from instrument_net.data.description import describe_use
from instrument_net.frontend import FrontEnd


def test_the_share_is_that_of_all_seconds():
    assert describe_use(np.array([1, 6.02, np.nan]), 6.0) == ""
    assert describe_use(np.array([]), 6.0) == ""
    assert describe_use(np.array([300, 3, np.nan]), 6.0) == (
        "; 1 of 3 are longer than 6.0 s, of which the first 6.0 s that sound are used: "
        "3% of all sound"
    )


@pytest.mark.parametrize("seconds", [1, 100])
def test_a_corpus_says_how_much_of_it_is_used(two_pitches, tmp_path, seconds):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 8_000 * seconds)
    soundfile.write(two_pitches / "a" / "0.wav", noise, 8_000)
    module = InstrumentDataModule.from_folder(
        two_pitches, front_end=FrontEnd(), store_dir=tmp_path / "store"
    )
    line = module.describe()
    assert "12 clips of 2 classes, " in line
    # 11 clips of 0.3 s
    share = f"1 of 12 are longer than 6.0 s, of which .* {(6.014 + 3.3) / 103.3:.0%} of all sound"
    assert (seconds == 100) == (share.partition(",")[0] in line)
    assert (seconds == 100) == line.endswith("9% of all sound")
