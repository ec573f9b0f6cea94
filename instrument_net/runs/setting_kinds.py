"""What a setting may be, in types and ranges, with the words that say so."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from instrument_net.drawing.formats import FORMATS


@dataclass(frozen=True)
class Kind:
    """What a value may be.

    Attributes:
        fits: Whether a plain value is of this kind.
        expected: The same in words, to follow "expected".
    """

    fits: Callable[[Any], bool]
    expected: str


def shown(value: object) -> str:
    """Return a plain value as one writes it on a command line.

    >>> shown(None), shown([1, True, "a b"])
    ('null', '[1,true,a b]')
    """
    if isinstance(value, list):
        return f"[{','.join(map(shown, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def is_number(value: object) -> bool:
    """Return whether a value is a finite number; true and false are none."""
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and math.isfinite(value)  # type: ignore[arg-type]


def is_whole(value: object) -> bool:
    """Return whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(low: int, high: int | None = None) -> Kind:
    limits = f"of {low} or more" if high is None else f"from {low} to {high}"
    return Kind(
        lambda value: is_whole(value) and low <= value and (high is None or value <= high),
        f"a whole number {limits}",
    )


def _number(low: float = -math.inf, high: float = math.inf, *, below: float = math.inf) -> Kind:
    limits = [f"of {low:g} or more"] if low > -math.inf else []
    limits += [f"up to {high:g}"] if high < math.inf else []
    limits += [f"below {below:g}"] if below < math.inf else []
    return Kind(
        lambda value: is_number(value) and low <= value <= high and value < below,
        " ".join(["a number", " and ".join(limits)]).strip(),
    )


def _one_of(*values: object) -> Kind:
    return Kind(
        lambda value: any(type(value) is type(each) and value == each for each in values),
        f"one of {', '.join(map(shown, values))}",
    )


def _or(kind: Kind, value: object) -> Kind:
    return Kind(
        lambda given: given == value or kind.fits(given), f"{kind.expected}, or {shown(value)}"
    )


_NAMES = Kind(lambda value: isinstance(value, list), "a list of names, as [a,b]")
_DECAY_RATES = Kind(
    lambda value: (
        isinstance(value, list)
        and len(value) == 2
        and all(is_number(r) and 0 <= r < 1 for r in value)
    ),
    "two numbers of 0 or more and below 1, as [0.9,0.999]",
)
_PRECISIONS = (
    *("32-true", "16-mixed", "bf16-mixed", "16-true", "bf16-true", "64-true"),
    *("transformer-engine", "transformer-engine-float16", "64", "32", "16", "bf16", 64, 32, 16),
)
_MOST_DEVICES = 1024  # of one machine: far above any
_DEVICES = Kind(
    lambda value: (
        (is_whole(value) and (1 <= value <= _MOST_DEVICES or value == -1))
        or (isinstance(value, list) and len(value) > 0 and all(map(is_whole, value)))
        or (isinstance(value, str) and (value == "auto" or value.replace(",", "").isdigit()))
    ),
    "their number, a list of their indices, or auto",
)
_SHARE = Kind(
    lambda value: value is None or (is_number(value) and 0 < value < 1),
    "a share of the clips of an epoch, above 0 and below 1, or null",
)
_ANYTHING = Kind(lambda _: True, "anything")
_NONE = Kind(lambda value: value in (False, None), "false, for such a run keeps no checkpoint")
_SOME = Kind(lambda value: value is None or value != 0, "more than 0")

# By key; the first that fits counts. What is not listed is of the kind of its default.
_KINDS: dict[str, Kind] = {
    "seed": _whole(0, 2**32 - 1),
    "*.seed": _whole(0, 2**32 - 1),
    "checkpoint_minutes": _number(0),
    "name": Kind(lambda value: isinstance(value, str | int | float) and value != "", "a name"),
    "monitor": _ANYTHING,  # the metrics know their names
    "tested_epoch": _one_of("best", "last"),
    "run_dir": _ANYTHING,
    "figures": _one_of(*FORMATS),
    "explain": Kind(_whole(0).fits, "a whole number of clips, 0 for none"),
    "folds": _whole(2),
    "split.folds": _whole(2),
    "only": _or(_NAMES, None),
    "split.test": _NAMES,
    "split.sealed": _NAMES,
    "split.train": _or(_NAMES, None),
    "*.group_by": _or(_NAMES, None),
    "*.classes": _or(_NAMES, None),
    "*.allowed_labels": _or(_NAMES, None),
    "data.extra.*.share": _SHARE,
    "*_fraction": _number(0, below=1),
    "data.batch_size": _or(_whole(1), "auto"),
    "data.num_workers": _whole(0),
    "data.views": _or(_whole(1), None),
    "data.*_per_*": _whole(1),
    "optimizer.lr": _number(0),
    "optimizer.weight_decay": _number(0),
    "optimizer.eps": _number(0),
    "optimizer.betas": _DECAY_RATES,
    "scheduler.warm_up": _number(0, below=1),
    "loss.log_base": _ANYTHING,  # the loss knows its bases
    "loss.label_smoothing": _number(0, 1),
    "loss.class_weights": _ANYTHING,
    "trainer.max_epochs": _whole(1),
    "trainer.num_nodes": _whole(1),
    "trainer.precision": _or(_one_of(*_PRECISIONS), None),
    "trainer.devices": _DEVICES,
    "trainer.accelerator": _one_of("auto", "cpu", "gpu", "cuda", "mps", "tpu", "hpu"),
    "trainer.fast_dev_run": _NONE,
    "trainer.barebones": _NONE,
    "trainer.enable_checkpointing": Kind(lambda value: value in (True, None), "true"),
    "trainer.limit_*_batches": _SOME,
    "trainer.max_steps": _SOME,
    "*.patience": _whole(0),
    "*.logging_interval": _or(_one_of("epoch", "step"), None),
    "*.probability": _number(0, 1),
    "augment.*.n_masks": _whole(0),
    "augment.*.max_*": _whole(0),
    "*dropout": _number(0, below=1),
    "model.n_members": _whole(1),
    "model.filters": _whole(1),
    "model.dense_units": _whole(1),
    "model.blocks_per_stage": _whole(1),
    "model.n_*": _whole(1),
    "search.*": _whole(1),
    "workers": _whole(1),
    "chunk_clips": _whole(1),
}  # fmt: skip


def kind_of(key: str, default: object) -> Kind:
    """Return what a setting may be.

    Args:
        key: Dotted.
        default: Its value where nobody sets it, as a plain value; of no use where it is ``None``.
    """
    for pattern, kind in _KINDS.items():
        if fnmatchcase(key, pattern):
            return kind
    if isinstance(default, bool):
        return Kind(lambda value: isinstance(value, bool), "true or false")
    if is_whole(default) and not key.startswith("augment."):
        return Kind(is_whole, "a whole number")
    if isinstance(default, int | float):
        return _number()
    if isinstance(default, str) and default != "???":
        return Kind(lambda value: isinstance(value, str), "text, in quotes if it looks like more")
    if isinstance(default, list):
        return Kind(lambda value: isinstance(value, list), "a list, as [a,b]")
    return _ANYTHING
