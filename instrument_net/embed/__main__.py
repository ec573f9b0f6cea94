"""Write a vector a file, or find the files that sound most like one.

python -m instrument_net.embed recordings/ --out vectors.npz
python -m instrument_net.embed vectors.npz --similar clip.wav
python -m instrument_net.embed best.ckpt recordings/ --out vectors.parquet
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from instrument_net.embed.vectors import FileVectors
from instrument_net.embed.vectors_file import (
    ENDINGS,
    check_format,
    read_vectors,
    write_vectors,
)
from instrument_net.errors import (
    INTERRUPTED,
    SOME_FILES_FAILED,
    WRONG_INPUT_STATUS,
    InputError,
)
from instrument_net.escaping import error_line, for_screen, one_line
from instrument_net.files import described, find_audio, printable
from instrument_net.invocation import command_name
from instrument_net.memory import keep_freed_pages
from instrument_net.progress import work_progress
from instrument_net.recognition import network_options
from instrument_net.recognition.named_checkpoint import checkpoint_and_inputs
from instrument_net.recognition.places import check_folders, check_places
from instrument_net.recognition.screen_output import print_result

if TYPE_CHECKING:
    from instrument_net.recognition.file_prediction import FilePrediction
    from instrument_net.recognition.recogniser import Recogniser


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog=command_name("embed"),
        description="Write what a network's output layer reads of each file, as one vector, or "
        "find the files that sound most like one.",
        epilog="Exit status: 0; 2, wrong arguments or checkpoint; "
        f"{SOME_FILES_FAILED}, some files have no vector: they could not be read (each is named). "
        "A silent file has none either.",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE|FOLDER",
        help="audio files, folders of them, or what --out wrote with the same checkpoint. This may "
        f"stand before them: {network_options.CHECKPOINT_HELP}",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the vectors: .npz, for NumPy, or .parquet, "
        "a table for pandas, Polars and DuckDB (extra: parquet)"
    )  # fmt: skip
    parser.add_argument(
        "--projector", type=Path, metavar="FOLDER", help="write what TensorBoard's projector shows"
    )
    parser.add_argument(
        "--similar", type=Path, metavar="FILE", help="print the files most similar to this one"
    )
    parser.add_argument("--top", type=int, default=10, help="files to print (default: 10)")
    network_options.add_options(parser)
    parsed = parser.parse_args(arguments)
    network_options.check_options(parser, parsed)
    try:
        parsed.checkpoint, parsed.inputs = checkpoint_and_inputs(parsed.paths, inputs=ENDINGS)
    except InputError as error:
        parser.error(str(error))
    if not parsed.inputs:
        parser.error("name files or folders to embed")
    if not (parsed.out or parsed.projector or parsed.similar):
        parser.error("name at least one of --out, --projector and --similar")
    if parsed.out and parsed.out.suffix.lower() not in ENDINGS:
        parser.error(f"--out must end in {' or '.join(ENDINGS)}")
    if parsed.top < 1:
        parser.error("--top must be at least 1")
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    keep_freed_pages()
    options = parse(arguments)
    screen = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        return 0 if _embed(options, screen) else SOME_FILES_FAILED
    except InputError as error:
        screen.print(error_line(error))
        return WRONG_INPUT_STATUS
    except KeyboardInterrupt:
        screen.print("interrupted")
        return INTERRUPTED


def _embed(options: argparse.Namespace, screen: Console) -> bool:
    """Do all that is asked for, and return whether every file could be read."""
    kept = [path for path in options.inputs if path.suffix.lower() in ENDINGS and path.is_file()]
    for path in [*kept, *([options.out] if options.out else [])]:
        check_format(path)
    found = find_audio(path for path in options.inputs if path not in kept)
    for line in described(found.passed_over):
        screen.print(for_screen(line))
    check_places([options.out], spared=[options.checkpoint, *found.audio])
    check_folders([options.projector])
    from instrument_net.embed.projector import check_projector, write_projector
    from instrument_net.recognition.digest import digest_of

    if options.projector:
        check_projector(options.projector)
    recogniser = network_options.open_recogniser(options, screen)
    model = digest_of(recogniser)
    parts = [_kept(path, model) for path in kept]
    query = _query(recogniser, options.similar) if options.similar else None
    results = _classify(recogniser, found.audio, options, screen) if found.audio else []
    if sounding := [result for result in results if result.windows]:
        parts.append(FileVectors.of_files(sounding, model))
    if not parts:
        names = ", ".join(map(printable, options.inputs))
        raise InputError(f"no file that sounds in {names}; name audio files, or a folder of them")
    vectors = FileVectors.joined(parts)
    if options.out:
        write_vectors(vectors, options.out)
        screen.print(for_screen(f"{len(vectors.paths)} vectors: {printable(options.out)}"))
    if options.projector:
        write_projector(vectors, options.projector)
        command = f"tensorboard --logdir {printable(options.projector)}"
        screen.print(for_screen(f"projector: {command}"))
    if query is not None:
        print_result(_similar(vectors, query, options.top))
    if n_failed := sum(result.error is not None for result in results):
        screen.print(f"{n_failed} of {len(results)} files could not be read")
    return n_failed == 0


def _kept(path: Path, model: str) -> FileVectors:
    vectors = read_vectors(path)
    if vectors.model != model:
        raise InputError(
            f"{printable(path)}: was written with other weights than the checkpoint's; name that "
            "checkpoint, or the audio files"
        )
    return vectors


def _query(recogniser: Recogniser, path: Path) -> FilePrediction:
    from instrument_net.recognition.files import predict_files

    (result,) = predict_files(recogniser, [path], with_vectors=True)
    if result.problem is not None:
        raise InputError(f"--similar: {result.problem}")
    return result


def _classify(
    recogniser: Recogniser, files: Sequence[Path], options: argparse.Namespace, screen: Console
) -> list[FilePrediction]:
    """Return one result a file; those without a vector are named."""
    from instrument_net.recognition.files import predict_files

    results = []
    with work_progress("files", screen) as progress:
        each = predict_files(recogniser, files, batch_size=options.batch_size, with_vectors=True)
        for result in progress.track(each, len(files), description="Embedding"):
            if result.error is not None:
                progress.console.print(error_line(result.error))
            elif result.problem is not None:  # silent, which is no failure
                progress.console.print(for_screen(result.problem))
            results.append(result)
    return results


def _similar(vectors: FileVectors, query: FilePrediction, top: int) -> str:
    """Return a line a file: similarity, class, probability, path; the query itself is left out."""
    from instrument_net.embed.similar import most_similar

    own = Path(printable(query.path)).absolute()
    rows = most_similar(vectors, query.vector.numpy())
    others = [(row, value) for row, value in rows if Path(vectors.paths[row]).absolute() != own]
    width = max((len(one_line(vectors.labels[row])) for row, _ in others[:top]), default=0)
    return "".join(
        f"{value:.3f}  {one_line(vectors.labels[row]):{width}}  "
        f"{vectors.probabilities[row]:4.0%}  {one_line(vectors.paths[row])}\n"
        for row, value in others[:top]
    )


if __name__ == "__main__":
    sys.exit(main())
