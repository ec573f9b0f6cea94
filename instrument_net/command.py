"""What the Hydra commands have in common: how they start and how they end.

A command imports what it runs inside its task, not above: ``--help`` and a misspelled key are
answered in a second, without torch.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

from instrument_net.errors import INTERRUPTED, InputError
from instrument_net.memory import keep_freed_pages
from instrument_net.runs.refusal import refuse, refuse_missing

try:
    import hydra
    from hydra._internal.utils import get_args_parser
    from hydra.core.hydra_config import HydraConfig
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import QuotedString, Sweep
    from hydra.errors import (
        ConfigCompositionException,
        HydraException,
        MissingConfigException,
        OverrideParseException,
        SearchPathException,
    )
    from omegaconf import DictConfig, OmegaConf
except ModuleNotFoundError as error:  # of a base installation, which is enough for predict
    refuse_missing(error)

from instrument_net.configuration import (
    CONF_DIR,
    check_keys,
    extend_hydra,
    nearest_key_hint,
    options_of,
)
from instrument_net.runs.checked_values import check_values
from instrument_net.runs.typed_paths import as_typed, quoted_paths

Result = TypeVar("Result")
# Of what stands on the command line; any other error of Hydra's is one of ours.
_REFUSALS = (
    ConfigCompositionException,
    MissingConfigException,
    OverrideParseException,
    SearchPathException,
)
# What a disk refuses: it is full, a quota is used up, it may not be written.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES)
_FORM = "settings are given as key=value, an experiment as +experiment=baseline"


def hydra_command(
    config_name: str,
) -> Callable[[Callable[[DictConfig], Result]], Callable[[], Result]]:
    """Return the decorator of a command's task, which Hydra calls with its configuration.

    Args:
        config_name: Of the main file in ``conf/``.
    """
    return hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name=config_name)


def run_command(command: Callable[[], object]) -> None:
    """Run a Hydra command.

    Paths on the command line may have any name. An override that Hydra refuses ends the command
    with one line, a hint at the nearest right key, and exit status 2.
    """
    keep_freed_pages()
    extend_hydra()
    for argument in sys.argv[1:]:
        if unknown := _no_setting(argument):
            refuse(unknown)
    if unreadable := _unreadable_options(sys.argv[1:]):
        refuse(unreadable)
    sys.argv[1:] = quoted_paths(sys.argv[1:])
    # Hydra raises what it would otherwise print, together with advice of its own.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        command()
    except _REFUSALS as error:
        refuse(_one_line(error))
    except KeyboardInterrupt:  # outside of training, which says how it goes on
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Exception as error:
        if type(error).__name__ != "UncompletedJobError":  # of submitit, which an extra brings
            raise
        said = str(error).strip().splitlines()[-1].removeprefix("error: ")
        refuse(f"a run of this sweep has ended without a result: {said}")


def checked(task: Callable[[DictConfig, list[str]], Result], config: DictConfig) -> Result:
    """Check keys and values of a composed configuration, then do what it describes.

    What is wrong with the input (configuration, tables, audio, checkpoints) ends the command with
    exit status 2 and one line that names it. To be called inside ``hydra.main``, which would print
    a stack.

    Args:
        task: Takes the configuration and the command line's own part of it, its overrides.
        config: As Hydra composed it.
    """
    try:
        hydra = HydraConfig.get()
        assert hydra.job.config_name is not None
        check_keys(config, hydra.runtime.choices, base=hydra.job.config_name)
        check_values(config, hydra.runtime.choices, base=hydra.job.config_name)
        overrides = OmegaConf.to_container(hydra.overrides.task, resolve=False)  # ${x} stays
        assert isinstance(overrides, list)
        return task(config, [str(override) for override in overrides])
    except InputError as error:
        refuse(str(error))
    except ModuleNotFoundError as error:
        refuse_missing(error)
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        place = "" if error.filename is None else f"{error.filename}: "
        refuse(f"{place}{error.strerror}; make room or take another place, then run it again")


def _no_setting(argument: str) -> str | None:
    """Return what is wrong with an argument that is no setting, ``None`` if nothing is."""
    if re.fullmatch(r"--[\w-]+(=.*)?", argument, re.DOTALL):
        option = argument.partition("=")[0]
        known = get_args_parser()._option_string_actions  # the parser has no public list
        if option not in known:  # abbreviated, --experiment would be --experimental-rerun
            return f"{option}: no option of this command; {_FORM}"
    key, equals, _ = argument.lstrip("+~").partition("=")
    group = key.partition("@")[0]  # Hydra's grammar has a place for it behind
    if not group and (equals or argument.strip("+~") == ""):
        return f"{argument}: no setting; {_FORM}"
    options = options_of(group)
    if options and _is_no_option(argument):  # Hydra would end in a stack
        return f"{argument}: choose one of {', '.join(options)}"
    return None


def _unreadable_options(arguments: list[str]) -> str | None:
    """Return what Hydra's options lack, for which it would print all of them."""
    parser, said = get_args_parser(), []

    def fail(message: str) -> NoReturn:
        said.append(f"{message}; {_FORM}")
        raise ValueError(message)

    parser.error = fail  # type: ignore[method-assign]
    with suppress(ValueError):
        options = parser.parse_args(arguments)
        if options.resolve and options.cfg is None and not options.help:
            return "--resolve comes with --cfg or --help"
    return said[0] if said else None


def _is_no_option(argument: str) -> bool:
    """Return whether the value of an override can name no option: a number, null, a mapping."""
    try:
        override = OverridesParser.create().parse_override(argument)
    except HydraException:  # which it answers itself
        return False
    value = override.value() if "=" in argument else ""
    chosen = value if isinstance(value, list) else [value]
    return not all(isinstance(each, str | QuotedString | Sweep) for each in chosen)


def _one_line(error: HydraException) -> str:
    """Return what Hydra refused, in our words where there are any."""
    if isinstance(error, OverrideParseException):
        if "=" not in error.override:
            return f"{error.override}: no setting; {_FORM}"
        return (
            f"{as_typed(error.override)}: cannot be read as key=value; a value with brackets, "
            "commas, equals signs or quotes stands in quotes of its own, as key='\"a, b\"'"
        )
    return nearest_key_hint(error) or " ".join(str(error).split())
