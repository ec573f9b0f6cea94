"""Tones, noise, and a small network that distinguishes them: half a second a window."""

import numpy as np
import soundfile
import torch

from instrument_net.learning.loss import cross_entropy
from instrument_net.recognition.recogniser import Recogniser

RATE_HZ = 44_100
MB = 2**20
SETTINGS = {
    "class_names": ["noise", "silence", "tone"],
    "network": {"name": "TwoBranchNet", "filters": 4, "dense_units": 8},
    "front_end": {"n_frames": 80, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}},
}


def tone(seconds, frequency_hz=440.0):
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)


def noise(seconds, seed=0):
    return 0.1 * np.random.default_rng(seed).standard_normal(int(seconds * RATE_HZ))


def write_sound(path, *parts):
    soundfile.write(path, np.concatenate(parts), RATE_HZ)
    return path


def train_checkpoint(path):
    torch.manual_seed(0)
    recogniser = Recogniser.from_settings(SETTINGS)
    size = recogniser.front_end.num_samples
    tones = [tone(1, frequency_hz)[:size] for frequency_hz in np.geomspace(150, 2_500, 8)]
    noises = [noise(1, seed)[:size] for seed in range(8)]
    inputs = recogniser.front_end(torch.tensor(np.array([*tones, *noises]), dtype=torch.float32))
    label = torch.tensor([2] * len(tones) + [0] * len(noises))
    optimizer = torch.optim.Adam(recogniser.network.parameters(), lr=1e-2)
    for _ in range(30):
        optimizer.zero_grad()
        cross_entropy(recogniser.network(*inputs), label, log_base="e").backward()
        optimizer.step()
    weights = {f"network.{k}": v for k, v in recogniser.network.state_dict().items()}
    torch.save({"hyper_parameters": recogniser.settings, "state_dict": weights}, path)
    return path
