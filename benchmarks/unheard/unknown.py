"""Does a network notice an instrument that is none of its classes?

python -m benchmarks.unheard.unknown clips.csv --fold 1 --left-out harp clarinet tuba violin

Trains `best` without some classes and without the sources of a fold; then compares clips of these
sources: are those of the classes that were left out told from those of the others, and from those
of the others that are named rightly?
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import pandas as pd
import torch
from rich.console import Console
from torch import Tensor

from benchmarks.unheard.folds import folds_of
from benchmarks.unheard.options import parser_of
from benchmarks.unheard.recipes import BEST, RECIPES, Recipe
from benchmarks.unheard.trial import Data, Trial
from instrument_net.audio import load_waveform
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.evaluation.unknown_scores import (
    area_under_roc,
    class_distance,
    doubt,
    energy,
    entropy,
    neighbour_distance,
)
from instrument_net.files import write_atomically
from instrument_net.models import averaged
from instrument_net.own_table import read_own_table
from instrument_net.progress import work_progress
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.runs.screen import print_table

_CLIPS_AT_A_TIME = 16


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = parser_of("unheard.unknown", __doc__)
    parser.add_argument("--left-out", nargs="+", required=True, metavar="CLASS")
    parser.add_argument("--fold", default="0", help="of python -m benchmarks.unheard TABLE --list")
    parser.add_argument("--recipe", choices=list(RECIPES), default=BEST)
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=[0], help="of networks that answer together"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train if that is not done yet, then print and write the areas under the curve."""
    options, console = parse(arguments), Console()
    clips = pd.read_csv(options.table, dtype=str, keep_default_na=False)
    sources = folds_of(clips)[options.fold]
    trials = [_trial(options, sources, seed) for seed in options.seeds]
    for trial in trials:
        if not trial.is_done(stress=False) and (problem := trial.run(stress=False)):
            console.print(f"[red]error:[/red] {problem}", highlight=False)
            return 1
    of_fold = clips[clips["source"].isin(sources) & clips["label"].isin(options.left_out)]
    names = set(clips["label"]) - set(options.left_out)  # a recipe may train further classes
    splits = read_own_table(trials[0].folder.splits)  # the clips that are tested are the same
    known = splits[splits["split"] == "test"]
    training = splits[(splits["split"] == "train") & splits["label"].isin(names)]
    recognisers = [Recogniser.from_checkpoint(trial.folder.best_checkpoint) for trial in trials]
    files = {
        "known": list(known["path"]),
        "unknown": [str(options.table.parent / path) for path in of_fold["path"]],
        "training": list(training["path"]),
    }
    seen = {name: _read(recognisers, paths, name) for name, paths in files.items()}
    class_names = recognisers[0].class_names
    outputs = torch.tensor([name in names for name in class_names])
    named = [class_names[k] for k in seen["known"][0].argmax(dim=1).tolist()]
    rightly = torch.tensor((known["label"] == named).tolist())
    table = _areas(seen, torch.from_numpy(pd.factorize(training["label"])[0]), outputs, rightly)
    print_table(console, table.set_index("score"), f"{len(known)} known, {len(of_fold)} unknown")
    write_atomically(trials[0].folder.path / "unknown.md", (markdown_table(table) + "\n").encode())
    return 0


def _trial(options: argparse.Namespace, sources: Sequence[str], seed: int) -> Trial:
    """Return the trial whose labels lack the classes that are left out."""
    left_out = sorted(options.left_out)
    labels = (options.folder / f"without_{'_'.join(left_out)}.yaml").absolute()
    write_atomically(labels, "".join(f"{label}: null\n" for label in left_out).encode())
    whole = RECIPES[options.recipe]
    given = [f"data.labels={labels}"]
    given += [f"data.extra.{name}.labels={labels}" for name, _ in whole.extra]
    recipe = Recipe("without some classes", [*whole.overrides, *given], whole.extra)
    data = Data(options.table, options.banks)
    return Trial(
        f"unknown_{options.recipe}",
        recipe,
        seed,
        options.fold,
        sources,
        data,
        options.folder,
    )


@torch.inference_mode()
def _read(
    recognisers: Sequence[Recogniser], paths: Sequence[str], what: str
) -> tuple[Tensor, Tensor]:
    """Return logits ``(n_clips, n_classes)`` and embeddings ``(n_clips, width)`` of files.

    Of several networks: their mean logits, and their embeddings side by side.
    """
    front_end = recognisers[0].front_end
    parts = []
    with work_progress() as progress:
        bar = progress.add_task(what, total=len(paths))
        for start in range(0, len(paths), _CLIPS_AT_A_TIME):
            waveforms = [
                load_waveform(
                    path, sample_rate_hz=front_end.sample_rate_hz, num_samples=front_end.num_samples
                )
                for path in paths[start : start + _CLIPS_AT_A_TIME]
            ]
            inputs = front_end(torch.stack(waveforms))
            logits = averaged([each.network(*inputs) for each in recognisers])
            vectors = [each.embedding(*inputs) for each in recognisers]
            parts.append((logits, torch.cat(vectors, dim=1)))
            progress.advance(bar, len(waveforms))
    all_logits, embeddings = zip(*parts, strict=True)
    return torch.cat(all_logits), torch.cat(embeddings)


def _areas(
    seen: dict[str, tuple[Tensor, Tensor]], labels: Tensor, outputs: Tensor, rightly: Tensor
) -> pd.DataFrame:
    """Return a row a score, in clips of known classes against those of unknown ones.

    Args:
        seen: What was read of known, unknown and training clips.
        labels: Class of each training clip.
        outputs: Which outputs are classes of the table.
        rightly: Which of the known clips are named rightly.
    """
    of_training = seen["training"][1]
    scores: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
        "1 - highest probability": lambda logits, _: doubt(logits.softmax(dim=1)[:, outputs]),
        "entropy": lambda logits, _: entropy(logits.softmax(dim=1)),
        "energy": lambda logits, _: energy(logits),
        "distance to the 10th neighbour": lambda _, e: neighbour_distance(e, of_training),
        "distance to the nearest class": lambda _, e: class_distance(e, of_training, labels),
    }
    if not outputs.all():
        scores["probability of the further classes"] = lambda logits, _: logits.softmax(dim=1)[
            :, ~outputs
        ].sum(dim=1)
    rows = []
    for name, score in scores.items():
        known, unknown = score(*seen["known"]), score(*seen["unknown"])
        rows.append(
            {
                "score": name,
                "area under the ROC curve": area_under_roc(known, unknown),
                "... against those named rightly": area_under_roc(known[rightly], unknown),
            }
        )
    return pd.DataFrame(rows).round(3)


if __name__ == "__main__":
    sys.exit(main())
