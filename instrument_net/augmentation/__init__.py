"""Batches -> batches as other people would have recorded them; for training only."""

from instrument_net.augmentation.band_equaliser import BandEqualiser
from instrument_net.augmentation.band_low_pass import BandLowPass
from instrument_net.augmentation.chain import AugmentationChain
from instrument_net.augmentation.crop import Crop
from instrument_net.augmentation.equaliser import Equaliser
from instrument_net.augmentation.frame_crop import FrameCrop
from instrument_net.augmentation.gain import Gain
from instrument_net.augmentation.low_pass import LowPass
from instrument_net.augmentation.masks import FrequencyMasks, TimeMasks
from instrument_net.augmentation.mixup import Mixup
from instrument_net.augmentation.noise import Noise
from instrument_net.augmentation.noise_floor import NoiseFloor
from instrument_net.augmentation.onset_shift import OnsetShift
from instrument_net.augmentation.polarity import PolarityInversion
from instrument_net.augmentation.reverberation import Reverberation
from instrument_net.augmentation.shifts import BandShift, FrameShift
from instrument_net.augmentation.silence_trimming import SilenceTrimming
from instrument_net.augmentation.speed import Speed

__all__ = [
    "AugmentationChain",
    "BandEqualiser",
    "BandLowPass",
    "BandShift",
    "Crop",
    "Equaliser",
    "FrameCrop",
    "FrameShift",
    "FrequencyMasks",
    "Gain",
    "LowPass",
    "Mixup",
    "Noise",
    "NoiseFloor",
    "OnsetShift",
    "PolarityInversion",
    "Reverberation",
    "SilenceTrimming",
    "Speed",
    "TimeMasks",
]
