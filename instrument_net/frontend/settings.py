"""The settings of a front end: what is left out is filled in, what cannot be is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from instrument_net.errors import InputError
from instrument_net.frontend.spectrograms import SPECTROGRAMS, STFT, options_of
from instrument_net.spelling import hint

SCALES = ("log", "power", "pcen")
_FEATURES = {"n_fft": 4096, "hop_length": 1024, "n_bins": 560, "n_mels": 40}
_SCALE = {"scale": "log", "top_db": 80.0, "pcen_gain": 0.8}
# Far above what anybody asks for: a slip or a damaged file shall not take all memory.
_MOST, _MOST_OF = 2**20, {"n_fft": 2**16, "n_bins": 2**15 + 1, "n_mels": 2**11}
_MOST_SAMPLES = 2**26  # of a clip: 25 minutes
_MAX_TOP_DB = 300.0  # a power ratio of 1e-30, which float32 still holds without going subnormal


def complete_settings(
    *,
    sample_rate_hz: int,
    n_frames: int,
    features: Mapping[str, Any] | None,
    spectrogram: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the arguments of :class:`~instrument_net.frontend.FrontEnd`, none left out.

    Returns:
        Plain values: numbers, strings and dictionaries of them, always in the same order.

    Raises:
        InputError: If a setting is unknown (with the nearest right one) or out of its range.
    """
    _check_whole("frontend.sample_rate_hz", sample_rate_hz)
    _check_whole("frontend.n_frames", n_frames)
    transform = _complete_features(_plain("frontend.features", features))
    if n_frames * transform["hop_length"] + transform["n_fft"] > _MOST_SAMPLES:
        raise InputError(
            f"frontend.n_frames is {n_frames} at a hop of {transform['hop_length']}: a clip may "
            f"have {_MOST_SAMPLES} samples at most"
        )
    return {
        "sample_rate_hz": sample_rate_hz,
        "n_frames": n_frames,
        "features": transform,
        "spectrogram": _complete_spectrogram(_plain("frontend.spectrogram", spectrogram)),
    }


def _complete_features(given: dict[str, Any]) -> dict[str, Any]:
    for name in given.keys() - _FEATURES.keys():
        _refuse_unknown("frontend.features", name, _FEATURES)
    settings = {**_FEATURES, **given}
    for name, value in settings.items():
        _check_whole(f"frontend.features.{name}", value)
    n_fft, n_bins = settings["n_fft"], settings["n_bins"]
    if not 2 <= n_bins <= n_fft // 2 + 1:
        raise InputError(
            "frontend.features.n_bins must lie in 2 ... n_fft // 2 + 1 = "
            f"{n_fft // 2 + 1}, got {n_bins}"
        )
    return settings


def _complete_spectrogram(given: dict[str, Any]) -> dict[str, Any]:
    name = given.get("name", STFT)
    if name not in (STFT, *SPECTROGRAMS):
        names = ", ".join((STFT, *SPECTROGRAMS))
        raise InputError(f"frontend.spectrogram.name must be one of {names}, got {name!r}")
    defaults = {"name": STFT, **options_of(name), **_SCALE}
    for option in given.keys() - defaults.keys():
        _refuse_option(option, name, defaults)
    settings = {**defaults, **given}
    for option, default in options_of(name).items():
        if isinstance(default, int):
            _check_whole(f"frontend.spectrogram.{option}", settings[option])
        elif not _is_number(settings[option], least=0):
            raise InputError(
                f"frontend.spectrogram.{option} must be 0 or a number above, "
                f"got {settings[option]!r}"
            )
    _check_scale(**{option: settings[option] for option in _SCALE})
    floats = {option for option, default in defaults.items() if isinstance(default, float)}
    return {o: float(value) if o in floats else value for o, value in settings.items()}


def _check_scale(*, scale: object, top_db: object, pcen_gain: object) -> None:
    if scale not in SCALES:
        raise InputError(
            f"frontend.spectrogram.scale must be one of {', '.join(SCALES)}, got {scale!r}"
        )
    if top_db == 0 or not _is_number(top_db, least=0, most=_MAX_TOP_DB):
        raise InputError(
            f"frontend.spectrogram.top_db must be above 0 and at most {_MAX_TOP_DB:g}, "
            f"got {top_db!r}"
        )
    if not _is_number(pcen_gain, least=0, most=1):
        raise InputError(f"frontend.spectrogram.pcen_gain must lie in 0 ... 1, got {pcen_gain!r}")


def _plain(key: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(f"{key} must hold settings by their names, got {given!r}")
    return dict(given)


def _check_whole(key: str, value: object) -> None:
    if isinstance(value, bool) or not (isinstance(value, int) and value > 0):
        raise InputError(f"{key} must be a whole number above 0, got {value!r}")
    most = _MOST_OF.get(key.rpartition(".")[2], _MOST)
    if value > most:
        raise InputError(f"{key} must be at most {most}, got {value}")


def _is_number(value: object, *, least: float, most: float = math.inf) -> bool:
    return isinstance(value, int | float) and least <= value <= most


def _refuse_unknown(key: str, name: str, known: Mapping[str, Any]) -> None:
    raise InputError(f"{key} has no {name!r}{hint(name, known, prefix=key)}")


def _refuse_option(option: str, name: str, known: Mapping[str, Any]) -> None:
    others = [other for other in SPECTROGRAMS if option in options_of(other)]
    if not others:
        _refuse_unknown("frontend.spectrogram", option, known)
    own = " (the features' own transform: frontend.features)" if name == STFT else ""
    raise InputError(
        f"frontend.spectrogram has no {option!r} where its name is {name}{own}, "
        f"but where it is {' or '.join(others)}"
    )
