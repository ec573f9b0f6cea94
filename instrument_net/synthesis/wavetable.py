"""Periodic sound: one period stored as a table, read at the rate of the (vibrating) pitch.

Two tables, a soft and a loud one, are mixed sample by sample, because the spectrum of a driven
instrument changes with its amplitude (Fletcher & Rossing, ch. 14: brass; Risset & Mathews 1969).
"""

import numpy as np
import numpy.typing as npt

from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Waveform

TABLE_LENGTH = 2048
_HIGHEST_HARMONIC_HZ = 0.45 * SAMPLE_RATE_HZ


def harmonic_numbers(f0_hz: float) -> FloatArray:
    """Return 1, 2, 3 ... up to the last harmonic of ``f0_hz`` plus a semitone without aliasing."""
    highest = int(_HIGHEST_HARMONIC_HZ / (f0_hz * 2 ** (1 / 12)))
    return np.arange(1, min(highest, TABLE_LENGTH // 4) + 1, dtype=np.float64)


def read_wavetables(
    soft: FloatArray,
    loud: FloatArray,
    phase_rad: FloatArray,
    cycles: Waveform,
    loud_share: Waveform,
) -> Waveform:
    """Return ``sum_h a_h sin(2 pi h cycles + phase_h)``, ``a`` going from soft to loud.

    Args:
        soft: Harmonic amplitudes at share 0, ``(harmonics,)``, from the fundamental up.
        loud: Harmonic amplitudes at share 1, ``(harmonics,)``.
        phase_rad: Phases common to both, in radians, ``(harmonics,)``: in phase, they mix linearly.
        cycles: Phase of the fundamental in cycles, >= 0, ``(samples,)``.
        loud_share: Weight of the loud spectrum, 0 to 1, ``(samples,)``.

    Returns:
        float32 waveform ``(samples,)``.
    """
    spectrum = np.zeros((2, TABLE_LENGTH // 2 + 1), dtype=np.complex128)
    spectrum[:, 1 : soft.size + 1] = np.stack([soft, loud - soft]) * np.exp(1j * phase_rad)
    # irfft of -j/2 * length is a sine of amplitude 1.
    periods = np.fft.irfft(-0.5j * TABLE_LENGTH * spectrum, n=TABLE_LENGTH)
    # Both tables in one complex array: one look-up fetches both.
    table: npt.NDArray[np.complex64] = (periods[0] + 1j * periods[1]).astype(np.complex64)
    slope = np.roll(table, -1) - table

    position = cycles * np.float32(TABLE_LENGTH)
    index = position.astype(np.int32)
    fraction = position - index
    index &= TABLE_LENGTH - 1
    value = table.take(index)
    value += slope.take(index) * fraction
    waveform: Waveform = value.real + loud_share * value.imag
    return waveform
