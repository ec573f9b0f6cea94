"""What the report of a search states about how it was run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from omegaconf import DictConfig

from instrument_net.runs.cross_validation import CrossValidation
from instrument_net.runs.environment import describe_environment
from instrument_net.runs.facts import command_line, facts_of_the_machine
from instrument_net.search.commands import sealed_sources
from instrument_net.search.outcome import Outcome


def facts_of_a_search(
    config: DictConfig,
    overrides: Sequence[str],
    reference: CrossValidation,
    outcomes: Sequence[Outcome],
) -> dict[str, str]:
    """Return name -> text, in the order of the report.

    Args:
        config: ``conf/search.yaml`` with its stages.
        overrides: The command line's own part of it.
        reference: The cross-validation of the experiment as it is.
        outcomes: Trials that are over.
    """
    settings = config.search
    sealed = sealed_sources(config)
    counts = Counter(outcome.state for outcome in outcomes)
    ended = ", ".join(f"{counts[s]} {s}" for s in ("complete", "pruned", "failed") if counts[s])
    folds = ", ".join(map(str, reference.folds))
    return {
        "Command": f"`{command_line('search', overrides)}`",
        "Objective": "macro recall of the clips of all folds taken together, as in the "
        "report of the cross-validation that each trial is; higher is better",
        "Folds": f"{reference.tested}: {folds}; {reference.rule.guarantee}",
        "Never seen": f"the sealed sources {', '.join(sealed)}: no trial was trained, validated "
        "or tested on them"
        if sealed
        else "nothing: no source is sealed",
        "Trials": f"{len(outcomes)} of {settings.trials}: {ended}",
        "Rule": f"Optuna's TPE, which samples at random until {settings.startup_trials} trials are "
        "over. Once as many are complete, a trial is pruned if it is below the median of the "
        f"complete ones after the same number of folds, {settings.warm_up_folds} at least",
        "Not shown": "how good the best trial is on other recordings: the best of several "
        "scores on the same clips is too optimistic. "
        + (
            "One test on the sealed sources shows it"
            if sealed
            else "A test on sealed sources would show it: split.sealed of "
            "split=leave_one_source_out"
        ),
        **facts_of_the_machine(config.seed, describe_environment()),
    }
