"""What a stage refuses of its settings, in the words of the configuration."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from hydra.errors import InstantiationException

from instrument_net.configuration import ConfigurationError

_REFUSALS = (ValueError, TypeError)


@contextmanager
def refused_values(stage: str) -> Iterator[None]:
    """Turn what a stage refuses of its settings into a line that names the stage.

    Args:
        stage: Key of the stage, for example ``frontend``.

    Raises:
        ConfigurationError: In the place of a ``ValueError``, or a ``TypeError`` that Hydra raises.
    """
    try:
        yield
    except (ValueError, TypeError, InstantiationException) as error:
        refusal = error.__cause__ if isinstance(error, InstantiationException) else error
        # Of what Hydra calls, a missing or unknown argument is the configuration's, too; any other
        # TypeError is a fault of ours.
        if isinstance(error, ConfigurationError) or not isinstance(refusal, _REFUSALS):
            raise
        if isinstance(error, TypeError) and not _is_of_hydra(error):
            raise
        said = " ".join(str(refusal).split())  # which may begin with the full key of a setting
        named = said.startswith(f"{stage}.")
        raise ConfigurationError(said if named else f"{stage}: {said}") from error


def _is_of_hydra(error: TypeError) -> bool:
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__", "")).startswith("hydra.")
