"""Why a recogniser predicts what it predicts, for one clip."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from instrument_net.errors import InputError
from instrument_net.explanation.branches import DissectedNetwork, branch_logits
from instrument_net.explanation.contributions import feature_contributions
from instrument_net.explanation.padding import frames_with_sound, n_sounding
from instrument_net.explanation.saliency import saliency_map
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.spelling import hint


@dataclass(frozen=True)
class Explanation:
    """The evidence for one class in one clip.

    Attributes:
        class_name: The class that is explained.
        probability: Its predicted probability, in [0, 1].
        spectrogram: The input of the network, ``(bins, frames)`` in [0, 1].
        saliency: How much each part of the spectrogram raises the logit of the class,
            ``(bins, frames)`` in [0, 1]: see :func:`~instrument_net.explanation.saliency_map`.
            ``None`` for a network without a spectrogram branch. 0 in the padding.
        sound_s: Where the padding begins, in seconds from the clip's start.
        feature_contributions: Indexed by feature, in units of the logit: see
            :func:`~instrument_net.explanation.feature_contributions`. ``None`` for a network
            without a perceptron branch.
        branch_probabilities: The probability of the class by ``both`` branches, by ``spectrogram
            alone`` and by ``features alone``, with the activations of the other branch set to zero;
            for a network with a single branch, by that one ``alone``.
    """

    class_name: str
    probability: float
    spectrogram: Tensor
    saliency: Tensor | None
    sound_s: float
    feature_contributions: pd.Series | None
    branch_probabilities: dict[str, float]


def explain(recogniser: Recogniser, waveform: Tensor, target: str | None = None) -> Explanation:
    """Return the evidence for a class in a clip.

    The recogniser stays as it is (mode, gradients, hooks) and can be used at the same time.

    Args:
        recogniser: On any device; explained as it predicts in evaluation mode.
        waveform: ``(num_samples,)`` at the front end's sample rate, any gain, on any device.
        target: Name of the class; default: the most probable one.

    Returns:
        The explanation, its tensors on the CPU. A silent clip is explained like any other.

    Raises:
        InputError: If no class has this name, the waveform is of another shape, or the network has
            neither a ``spectrogram_branch`` nor a ``perceptron_branch``.

    >>> from instrument_net.audio import load_waveform
    >>> recogniser = Recogniser.from_checkpoint("best.ckpt")
    >>> waveform = load_waveform("clip.wav", num_samples=recogniser.front_end.num_samples)
    >>> explanation = explain(recogniser, waveform, target="flute")
    >>> explanation.class_name, len(explanation.feature_contributions)
    ('flute', 20)
    >>> explanation.saliency is None  # this network has no spectrogram branch
    True
    """
    if waveform.ndim != 1:
        raise InputError(
            f"waveform has shape {tuple(waveform.shape)}, one clip is explained at a time: "
            f"({recogniser.front_end.num_samples},)"
        )
    if target is not None and target not in recogniser.class_names:
        raise InputError(f"no class {target!r}{hint(target, recogniser.class_names)}")
    device = next(recogniser.network.parameters()).device
    with torch.no_grad():
        spectrogram, features = recogniser.front_end(waveform[None].to(device))
        network = DissectedNetwork(recogniser.network)
        logits_of = branch_logits(network, spectrogram, features)
        probabilities = {
            name: recogniser.probabilities(logits)[0] for name, logits in logits_of.items()
        }
        own = next(iter(probabilities.values()))
        index = int(own.argmax()) if target is None else recogniser.class_names.index(target)
        code = torch.tensor([index], device=device)
        saliency = contributions = None
        if "spectrogram" in network.branches:
            shown = frames_with_sound(waveform, recogniser.front_end).to(device)[None]
            saliency = saliency_map(network, spectrogram, features, code, shown=shown)[0].cpu()
        if "features" in network.branches:
            contributions = pd.Series(
                feature_contributions(network, spectrogram, features, code)[0].cpu().numpy(),
                index=pd.Index(recogniser.front_end.feature_names, name="feature"),
                name="contribution",
            )
    return Explanation(
        class_name=recogniser.class_names[index],
        probability=float(own[index]),
        spectrogram=spectrogram[0, 0].cpu(),
        saliency=saliency,
        sound_s=n_sounding(waveform) / recogniser.front_end.sample_rate_hz,
        feature_contributions=contributions,
        branch_probabilities={name: float(p[index]) for name, p in probabilities.items()},
    )
