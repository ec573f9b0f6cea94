"""The features that the perceptron branch of the networks reads."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from instrument_net.baselines.baseline import Array
from instrument_net.frontend import FrontEnd


class FrontEndFeatures:
    """Describe a clip by the features of a front end.

    Args:
        front_end: Whose features.
    """

    def __init__(self, front_end: FrontEnd) -> None:
        self.settings: dict[str, object] = {
            "descriptor": "features",
            "front_end": front_end.fingerprint,
        }
        self._front_end = front_end

    def __call__(self, waveform: npt.NDArray[np.int16]) -> Array:
        """Return ``(n_features,)`` in the order of ``feature_names``.

        Args:
            waveform: ``(num_samples,)``.
        """
        with torch.no_grad():
            _, features = self._front_end(torch.from_numpy(waveform)[None])
        described: Array = features[0].double().numpy()
        return described
