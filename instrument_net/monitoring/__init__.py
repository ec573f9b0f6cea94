"""Training -> progress bar, compilation and what TensorBoard shows beside the curves.

Lightning callbacks, one per file.
"""

from instrument_net.monitoring.augmented_clips import AugmentedClips
from instrument_net.monitoring.compile_network import CompileNetwork
from instrument_net.monitoring.confusion_image import ConfusionImage
from instrument_net.monitoring.example_clips import ExampleClips
from instrument_net.monitoring.mistakes import log_mistakes
from instrument_net.monitoring.network_graph import NetworkGraph
from instrument_net.monitoring.throughput import Throughput
from instrument_net.monitoring.training_length import TrainingLength
from instrument_net.monitoring.training_progress import TrainingProgress

__all__ = [
    "AugmentedClips",
    "CompileNetwork",
    "ConfusionImage",
    "ExampleClips",
    "NetworkGraph",
    "Throughput",
    "TrainingLength",
    "TrainingProgress",
    "log_mistakes",
]
