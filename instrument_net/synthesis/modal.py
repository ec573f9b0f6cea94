"""Free vibration: a sum of exponentially decaying sinusoids, the modes of a struck body.

Physics: Fletcher & Rossing, The Physics of Musical Instruments, 2nd ed., ch. 1 and 4.
"""

import numpy as np
import numpy.typing as npt

from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Waveform

# Relates T60, the time in which a mode falls by 60 dB, to its decay rate: exp(-rate T60) = 1e-3.
LN_1000 = float(np.log(1000.0))
# e^-60 is far below 16 bits and far above the float32 denormals, which are slow to multiply.
_LARGEST_DECAY_NEPERS = 60.0
_BLOCK_LENGTH = 512


def decaying_modes(
    frequency_hz: FloatArray,
    t60_s: FloatArray,
    amplitude: FloatArray,
    num_samples: int,
    *,
    phase_rad: FloatArray | None = None,
) -> Waveform:
    """Return ``sum_p a_p exp(-6.91 t / T60_p) sin(2 pi f_p t + phase_p)``.

    With ``s_p`` the complex frequency of a mode, sample ``block * B + j`` is
    ``exp(s block B) * exp(s j)``: the product of a (blocks, modes) and a (modes, B) matrix gives
    all samples from few exponentials.

    Args:
        frequency_hz: Mode frequencies in hertz, ``(modes,)``; those above Nyquist are dropped.
        t60_s: Seconds for each mode to fall by 60 dB, ``(modes,)``, > 0.
        amplitude: Amplitude at the onset, ``(modes,)``.
        num_samples: Length of the result at 44,100 Hz.
        phase_rad: Phase at the onset in radians, ``(modes,)``; zero (a sine) if left out.

    Returns:
        float32 waveform ``(num_samples,)``; silence if every mode is above Nyquist.
    """
    phase = np.zeros_like(frequency_hz) if phase_rad is None else phase_rad
    audible = frequency_hz < SAMPLE_RATE_HZ / 2
    s = (-LN_1000 / t60_s + 2j * np.pi * frequency_hz)[audible] / SAMPLE_RATE_HZ  # per sample
    weight = -1j * amplitude[audible] * np.exp(1j * phase[audible])  # Re(-j e^jx) = sin x
    n_blocks = -(-num_samples // _BLOCK_LENGTH)

    def phasors(samples: npt.NDArray[np.int64]) -> npt.NDArray[np.complex128]:
        exponent = s[:, None] * samples
        exponent.real = np.maximum(exponent.real, -_LARGEST_DECAY_NEPERS)
        return np.asarray(np.exp(exponent))

    block_start = (weight[:, None] * phasors(np.arange(n_blocks) * _BLOCK_LENGTH)).T
    within = phasors(np.arange(_BLOCK_LENGTH))
    # Only the real part is wanted: Re(xy) = Re x Re y - Im x Im y, one real product.
    left = np.concatenate([block_start.real, -block_start.imag], axis=1).astype(np.float32)
    right = np.concatenate([within.real, within.imag], axis=0).astype(np.float32)
    waveform: Waveform = (left @ right).ravel()[:num_samples]  # (block, B) -> (sample,)
    return waveform


def gliding_modes(
    frequency_hz: FloatArray,
    t60_s: FloatArray,
    amplitude: FloatArray,
    num_samples: int,
    *,
    glide: float,
    glide_s: float,
) -> Waveform:
    """Return decaying modes that all start sharp and fall to their final frequency.

    A drumhead is stretched by its own large motion, so its pitch falls as the sound decays
    (Fletcher & Rossing, ch. 18): ``f(t) = f (1 + glide exp(-t / glide_s))``.

    Args:
        frequency_hz: Final mode frequencies in hertz, ``(modes,)``.
        t60_s: Seconds for each mode to fall by 60 dB, ``(modes,)``.
        amplitude: Amplitude at the onset, ``(modes,)``.
        num_samples: Length of the result at 44,100 Hz.
        glide: Relative sharpness at the onset, for example 0.06.
        glide_s: Time constant of the glide in seconds.

    Returns:
        float32 waveform ``(num_samples,)``.
    """
    time_s = np.arange(num_samples) / SAMPLE_RATE_HZ
    warped_s = time_s + glide * glide_s * (1 - np.exp(-time_s / glide_s))
    waveform = np.zeros(num_samples, dtype=np.float32)
    for f, t60, a in zip(frequency_hz, t60_s, amplitude, strict=True):
        # A mode is audible for 1.5 T60 (90 dB); adding its tail would only cost time.
        n = min(num_samples, int(1.5 * t60 * SAMPLE_RATE_HZ))
        cycles = f * warped_s[:n]
        angle = ((cycles - np.floor(cycles)) * (2 * np.pi)).astype(np.float32)
        envelope = np.exp((-LN_1000 / t60 * time_s[:n]).astype(np.float32))
        waveform[:n] += np.float32(a) * envelope * np.sin(angle)
    return waveform
