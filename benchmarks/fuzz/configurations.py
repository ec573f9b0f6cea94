"""Broken command lines of ``train``: other values, misspelled keys, odd grammar."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import hydra
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf

from benchmarks.fuzz.recogniser import CLASS_NAMES
from benchmarks.fuzz.trial import Trial, WrongResultError
from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR, extend_hydra, groups_of, keys_of, options_of
from instrument_net.data import InstrumentDataModule
from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.run_folder import RunFolder
from instrument_net.runs.assembly import (
    build_augmentation,
    build_baseline_model,
    build_classifier,
    build_front_end,
    build_trainer,
    is_baseline,
)
from instrument_net.runs.data_assembly import build_data, build_split
from instrument_net.runs.monitor import Monitor
from instrument_net.train import same_folder

_CHOICES = (
    "+experiment=baseline", "+experiment=best", "+experiment=residual_ensemble", "data=folder",
    "+experiment=svm_mfcc", "data=manifest", "data/extra=orchestra", "augment=strong",
    "frontend=cqt", "frontend=pcen", "frontend=log_mel", "scheduler=cosine", "optimizer=adamw",
    "callbacks=averaged", "split=by_source", "split=leave_one_source_out", "split=k_fold",
    "model=inverted_residual", "model=perceptron", "trainer=cpu",
)  # fmt: skip
# Together they have all keys, or nearly so.
_STAGES = (
    (
        *("data=folder", "data.path=clips", "data/extra=orchestra"),
        *("augment=strong", "frontend=pcen", "scheduler=cosine"),
    ),
    (
        *("data=manifest", "data.path=clips.csv", "optimizer=adamw", "callbacks=averaged"),
        *("split=k_fold", "frontend=cqt"),
    ),
    ("+experiment=svm_mfcc", "split=by_source", "split.test=[a]"),
    ("model=inverted_residual", "split=leave_one_source_out"),
)
_VALUES = (
    *("", "null", "true", "false", "x", "-1", "0", "1", "2", "3", "0.5", "-0.5", "1e3", "1e400"),
    *("nan", "inf", "-.inf", "[]", "[1,2]", "[a,b]", "[[]]", "{}", "{a:1}", "{a:{b:1}}", "'x'"),
    *("'", '"', "${name}", "${nope}", "${oc.env:NOPE}", "${now:%Y}", "${seed}", "a b", "ä", "🎻"),
    *("x" * 3_000, "9" * 30, "10000000", "???", "[red]x[/red]", "1_000", "0x10", "01", "~", "*"),
    *("[", "]", "{", "}", "(", "$x", "\\", "a,b", "1,2", "range(1,3)", "choice(a,b)", "int(3.5)"),
    *("a=b", "a:b", "@x", "/dev/null", "..", "auto", "text\nof two lines", "\t", "#", "!!python"),
    *("{_target_:os.getcwd}", "[null]", "[true]", "1e-300", "0.999999", "-0", "+1", "2147483648"),
)  # fmt: skip
_ODD = (
    *("", "=", "a", "+", "~", "++", "+=", "~=", "-x", "--", "---", "--nope", "--nope=1", "-h"),
    *("--config-name=nope", "--config-dir=/nope", "--config-path=/nope", "--cfg", "--cfg=job"),
    *("--help", "--info=nope", "--package=x", "-p", "--resolve", "seed", "seed=", "=1", "a.b.c"),
    *(".=1", "a.=1", ".a=1", "a..b=1", "a[0]=1", "seed==1", "seed=1=2", "seed =1", "seed:1", "ä=1"),
    *("@a=1", "a@b=c", "a@b:c=d", "data@x=folder", "+data@x=folder", "hydra=x", "hydra/output=x"),
    *("+experiment=[baseline,best]", "experiment=baseline", "+experiment=nope", "+experiment=null"),
    *("~data", "~model", "~model.filters", "~nope", "+seed=1", "++seed=1", "++nope=1", "+nope=1"),
)  # fmt: skip


class ConfigurationCases:
    """Lists of overrides, and what the command answers before it reads anything.

    Args:
        folder: Not used.
    """

    def __init__(self, folder: Path) -> None:
        del folder
        extend_hydra()
        with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
            self._defaults = [_defaults(compose("train", [*stages])) for stages in _STAGES]

    def trial(self, random: Random, folder: Path) -> Trial:
        """Return a command line with one to four odd arguments."""
        number = random.randrange(len(_STAGES))
        stages = random.sample(_CHOICES, 2) if random.random() < _OTHER_SHARE else _STAGES[number]
        odd = [
            _argument(self._defaults[number], random) for _ in range(random.choice((1, 1, 1, 2, 4)))
        ]
        arguments = [*stages, *odd]
        return Trial(
            str([argument[:60] for argument in arguments]),
            [*(name for each in arguments for name in _names(each)), *_NAMES_OF_NOTHING],
            [("train", lambda: _train(arguments))],
        )


def _argument(defaults: dict[str, str], random: Random) -> str:
    draw, key, value = random.random(), random.choice([*defaults]), random.choice(_VALUES)
    if random.random() < _NEAR_SHARE:
        value = _near(defaults[key], random)
    if draw < 0.55:
        return f"{key}={value}"
    if draw < 0.7:
        return f"{_misspelled(key, random)}={value}"
    if draw < 0.8:
        new = f"{key}.{random.choice(('x', 'name', '_target_', '_partial_'))}"
        return f"{random.choice(('+', '++', '~'))}{random.choice((key, new))}={value}"
    if draw < 0.85:
        return f"~{key}"
    if draw < 0.95:
        group = random.choice(groups_of("train"))
        option = random.choice((*options_of(group), value, "nope", "null"))
        return f"{random.choice(('', '', '', '+', '++', '~'))}{group}={option}"
    return random.choice(_ODD)


_NEAR_SHARE = 0.4  # of the values: so near to the default that many of them can be
_OTHER_SHARE = 0.2  # of the command lines: their keys are those of stages that are not chosen
_MAPPINGS_EACH = 4  # of so many keys, where one holds settings of its own
_TELLING = 4  # characters by which a value is recognised
# What is said where an argument has no key.
_NAMES_OF_NOTHING = ("no setting", "no option of this command", "cannot be read as key=value")


def _defaults(config: DictConfig) -> dict[str, str]:
    """Return every key of a configuration with its value, as one types it."""
    defaults = {}
    for key in keys_of(config):
        value: Any = OmegaConf.to_container(config, resolve=False)
        for part in key.split("."):
            value = value[part]
        if not isinstance(value, dict):
            defaults[key] = json.dumps(value) if isinstance(value, list | bool | None) else value
            defaults[key] = str(defaults[key]).replace('"', "")
        elif len(defaults) % _MAPPINGS_EACH == 0:
            defaults[key] = "{}"
    return defaults


def _near(default: str, random: Random) -> str:
    """Return the default itself, or a number that is not far from it."""
    try:
        number = float(default)
    except ValueError:
        return default
    changed = number * random.choice((0, 0.5, 1, 2, 3, 10, 100, -1)) + random.choice((0, 0, 0, 1))
    return str(int(changed)) if default.isdigit() else str(changed)


def _names(argument: str) -> Iterator[str]:
    """Yield by what an answer may name an argument: itself, its key or the start of it, a value."""
    key, _, value = argument.lstrip("+~").partition("=")
    parts = re.split(r"[.@]", key)
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1) if parts[0])
    if len(value) >= _TELLING:
        yield value
    if argument:
        yield argument


def _misspelled(key: str, random: Random) -> str:
    place = random.randrange(len(key))
    return random.choice(
        (
            key[:place] + key[place + 1 :],
            key[:place] + random.choice("aeiou_.X") + key[place:],
            key[:place] + key[place : place + 2][::-1] + key[place + 2 :],
            key.upper(),
            key.replace(".", "/", 1),
            key.rpartition(".")[2],
        )
    )


def _train(arguments: list[str]) -> None:
    """Do what the command does until it reads something; raise what it refuses."""
    typed = sys.argv
    said = io.StringIO()
    sys.argv = ["train", *arguments]
    try:
        sys.argv += same_folder(sys.argv[1:])
        command = hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="train")
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            run_command(command(lambda config: checked(_build, config)))
    except SystemExit as error:
        if error.code in (0, None):
            return
        words = said.getvalue().strip()
        if error.code != WRONG_INPUT_STATUS or not words.startswith("error: "):
            raise WrongResultError(f"status {error.code}: {words[-300:]}") from error
        raise InputError(words) from error
    finally:
        sys.argv = typed


def _build(config: DictConfig, overrides: list[str]) -> None:
    """Build all parts of a run."""
    del overrides
    monitor = Monitor.named(config.monitor)
    front_end = build_front_end(config)
    augmentation = build_augmentation(config.augment)
    build_data(config.data, front_end, split=build_split(config.split), augmentation=augmentation)
    if is_baseline(config):
        build_baseline_model(config)
        return
    data: Any = SimpleNamespace(
        class_names=tuple(CLASS_NAMES), front_end=front_end, n_training_clips=lambda: [5, 6, 7]
    )
    build_classifier(config, cast("InstrumentDataModule", data))
    build_trainer(config, RunFolder(Path("run")), monitor)
