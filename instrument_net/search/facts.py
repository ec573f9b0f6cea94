"""What a search's page says about how its figures came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from omegaconf import DictConfig

from instrument_net.runs.cross_validation import CrossValidation
from instrument_net.runs.environment import describe_environment
from instrument_net.runs.facts import facts_of_the_machine
from instrument_net.search.commands import command_line, sealed_sources
from instrument_net.search.outcome import Outcome


def facts_of_a_search(
    config: DictConfig,
    overrides: Sequence[str],
    reference: CrossValidation,
    outcomes: Sequence[Outcome],
) -> dict[str, str]:
    """Return name -> text, in the order of the page.

    Args:
        config: ``conf/search.yaml`` with its stages.
        overrides: The command line's own part of it.
        reference: The cross-validation of the experiment as it is.
        outcomes: Trials that are over.
    """
    settings = config.search
    sealed = sealed_sources(config)
    counts = Counter(outcome.state for outcome in outcomes)
    ended = ", ".join(f"{counts[s]} {s}" for s in ("complete", "given up", "failed") if counts[s])
    folds = ", ".join(map(str, reference.folds))
    return {
        "Command": f"`{command_line('search', overrides)}`",
        "Objective": "macro recall of the clips of all folds taken together, as in the "
        "report of the cross-validation that each trial is; the more the better",
        "Folds": f"{reference.tested}: {folds}; {reference.rule.promise}",
        "Never seen": f"the sealed sources {', '.join(sealed)}: no trial was trained, validated "
        "or tested on them"
        if sealed
        else "nothing: no source is sealed",
        "Trials": f"{len(outcomes)} of {settings.trials}: {ended}",
        "Rule": f"Optuna's TPE, which draws at random until "
        f"{settings.startup_trials} trials are over. Once as many are complete, a trial is given "
        "up that is below the median of the complete ones after as many folds, "
        f"{settings.warm_up_folds} at least",
        "Not shown": "how good the best trial is on other recordings: the largest of several "
        "figures on the same clips is too large. "
        + (
            "The sealed sources can tell, once"
            if sealed
            else "Sources in split.sealed (split=leave_one_source_out) could tell"
        ),
        **facts_of_the_machine(config.seed, describe_environment()),
    }
