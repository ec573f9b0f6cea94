"""Composed configuration -> what a comparison of runs may turn on."""

from __future__ import annotations

from omegaconf import DictConfig, OmegaConf

_STAGES = (
    "data",
    "split",
    "frontend",
    "frontend.features",
    "frontend.spectrogram",
    "model",
    "loss",
    "optimizer",
    "scheduler",
    "trainer",
)
_FOLDERS = ("folder", "store_dir")
_NOT_VALUES = {*_STAGES, "data.extra"}


def hyper_parameters(config: DictConfig) -> dict[str, object]:
    """Return dotted key -> value, for TensorBoard.

    Class paths, folders and what only repeats another setting would hide the rest.
    """
    values: dict[str, object] = {"seed": config.seed}
    extra = [f"data.extra.{name}" for name in config.data.get("extra") or ()]
    for stage in [*_STAGES, *extra, *(f"augment.{name}" for name in config.augment)]:
        settings = OmegaConf.select(config, stage)
        if settings is None:  # nothing was chosen
            continue
        resolved = OmegaConf.to_container(settings, resolve=True)
        assert isinstance(resolved, dict)
        for key, value in resolved.items():
            name = str(key)
            hidden = name.startswith("_") or name in _FOLDERS or f"{stage}.{name}" in _NOT_VALUES
            if not hidden and not OmegaConf.is_interpolation(settings, name):  # stands elsewhere
                values[f"{stage}.{name}"] = value
    return values
