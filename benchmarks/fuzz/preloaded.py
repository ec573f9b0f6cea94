"""What every worker needs, imported once for all of them."""

import lightning  # noqa: F401
import pandas  # noqa: F401
import scipy.signal  # noqa: F401
import soundfile  # noqa: F401
import tensorboard  # noqa: F401
import torch  # noqa: F401
import torchaudio  # noqa: F401
import torchmetrics  # noqa: F401

import instrument_net.classifier
import instrument_net.data
import instrument_net.recognition.files  # noqa: F401
