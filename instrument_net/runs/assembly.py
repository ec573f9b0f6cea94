"""Composed configuration -> those parts of a run that take more than ``instantiate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf

from instrument_net.configuration import ConfigurationError, refused_values

if TYPE_CHECKING:
    from instrument_net.augmentation import AugmentationChain
    from instrument_net.data import InstrumentDataModule

_STAGES = (
    "data",
    "data.extra",
    "split",
    "frontend",
    "model",
    "loss",
    "optimizer",
    "scheduler",
    "trainer",
)
_FOLDERS = ("folder", "store_dir")


def build_augmentation(config: DictConfig) -> AugmentationChain:
    """Return the augmentations that ``conf/augment`` names, in its order.

    Raises:
        ConfigurationError: If one is set to what it cannot do.
    """
    from hydra.utils import instantiate

    from instrument_net.augmentation import AugmentationChain

    augmentations = {}
    for name, settings in config.items():
        with refused_values(f"augment.{name!s}"):
            augmentations[str(name)] = instantiate(settings)
    settings = OmegaConf.to_container(config, resolve=True)
    return AugmentationChain(augmentations, settings=settings)  # type: ignore[arg-type]


def loss_options(loss: DictConfig, datamodule: InstrumentDataModule) -> dict[str, Any]:
    """Return what the classifier is told about its loss.

    Raises:
        ConfigurationError: If ``loss.class_weights`` is unknown.
    """
    from instrument_net.learning.loss import balanced_class_weights

    if loss.class_weights not in (None, "balanced"):
        raise ConfigurationError(
            f"loss.class_weights must be null or balanced, got {loss.class_weights!r}"
        )
    balanced = loss.class_weights == "balanced"
    return {
        "log_base": "10" if loss.log_base == 10 else loss.log_base,  # YAML reads 10 as a number
        "label_smoothing": loss.label_smoothing,
        "class_weights": (
            balanced_class_weights(datamodule.n_training_clips()) if balanced else None
        ),
    }


def hyper_parameters(config: DictConfig) -> dict[str, Any]:
    """Return what a comparison of runs may turn on, dotted key -> value.

    Class paths, folders and what only repeats another setting would hide it.
    """
    values = {"seed": config.seed}
    for stage in [*_STAGES, *(f"augment.{name}" for name in config.augment)]:
        settings = OmegaConf.select(config, stage)
        if settings is None:  # nothing was chosen
            continue
        resolved = OmegaConf.to_container(settings, resolve=True)
        assert isinstance(resolved, dict)
        for key, value in resolved.items():
            name = str(key)
            hidden = name.startswith("_") or name in _FOLDERS or f"{stage}.{name}" in _STAGES
            if not hidden and not OmegaConf.is_interpolation(settings, name):  # stands elsewhere
                values[f"{stage}.{name}"] = value
    return values
