"""What FFmpeg hands over -> samples, or a word about why not."""

from types import SimpleNamespace

import pytest

from instrument_net.audio.ffmpeg import UndecodableError, as_float32


def test_samples_of_a_kind_that_numpy_is_not_given_are_refused():
    def to_ndarray():
        raise ValueError("Conversion from 's64' format to numpy array is not supported.")

    frame = SimpleNamespace(to_ndarray=to_ndarray, format=SimpleNamespace(name="s64"))
    with pytest.raises(UndecodableError, match="its samples are of the kind s64"):
        as_float32(frame)
