"""The winning settings as an experiment file."""

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
    """Return the winner as YAML that lies in ``conf/experiment`` like any other: a small diff.

    Args:
        experiment: That was searched, on which the file builds.
        space: What was drawn.
        drawn: Parameter -> value of the winner; empty for the experiment as it is.
        command: That runs the winner; settings that stood on the search's own command line are in
            this one only.
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
        "# Chosen by a search; to be put into conf/experiment under a name of its own.\n"
        f"# {command}\n"
        f"{OmegaConf.to_yaml(OmegaConf.create(content))}"
    )
