"""Why a network predicts what it predicts: saliency, contributions of features and branches."""

from instrument_net.explanation.branches import DissectedNetwork, branch_logits
from instrument_net.explanation.contributions import feature_contributions
from instrument_net.explanation.explanation import Explanation, explain
from instrument_net.explanation.figure import plot_explanation, plot_explanation_panels
from instrument_net.explanation.heatmap import plot_contributions
from instrument_net.explanation.saliency import saliency_map

__all__ = [
    "DissectedNetwork",
    "Explanation",
    "branch_logits",
    "explain",
    "feature_contributions",
    "plot_contributions",
    "plot_explanation",
    "plot_explanation_panels",
    "saliency_map",
]
