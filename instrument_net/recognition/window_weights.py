"""How much each window of a long file says about what plays in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from instrument_net.audio import Sound

_FRAME_S = 0.05  # a pause between two notes of a phrase is longer
_QUIET_SHARE = 0.1  # of a window's frames
_LOUDEST_FLOOR = 0.01  # of the loudest window's power, 20 dB: what has no pause shows no floor


@dataclass(frozen=True)
class Level:
    """The power of a window, in the scale of its file.

    Attributes:
        power: Mean square of its samples.
        quiet: Mean square of a frame of 50 ms, of which a tenth of the window's have less.
    """

    power: float
    quiet: float


def level_of(sound: Sound, *, sample_rate_hz: int, duration_s: float) -> Level:
    """Return the level of a window.

    Args:
        sound: The window.
        sample_rate_hz: Of its waveform.
        duration_s: Length of the file, beyond which a window is padded.
    """
    frame = round(_FRAME_S * sample_rate_hz)
    held = round((duration_s - sound.start_s) * sample_rate_hz)
    samples = sound.waveform.numpy()[: max(held, 1)]
    whole = len(samples) // frame * frame
    frames = samples[:whole].reshape(-1, frame) if whole else samples[None]
    powers = np.mean(np.square(frames, dtype=np.float64), axis=1) * sound.peak**2
    return Level(float(powers.mean()), float(np.quantile(powers, _QUIET_SHARE)))


def window_weights(windows: Tensor, levels: Sequence[Level]) -> Tensor:
    """Return the share of each window in the probabilities of its file.

    A window weighs ``level * certainty``.

    - ``level = 1 - floor / power``: the share of its power that is above the file's floor. The
      floor is the quietest ``quiet`` of all windows, but no more than 20 dB below the loudest
      window: near 1 for all that plays, loud or soft, and near 0 for hiss between two passages.
    - ``certainty = 1 - H / log k``: 0 where all k classes are equally probable, 1 where one is
      certain; H is the entropy of the window's probabilities.

    Where no window says anything, all weigh the same. Whether this is better than the plain mean on
    long recordings of unseen sources is not measured. The entropy does not tell a window that is
    wrong and certain from one that is right.

    Args:
        windows: Probabilities ``(n_windows, n_classes)``, at least two classes.
        levels: One a window; none: only certainty counts.

    Returns:
        ``(n_windows,)``, sums to 1.

    References:
        Misra, Bourlard, Tyagi, "New entropy based combination rules in HMM/ANN multi-stream ASR",
        ICASSP 2003: classifiers weighted by their entropy, in noise. There the weight is 1 / H,
        which has no limit; here it is linear, and a single certain window cannot decide alone.
    """
    import torch  # late: those who print predictions need none of it

    entropy = torch.special.entr(windows).sum(dim=1)
    weights = (1 - entropy / math.log(windows.shape[1])).clamp_min(0)
    if levels:
        power = torch.tensor([level.power for level in levels], dtype=torch.float64)
        floor = min(_LOUDEST_FLOOR * float(power.max()), *(level.quiet for level in levels))
        above = torch.where(power > floor, 1 - floor / power, 0.0)
        weights = weights * above.to(weights)
    total = weights.sum()
    return weights / total if total > 0 else torch.full_like(weights, 1 / len(weights))
