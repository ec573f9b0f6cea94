"""The best settings as an experiment file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omegaconf import OmegaConf

from instrument_net.search.space import Parameter, Value


def experiment_file(
    experiment: str | None,
    space: Sequence[Parameter],
    drawn: Mapping[str, Value],
    *,
    command: str,
) -> str:
    """Return the best trial as YAML for ``conf/experiment``: a small diff.

    Args:
        experiment: The one that was searched, on which the file builds.
        space: The parameters that were drawn.
        drawn: Parameter -> value in the best trial; empty for the experiment as it is.
        command: That runs the best trial. Settings from the command line of the search stand in
            it alone.
    """
    chosen = [p for p in space if p.key in drawn]
    defaults = [
        *([experiment] if experiment else []),
        *({f"override /{p.key}": drawn[p.key]} for p in chosen if p.is_stage),
        "_self_",
    ]
    values = OmegaConf.from_dotlist([p.override(drawn[p.key]) for p in chosen if not p.is_stage])
    content = {"defaults": defaults, **values}
    return (
        "# @package _global_\n"
        "# Chosen by a search; copy it into conf/experiment under a name of its own.\n"
        f"# {command}\n"
        f"{OmegaConf.to_yaml(OmegaConf.create(content))}"
    )
