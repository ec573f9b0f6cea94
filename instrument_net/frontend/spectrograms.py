"""The spectrograms that a front end can show instead of the features' own, by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from instrument_net.frontend.constant_q_power import ConstantQPower
from instrument_net.frontend.mel_power import MelPower

STFT = "stft"  # the features' own: nothing is computed beside it
# Waveforms (batch, num_samples) -> power (batch, bins, n_frames); each has bin_hz, hop_length,
# n_frames and full_scale_power. A closed table: a checkpoint keeps the name.
SPECTROGRAMS: dict[str, type[MelPower] | type[ConstantQPower]] = {
    "mel": MelPower,
    "constant_q": ConstantQPower,
}
_FROM_THE_CLIP = ("sample_rate_hz", "num_samples")


def options_of(name: str) -> dict[str, Any]:
    """Return the options of a spectrogram with their defaults; of the features' own none.

    Args:
        name: ``stft`` or a key of :data:`SPECTROGRAMS`.
    """
    if name == STFT:
        return {}
    parameters = inspect.signature(SPECTROGRAMS[name]).parameters
    return {key: p.default for key, p in parameters.items() if key not in _FROM_THE_CLIP}


def build_spectrogram(
    settings: Mapping[str, Any], *, sample_rate_hz: int, num_samples: int
) -> MelPower | ConstantQPower | None:
    """Return a new spectrogram, or ``None`` for the features' own.

    Args:
        settings: ``name`` and all options of that name; others are left aside.
        sample_rate_hz: Of the waveforms.
        num_samples: Length of the waveforms.

    Raises:
        InputError: If an option does not suit the clip or another one.
    """
    name = settings["name"]
    if name == STFT:
        return None
    options = {key: settings[key] for key in options_of(name)}
    return SPECTROGRAMS[name](sample_rate_hz=sample_rate_hz, num_samples=num_samples, **options)
