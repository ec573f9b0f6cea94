"""A small untrained recogniser, its checkpoint, and files for it."""

import importlib.metadata

import numpy as np
import soundfile
import torch

from instrument_net.recognition.recogniser import Recogniser

NAMES = ["flute", "harp", "oboe"]
SETTINGS = {
    "class_names": NAMES,
    "network": {"name": "TwoBranchNet", "filters": 4, "dense_units": 8},
    "front_end": {"n_frames": 80, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}},
}


def small_recogniser():
    torch.manual_seed(0)
    return Recogniser.from_settings(SETTINGS)


def save_checkpoint(recogniser, path, **hyper_parameters):
    """Write what a checkpoint needs to hold; hyper-parameters are the recogniser's settings."""
    weights = {f"network.{k}": v for k, v in recogniser.network.state_dict().items()}
    kept = {**recogniser.settings, **hyper_parameters}
    version = {"pytorch-lightning_version": importlib.metadata.version("lightning")}
    torch.save({"hyper_parameters": kept, "state_dict": weights, **version}, path)
    return path


def write_noise(path, seconds, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    soundfile.write(path, 0.1 * rng.standard_normal(int(seconds * 44_100)), 44_100)
    return path
