"""One check of a whole configuration before anything is read: types, ranges, devices, paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hydra.utils import get_object
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from instrument_net.configuration import ConfigurationError, as_in_files, keys_of, options_of
from instrument_net.runs.setting_kinds import kind_of, shown
from instrument_net.runs.typed_paths import is_path

# Lists of names, where a number is the name of a source or class that looks like one.
_NAMES = ("only", "split.test", "split.train", "split.sealed")
_NAMES_OF_CORPORA = ("classes", "allowed_labels")
_OWN = ("run_dir",)  # follows from Hydra's own configuration
_CHECKPOINT = "outputs/<experiment>/<date>_<time>/checkpoints/best.ckpt"


def check_values(config: DictConfig, choices: Mapping[str, str | None], *, base: str) -> None:
    """Refuse values that the run could not use; numbers in lists of names become names.

    Args:
        config: The composed configuration, whose keys are known.
        choices: Group -> option that was composed (Hydra's ``runtime.choices``).
        base: Name of the main configuration file.

    Raises:
        ConfigurationError: The key, what was given and what is expected, of the first such value.
    """
    untouched = as_in_files(config, choices, base=base)
    defaults = dict(_leaves(untouched))
    _check_complete(config, untouched)
    for _ in _leaves(config):  # before anything else asks for a value that cannot be resolved
        pass
    _check_mappings(config, untouched)
    _check_names(config, untouched)
    _check_targets(config, untouched)
    for key, default in defaults.items():
        given = OmegaConf.select(config, key, throw_on_missing=False)
        if not isinstance(default, dict | None) and isinstance(given, DictConfig):
            _refuse(key, OmegaConf.to_container(given), kind_of(key, default).expected)
    _make_names(config)
    # First the values themselves, then what refers to them: the fault is named where it stands.
    for key, value in sorted(_leaves(config), key=lambda leaf: _refers(config, leaf[0])):
        if value == "???":
            example = _CHECKPOINT if key == "checkpoint" else "..."
            raise ConfigurationError(f"{key} is missing: give it, as {key}={example}")
        kind = kind_of(key, defaults.get(key))
        if is_path(key) and value is not None and not isinstance(value, str):
            _refuse(key, value, "a file or folder, in quotes if its name is a number")
        if not kind.fits(value):
            _refuse(key, value, kind.expected)
    for key in _corpora(config):
        _check_corpus(key, OmegaConf.select(config, key))
    if "trainer" in config:
        _check_device(config.trainer)


def _check_complete(config: DictConfig, untouched: DictConfig) -> None:
    """Refuse a configuration without a stage, or without a setting that nothing else knows."""
    for key in map(str, untouched):
        if OmegaConf.is_missing(config, key) or key in config:
            continue
        options = options_of(key)
        advice = f"choose one of {', '.join(options)}" if options else f"give it, as {key}=..."
        raise ConfigurationError(f"{key} is left out, but nothing can replace it: {advice}")


def _check_names(config: DictConfig, untouched: DictConfig) -> None:
    """Refuse a part of the run without what says which class it is."""
    for key in keys_of(untouched):
        parent, _, leaf = key.rpartition(".")
        if leaf not in ("_target_", "name") or not parent:
            continue
        given = OmegaConf.select(config, parent)
        if isinstance(given, DictConfig) and len(given) and leaf not in given:
            raise ConfigurationError(
                f"{key} is left out, but says what {parent} is: give it, as "
                f"{key}={OmegaConf.select(untouched, key)}"
            )


def _check_mappings(config: DictConfig, untouched: DictConfig) -> None:
    """Refuse one value where settings with names of their own are expected."""
    mappings = (key.rpartition(".")[0] for key in keys_of(untouched))
    for key in filter(None, dict.fromkeys(mappings)):
        parent, _, leaf = key.rpartition(".")
        above = OmegaConf.select(config, parent) if parent else config
        if not isinstance(above, DictConfig) or leaf not in above:
            continue
        given = above.get(leaf)
        expected = OmegaConf.select(untouched, key)
        optional = given is None and "." in key and "_target_" not in expected
        if not isinstance(given, DictConfig) and not optional:
            _refuse(key, given, f"settings by their names, as {key}.{next(iter(expected))!s}=...")


def _check_targets(config: DictConfig, untouched: DictConfig) -> None:
    """Refuse a class or function of the user's that there is not."""
    for key in keys_of(config):
        if key.rpartition(".")[2] != "_target_":
            continue
        target = OmegaConf.select(config, key)
        if target != OmegaConf.select(untouched, key) and not _can_be_called(target):
            _refuse(key, target, "a class or function by its full name, as package.module.Class")


def _can_be_called(target: object) -> bool:
    try:
        return isinstance(target, str) and callable(get_object(target))
    except Exception:  # whatever a module raises while it is imported
        return False


def _leaves(config: DictConfig, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted key and plain value of every setting.

    Raises:
        ConfigurationError: If a value refers to one that there is not.
    """
    for name in config:
        key = f"{prefix}{name!s}"
        if key in _OWN:
            continue
        if OmegaConf.is_missing(config, name):
            yield key, "???"
            continue
        try:
            node = config[name]
        except OmegaConfBaseException as error:
            reason = " ".join(str(error).split())
            raise ConfigurationError(f"{key}: refers to what there is not: {reason}") from error
        if name == "_target_":
            continue
        if isinstance(node, DictConfig) and len(node):
            yield from _leaves(node, f"{key}.")
        else:
            yield key, OmegaConf.to_container(node) if OmegaConf.is_config(node) else node


def _refers(config: DictConfig, key: str) -> bool:
    """Return whether the value of a setting stands elsewhere, as in ``seed: ${seed}``."""
    parent, _, name = key.rpartition(".")
    above = OmegaConf.select(config, parent) if parent else config
    node = above._get_node(name) if isinstance(above, DictConfig) else None  # a name may have dots
    return str(node).startswith("${")


def _corpora(config: DictConfig) -> list[str]:
    """Return the keys below which a corpus may stand."""
    extra = OmegaConf.select(config, "data.extra")
    names = list(extra) if isinstance(extra, DictConfig) and not extra._is_none() else []
    return ["data", *(f"data.extra.{name!s}" for name in names)]


def _make_names(config: DictConfig) -> None:
    of_corpora = [f"{key}.{name}" for key in _corpora(config) for name in _NAMES_OF_CORPORA]
    for key in [*_NAMES, *of_corpora]:
        names = OmegaConf.select(config, key)
        if OmegaConf.is_list(names):
            texts = [name if isinstance(name, str) else shown(name) for name in names]
            OmegaConf.update(config, key, texts)
    fold = OmegaConf.select(config, "split.fold")
    if fold is not None and "folds" not in config.split:
        OmegaConf.update(config, "split.fold", shown(fold))


def _check_corpus(key: str, settings: object) -> None:
    """Refuse a folder where a table is expected, and the reverse."""
    if not isinstance(settings, DictConfig) or not isinstance(settings.get("path"), str):
        return
    group = "data" if key == "data" else "data/extra"
    path = Path(settings.path)
    target = str(settings.get("_target_", ""))
    if target.endswith("ManifestCorpus") and path.is_dir():
        _refuse(
            f"{key}.path",
            settings.path,
            f"a table of clips, and this is a folder: {group}=folder reads it",
        )
    if target.endswith("FolderCorpus") and path.is_file():
        _refuse(
            f"{key}.path",
            settings.path,
            f"a folder with one folder per label, and this is a file: {group}=manifest reads "
            "tables",
        )


def _check_device(trainer: DictConfig) -> None:
    """Refuse an accelerator that this machine does not have."""
    accelerator, devices = trainer.get("accelerator"), trainer.get("devices")
    if accelerator not in ("gpu", "cuda", "mps"):
        return
    import torch  # late: most slips are answered without it

    n_cuda = torch.cuda.device_count()
    has_mps = torch.backends.mps.is_available()
    there = n_cuda if accelerator == "cuda" else int(has_mps)
    there = max(n_cuda, int(has_mps)) if accelerator == "gpu" else there
    if not there:
        _refuse(
            "trainer.accelerator",
            accelerator,
            f"a device of this machine, and PyTorch {torch.__version__} finds no such one; "
            "trainer=auto takes the best there is",
        )
    if isinstance(devices, int) and devices > there:
        _refuse("trainer.devices", devices, f"{there} at most, as many as this machine has")


def _refuse(key: str, value: object, expected: str) -> None:
    raise ConfigurationError(f"{key}={shown(value)}: expected {expected}")
