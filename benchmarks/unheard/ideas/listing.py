"""The ideas by their names."""

from __future__ import annotations

from benchmarks.unheard.ideas import (
    adversary,
    contrastive,
    distillation,
    group_robust,
    hidden_styles,
    mixed_sources,
    neighbours,
    pitch,
    relaxed_normalisation,
    sharpness,
    styles,
    tested_statistics,
    versions,
)
from benchmarks.unheard.ideas.idea import Idea

IDEAS: dict[str, type[Idea]] = {
    "as_it_is": versions.AsItIs,
    "shifted": versions.Shifted,
    "windows": versions.Windows,
    "levels": versions.Levels,
    "draws": versions.Draws,
    "tested_statistics": tested_statistics.TestedStatistics,
    "half_tested_statistics": tested_statistics.HalfTestedStatistics,
    "tenth_tested_statistics": tested_statistics.TenthTestedStatistics,
    "nearest": neighbours.Nearest,
    "pair_means": neighbours.PairMeans,
    "class_means": neighbours.ClassMeans,
    "unchanged": Idea,
    "relaxed_normalisation": relaxed_normalisation.RelaxedNormalisation,
    "mild_normalisation": relaxed_normalisation.MildNormalisation,
    "exchanged_styles": styles.ExchangedStyles,
    "contrastive": contrastive.Contrastive,
    "group_robust": group_robust.GroupRobust,
    "pair_robust": group_robust.PairRobust,
    "adversary": adversary.Adversary,
    "hidden_styles": hidden_styles.HiddenStyles,
    "mixed_sources": mixed_sources.MixedSources,
    "distilled": distillation.Distilled,
    "pitch_named": pitch.PitchNamed,
    "pitch_known": pitch.PitchKnown,
    "sharpness_aware": sharpness.SharpnessAware,
}
