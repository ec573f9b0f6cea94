"""Recogniser -> a file that other programs run: waveform in, probabilities out."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from instrument_net.errors import InputError
from instrument_net.files import write_atomically
from instrument_net.frontend import factor_power_spectrograms
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.recognition.weights_file import halved, write_weights_file

LARGEST_DIFFERENCE = 1e-4
LARGEST_DIFFERENCE_OF_HALVED = 1e-3
_TRIAL_BATCH = 3


class ExportError(InputError):
    """An exported network whose probabilities differ from the checkpoint's."""


def export_onnx(recogniser: Recogniser, path: Path) -> float:
    """Write front end, network and softmax as one ONNX file, with the class names inside.

    Input ``waveform`` ``(batch, num_samples)`` float32, any batch; output ``probabilities``
    ``(batch, n_classes)``. The model's metadata hold ``class_names`` (a JSON list),
    ``sample_rate_hz``, ``num_samples`` and all settings.

    Args:
        recogniser: What to export.
        path: The file, which is written only after it has been tried.

    Returns:
        The largest difference of a probability from PyTorch's.

    Raises:
        ExportError: If a probability differs by more than 1e-4.
    """
    import onnx
    import onnxruntime

    waveforms = _trial(recogniser)
    exported = copy.deepcopy(recogniser)
    factor_power_spectrograms(exported.front_end)
    with torch.no_grad():
        program = torch.onnx.export(
            exported,
            (waveforms,),
            dynamo=True,
            input_names=["waveform"],
            output_names=["probabilities"],
            dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    onnx.helper.set_model_props(model, _metadata(recogniser))
    content = model.SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])

    def run(batch: Tensor) -> Tensor:
        return torch.from_numpy(session.run(None, {"waveform": batch.numpy()})[0])

    difference = _refuse_difference(recogniser, run, waveforms)
    write_atomically(path, content)
    return difference


def export_torch(recogniser: Recogniser, path: Path) -> float:
    """Write front end, network and softmax as one ``torch.export`` program (.pt2).

    ``torch.export.load(path).module()`` takes ``(batch, num_samples)``, any batch, and needs
    nothing but PyTorch; ``load(path, extra_files={"metadata.json": ""})`` gives the class names.

    Args, result and errors are those of :func:`export_onnx`.
    """
    waveforms = _trial(recogniser)
    batch = torch.export.Dim("batch", min=1)
    with torch.no_grad():
        program = torch.export.export(recogniser, (waveforms,), dynamic_shapes=({0: batch},))
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "trial.pt2"
        extra = {"metadata.json": json.dumps(_metadata(recogniser))}
        torch.export.save(program, trial, extra_files=extra)
        loaded = torch.export.load(trial).module()
        difference = _refuse_difference(recogniser, loaded, waveforms)
        write_atomically(path, trial.read_bytes())
    return difference


def export_weights(
    recogniser: Recogniser,
    path: Path,
    *,
    half: bool = False,
    card: Mapping[str, Any] | None = None,
) -> float:
    """Write weights and settings as one safetensors file, which stands for the checkpoint.

    Args:
        recogniser: What to export.
        path: The file, which is written only after it has been tried.
        half: Whether the weights are kept in float16, in half of the size.
        card: What is known about the training, plain values; default: what the recogniser's own
            file said.

    Returns:
        The largest difference of a probability from that of the recogniser.

    Raises:
        ExportError: If a probability differs by more than 1e-4, in float16 by more than 1e-3.
    """
    weights = recogniser.network.state_dict()
    kept = halved(weights) if half else weights
    trial = copy.deepcopy(recogniser)
    trial.network.load_state_dict(kept)
    most = LARGEST_DIFFERENCE_OF_HALVED if half else LARGEST_DIFFERENCE
    with torch.no_grad():
        difference = _refuse_difference(recogniser, trial, _trial(recogniser), most=most)
    write_weights_file(path, kept, recogniser.settings, card=card or recogniser.card or None)
    return difference


def export_settings(recogniser: Recogniser, path: Path) -> None:
    """Write the settings of front end and network, and the class names, as JSON."""
    write_atomically(path, (json.dumps(recogniser.settings, indent=2) + "\n").encode())


def _trial(recogniser: Recogniser) -> Tensor:
    """Return waveforms to try: noise, a tone, silence."""
    front_end = recogniser.front_end
    generator = torch.Generator().manual_seed(0)
    waveforms = torch.zeros(_TRIAL_BATCH, front_end.num_samples)
    waveforms[0] = torch.randn(front_end.num_samples, generator=generator)
    time_s = torch.arange(front_end.num_samples) / front_end.sample_rate_hz
    waveforms[1] = torch.sin(2 * torch.pi * 440 * time_s) * torch.exp(-time_s)
    return waveforms


def _refuse_difference(
    recogniser: Recogniser,
    exported: Callable[[Tensor], Tensor],
    waveforms: Tensor,
    *,
    most: float = LARGEST_DIFFERENCE,
) -> float:
    """Return the largest difference over the trial at every batch size up to its own."""
    differences = []
    for size in range(1, len(waveforms) + 1):
        with torch.no_grad():
            ours = recogniser(waveforms[:size])
            theirs = exported(waveforms[:size])
        differences.append((ours - theirs).abs().max())
    difference = float(torch.stack(differences).max())  # NaN, if there is one
    if not difference <= most:
        raise ExportError(
            f"the exported network differs from PyTorch by {difference:.2g} in a probability, "
            f"more than {most}; nothing was written"
        )
    return difference


def _metadata(recogniser: Recogniser) -> dict[str, str]:
    return {
        "class_names": json.dumps(list(recogniser.class_names)),
        "sample_rate_hz": str(recogniser.front_end.sample_rate_hz),
        "num_samples": str(recogniser.front_end.num_samples),
        "settings": json.dumps(recogniser.settings),
    }


EXPORTERS: dict[str, Callable[[Recogniser, Path], float]] = {
    "onnx": export_onnx,
    "torch": export_torch,
}
