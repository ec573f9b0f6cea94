"""The spectrograms that a front end can show instead of the features' own, by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from instrument_net.frontend.constant_q_power import ConstantQPower
from instrument_net.frontend.mel_power import MelPower

# Waveforms (batch, num_samples) -> power (batch, bins, n_frames); each tells its bin_hz,
# hop_length, n_frames and full_scale_power. A closed table: a checkpoint keeps the name.
SPECTROGRAMS: dict[str, type[MelPower] | type[ConstantQPower]] = {
    "mel": MelPower,
    "constant_q": ConstantQPower,
}
_FROM_THE_CLIP = ("sample_rate_hz", "num_samples")


def build_spectrogram(
    settings: Mapping[str, Any], *, sample_rate_hz: int, num_samples: int
) -> MelPower | ConstantQPower:
    """Return a new spectrogram.

    Args:
        settings: ``name``, a key of :data:`SPECTROGRAMS`, and options of that class.
        sample_rate_hz: Of the waveforms.
        num_samples: Length of the waveforms.

    Raises:
        ValueError: If the name or an option is unknown, or a number cannot be.
    """
    options = dict(settings)
    name = options.pop("name", None)
    if name not in SPECTROGRAMS:
        raise ValueError(f"spectrogram.name must be one of {', '.join(SPECTROGRAMS)}, got {name!r}")
    known = inspect.signature(SPECTROGRAMS[name]).parameters
    for option, value in options.items():
        if option not in known or option in _FROM_THE_CLIP:
            names = ", ".join(n for n in known if n not in _FROM_THE_CLIP)
            raise ValueError(f"spectrogram {name} has no {option!r}; known: {names}")
        if isinstance(known[option].default, int):
            check_whole(f"spectrogram.{option}", value)
        elif not (isinstance(value, int | float) and value >= 0):
            raise ValueError(f"spectrogram.{option} must be 0 or a number above, got {value!r}")
    return SPECTROGRAMS[name](sample_rate_hz=sample_rate_hz, num_samples=num_samples, **options)


def check_whole(name: str, value: object) -> None:
    """Refuse what is not a whole number above 0.

    Raises:
        ValueError: Naming the setting and its value.
    """
    if not (isinstance(value, int) and value > 0):
        raise ValueError(f"{name} must be a whole number above 0, got {value!r}")
