"""Waveform -> (spectrogram, features)."""

from instrument_net.frontend.factored_power_spectrogram import (
    FactoredPowerSpectrogram,
    factor_power_spectrograms,
)
from instrument_net.frontend.features import FEATURE_NAMES
from instrument_net.frontend.front_end import FrontEnd

__all__ = ["FEATURE_NAMES", "FactoredPowerSpectrogram", "FrontEnd", "factor_power_spectrograms"]
