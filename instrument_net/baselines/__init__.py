"""What one would try before a network: descriptors of a clip -> a scikit-learn classifier."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from instrument_net.baselines.baseline import Baseline, BaselineError
from instrument_net.extras import install

__all__ = ["BASELINES", "Baseline", "BaselineError", "build_baseline"]

# Names that the configuration accepts for a model, beside those of the networks.
BASELINES = ("SvmMfcc", "ForestFeatures")


def build_baseline(name: str, **options: Any) -> Baseline:
    """Return an untrained baseline by its class name.

    Args:
        name: One of :data:`BASELINES`.
        **options: Keyword arguments of that class; see ``conf/model``.

    Raises:
        BaselineError: If scikit-learn is not installed.
    """
    if find_spec("sklearn") is None:
        raise BaselineError(f"{name} needs scikit-learn: {install('baselines')}")
    from instrument_net.baselines.forest_features import ForestFeatures
    from instrument_net.baselines.svm_mfcc import SvmMfcc

    table = {baseline.__name__: baseline for baseline in (SvmMfcc, ForestFeatures)}
    return table[name](**options)
