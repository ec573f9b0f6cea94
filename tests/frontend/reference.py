"""The front end's definition in float64 NumPy, written from the formulas, sharing no code."""

import numpy as np
from scipy.fft import dct
from scipy.signal.windows import hann

RATE_HZ, N_FFT, HOP, BINS, FRAMES = 44_100, 4096, 1024, 560, 256
NUM_SAMPLES = N_FFT + (FRAMES - 1) * HOP


def power(x):
    window = hann(N_FFT, sym=False)
    frames = np.stack([x[t * HOP : t * HOP + N_FFT] * window for t in range(FRAMES)])
    return np.abs(np.fft.rfft(frames, axis=1)[:, :BINS].T) ** 2


def log_spectrogram(x):
    p = power(x)
    with np.errstate(divide="ignore"):
        return np.clip((10 * np.log10(p / p.max()) + 80) / 80, 0, 1)


def mel_triangles():
    def mel(hz):
        return 2595 * np.log10(1 + hz / 700)

    bin_hz = np.arange(BINS) * RATE_HZ / N_FFT
    corners_hz = 700 * (10 ** (np.linspace(0, mel(bin_hz[-1]), 42) / 2595) - 1)
    filters = np.zeros((40, BINS))
    for m in range(40):
        low, centre, high = corners_hz[m : m + 3]
        up, down = (bin_hz - low) / (centre - low), (high - bin_hz) / (high - centre)
        filters[m] = np.maximum(0, np.minimum(up, down))
    return filters


def features(x):
    m = len(x)
    p = power(x)
    sign = np.sign(x)
    lags = [
        np.dot(x[:-k], x[k:]) / np.sqrt(np.dot(x[:-k], x[:-k]) * np.dot(x[k:], x[k:]))
        for k in (1, 2, 3, 4)
    ]
    mel = mel_triangles() @ p.mean(axis=1)
    cepstrum = dct(np.log(np.maximum(mel, 1e-8 * mel.max())), type=2, norm="ortho")
    bin_hz = np.arange(BINS) * RATE_HZ / N_FFT
    frame_power = p.sum(axis=0)
    active = frame_power >= 1e-6 * frame_power.max()
    centroid = np.mean((bin_hz @ p)[active] / frame_power[active])
    return np.array(
        [
            np.sqrt(np.mean(x**2)),
            0.5 * np.abs(np.diff(sign)).sum() / (m - 1),
            np.sum(np.arange(m) * np.abs(x)) / np.sum(np.abs(x)) / RATE_HZ,
            *lags,
            *cepstrum[1:13],
            centroid,
        ]
    )
