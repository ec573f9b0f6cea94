"""Classifying files: a folder of clips and a single one, with PyTorch and with ONNX Runtime."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

from benchmarks.contest import Contender, Work, compete
from benchmarks.epoch import write_clips
from benchmarks.results import benchmark_parser, publish


def build_pytorch(*, checkpoint: str, folder: str, batch_size: int) -> Work:
    """Return a turn that decodes and classifies the files of a folder, as `predict` does."""
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()
    from instrument_net.files import find_audio_below
    from instrument_net.recognition.files import predict_files
    from instrument_net.recognition.recogniser import Recogniser

    recogniser = Recogniser.from_checkpoint(checkpoint)
    paths = find_audio_below(Path(folder)).audio

    def work() -> int:
        return len(list(predict_files(recogniser, paths, batch_size=batch_size)))

    return work


def build_onnx(*, model: str, folder: str, batch_size: int) -> Work:
    """Return the same turn with the exported model."""
    import onnxruntime
    import torch

    from instrument_net.audio import load_waveform
    from instrument_net.files import find_audio_below

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    paths = find_audio_below(Path(folder)).audio

    def work() -> int:
        for start in range(0, len(paths), batch_size):
            batch = torch.stack([load_waveform(p) for p in paths[start : start + batch_size]])
            session.run(None, {"waveform": batch.numpy()})
        return len(paths)

    return work


def write_model(folder: Path) -> tuple[str, str]:
    """Write an untrained network as a checkpoint and as an ONNX file; return both paths."""
    import torch

    from instrument_net.recognition.exporters import export_onnx
    from instrument_net.recognition.recogniser import Recogniser

    settings = {
        "class_names": [f"class_{k}" for k in range(21)],
        "network": {"name": "TwoBranchNet"},
        "front_end": {},
    }
    recogniser = Recogniser.from_settings(settings)
    weights = {f"network.{name}": w for name, w in recogniser.network.state_dict().items()}
    checkpoint, model = folder / "network.ckpt", folder / "network.onnx"
    torch.save({"hyper_parameters": recogniser.settings, "state_dict": weights}, checkpoint)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export_onnx(recogniser, model)
    return str(checkpoint), str(model)


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=7)
    parser.add_argument("--clips", type=int, default=64, help="files of 2 s in the folder")
    parser.add_argument("--batch-size", type=int, default=16, help="clips at a time")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_clips(root / "many", arguments.clips)
        write_clips(root / "one", 1)
        checkpoint, model = write_model(root)
        contenders = []
        for what, folder, batch_size in (
            (f"{arguments.clips} files", "many", arguments.batch_size),
            ("one file", "one", 1),
        ):
            options = {"folder": f"{name}/{folder}", "batch_size": batch_size}
            ours = {"checkpoint": checkpoint, **options}
            contenders += [
                Contender(f"{what}, PyTorch", build_pytorch, ours),
                Contender(f"{what}, ONNX Runtime", build_onnx, {"model": model, **options}),
            ]
        table = compete(contenders, repeats=arguments.repeats)
    note = "Decoding included. Goal: one file is no slower with ONNX Runtime than with PyTorch."
    publish("predict", table, notes=[note], results=arguments.results)


if __name__ == "__main__":
    main()
