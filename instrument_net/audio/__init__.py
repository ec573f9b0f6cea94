"""Audio file -> waveform: decode, down-mix, resample, cut or pad, peak-normalise."""

from instrument_net.audio.audio_error import AudioError, PassingError
from instrument_net.audio.opening import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, OpenSound, open_sound
from instrument_net.audio.waveform import Sound, file_duration_s, load_sound, load_waveform

__all__ = [
    "HIGHEST_RATE_HZ",
    "LOWEST_RATE_HZ",
    "AudioError",
    "OpenSound",
    "PassingError",
    "Sound",
    "file_duration_s",
    "load_sound",
    "load_waveform",
    "open_sound",
]
