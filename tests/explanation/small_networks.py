"""Networks and batches that are quick to explain."""

import torch

from instrument_net.models import build_network
from instrument_net.recognition.recogniser import Recogniser

NAMES = ["flute", "harp", "oboe"]
FRONT_END = {"n_frames": 112, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 110}}
SHAPE = (1, 110, 112)  # of which 2 x 2 cells are left


def small(name):
    """Return name and sizes of a network."""
    sizes = {"dense_units": 8} if name == "PerceptronNet" else {"filters": 4, "dense_units": 8}
    return {"name": name, **sizes}


def small_network(name="TwoBranchNet", *, seed=0, n_features=20):
    torch.manual_seed(seed)
    network = build_network(
        n_classes=3, n_features=n_features, spectrogram_shape=SHAPE, **small(name)
    )
    if name != "SpectrogramNet":
        mean = torch.linspace(-1, 1, n_features)
        network.perceptron_branch.scaling.fit(mean, torch.linspace(0.5, 2, n_features))
    return network


def small_batch(batch=4, *, seed=1, n_features=20):
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.rand(batch, *SHAPE, generator=generator),
        torch.randn(batch, n_features, generator=generator),
    )


def small_recogniser(name="TwoBranchNet"):
    torch.manual_seed(0)
    return Recogniser.from_settings(
        {
            "class_names": NAMES,
            "network": small(name),
            "front_end": FRONT_END,
        }
    )


def noise(recogniser, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(recogniser.front_end.num_samples, generator=generator)
