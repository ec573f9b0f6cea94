"""Checkpoint -> one file that takes a waveform and gives probabilities.

python -m instrument_net.export outputs/quickstart/.../checkpoints/best.ckpt --to onnx
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from instrument_net.errors import InputError
from instrument_net.files import write_atomically

if TYPE_CHECKING:
    from torch import Tensor

    from instrument_net.recognition.recogniser import Recogniser

LARGEST_DIFFERENCE = 1e-4
_TRIAL_BATCH = 3


class ExportError(InputError):
    """An exported file that does not say what the checkpoint says."""


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
    import torch

    from instrument_net.frontend import factor_power_spectrograms

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
    import torch

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


def export_weights(recogniser: Recogniser, path: Path) -> None:
    """Write the weights as safetensors, and beside them a JSON with all settings.

    Args:
        recogniser: What to export.
        path: The ``.safetensors`` file; the JSON has the same name.
    """
    from safetensors.torch import save

    weights = {name: w.contiguous() for name, w in recogniser.network.state_dict().items()}
    write_atomically(path, save(weights, metadata=_metadata(recogniser)))
    settings = json.dumps(recogniser.settings, indent=2) + "\n"
    write_atomically(path.with_suffix(".json"), settings.encode())


FORMATS: dict[str, tuple[str, Callable[[Recogniser, Path], float]]] = {
    "onnx": (".onnx", export_onnx),
    "torch": (".pt2", export_torch),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m instrument_net.export",
        description="Write a trained network as one file: waveform in, probabilities out. The "
        "weights alone are written beside it, as safetensors with a JSON of all settings.",
    )
    parser.add_argument("checkpoint", type=Path, help="best.ckpt of a training run")
    parser.add_argument("--to", choices=list(FORMATS), default="onnx", help="default: onnx")
    parser.add_argument(
        "--out", type=Path, help="the file (default: beside the checkpoint, with its name)"
    )
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False)
    # Here and not above: --help needs no torch.
    from instrument_net.recognition.recogniser import CheckpointError, Recogniser

    ending, export = FORMATS[options.to]
    out = options.out or options.checkpoint.with_suffix(ending)
    try:
        recogniser = Recogniser.from_checkpoint(options.checkpoint)
        with console.status(f"Exporting to {options.to}"):
            difference = export(recogniser, out)
        export_weights(recogniser, out.with_suffix(".safetensors"))
    except ModuleNotFoundError as error:
        console.print(f"[red]error:[/red] {error}: pip install 'instrument_net[export]'")
        return 2
    except (CheckpointError, ExportError) as error:
        console.print(f"[red]error:[/red] {escape(str(error))}")
        return 2
    front_end = recogniser.front_end
    for what, text in {
        "file": f"{out} ({out.stat().st_size / 2**20:.1f} MiB)",
        "waveform": f"(batch, {front_end.num_samples}) float32 at {front_end.sample_rate_hz} Hz",
        "probabilities": f"(batch, {len(recogniser.class_names)}) of "
        f"{', '.join(recogniser.class_names)}",
        "against PyTorch": f"largest difference {difference:.1e} (at most {LARGEST_DIFFERENCE})",
        "weights": f"{out.with_suffix('.safetensors')}, settings in {out.with_suffix('.json')}",
    }.items():
        console.print(f"{what:16}{text}")
    return 0


def _trial(recogniser: Recogniser) -> Tensor:
    """Return waveforms to try: noise, a tone, silence."""
    import torch

    front_end = recogniser.front_end
    generator = torch.Generator().manual_seed(0)
    waveforms = torch.zeros(_TRIAL_BATCH, front_end.num_samples)
    waveforms[0] = torch.randn(front_end.num_samples, generator=generator)
    time_s = torch.arange(front_end.num_samples) / front_end.sample_rate_hz
    waveforms[1] = torch.sin(2 * torch.pi * 440 * time_s) * torch.exp(-time_s)
    return waveforms


def _refuse_difference(
    recogniser: Recogniser, exported: Callable[[Tensor], Tensor], waveforms: Tensor
) -> float:
    """Return the largest difference over the trial at every batch size up to its own."""
    import torch

    differences = []
    for size in range(1, len(waveforms) + 1):
        with torch.no_grad():
            ours = recogniser(waveforms[:size])
            theirs = exported(waveforms[:size])
        differences.append((ours - theirs).abs().max())
    difference = float(torch.stack(differences).max())  # NaN, if there is one
    if not difference <= LARGEST_DIFFERENCE:
        raise ExportError(
            f"the exported network differs from PyTorch by {difference:.2g} in a probability, "
            f"more than {LARGEST_DIFFERENCE}; nothing was written"
        )
    return difference


def _metadata(recogniser: Recogniser) -> dict[str, str]:
    return {
        "class_names": json.dumps(list(recogniser.class_names)),
        "sample_rate_hz": str(recogniser.front_end.sample_rate_hz),
        "num_samples": str(recogniser.front_end.num_samples),
        "settings": json.dumps(recogniser.settings),
    }


if __name__ == "__main__":
    sys.exit(main())
