"""Configuration of the data -> corpora and the data module."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.utils import get_object, instantiate
from omegaconf import DictConfig, OmegaConf

from instrument_net.augmentation import AugmentationChain
from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.data import InstrumentDataModule
from instrument_net.data.corpora import Corpus
from instrument_net.data.corpora.packed import PackedCorpus
from instrument_net.data.label_table import FOLDER, LabelTable
from instrument_net.data.packed import PackedDataModule
from instrument_net.data.relabelled import relabelled
from instrument_net.data.splits import SplitRule
from instrument_net.frontend import FrontEnd
from instrument_net.runs.refused_values import refused_values

_LABELS = "labels"  # a setting of every corpus
_SHARE = "share"  # ... of every extra corpus
# Arguments of the data module that stand below `data`; what else stands there is the corpus'.
_OF_LOADING = {
    name
    for name, parameter in inspect.signature(InstrumentDataModule).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
}


def build_corpus(settings: object, key: str) -> Corpus:
    """Return a corpus from what stands below a key, ``data`` or ``data.extra.<name>``.

    Raises:
        ConfigurationError: If a setting has no value, or the corpus refuses one.
    """
    if not isinstance(settings, DictConfig):
        raise ConfigurationError(f"{key}={settings}: a corpus is chosen as {key}={settings}")
    plain: dict[str, Any] = OmegaConf.to_container(settings, resolve=True)  # type: ignore[assignment]
    own = {name: value for name, value in plain.items() if name not in _OF_LOADING}
    labels = own.pop(_LABELS, None)
    own.pop(_SHARE, None)
    for name, value in own.items():
        if value == "???":
            raise ConfigurationError(f"{key}.{name} is missing: give it, as {key}.{name}=...")
    target = get_object(own.pop("_target_"))
    corpus: Corpus = target(**own)  # plain values: a path may hold what Hydra would replace
    if labels is None:
        return corpus
    return relabelled(corpus, build_label_table(labels, f"{key}.{_LABELS}"))


def build_label_table(name: str, key: str) -> LabelTable:
    """Return the table in a file, or the one of this name in ``--config-dir`` or ``conf``.

    Args:
        name: Of the table, or path of a file.
        key: Of the setting, for messages.

    Raises:
        ConfigurationError: If there is no such table, or the file is none.
    """
    with refused_values(key):
        return LabelTable.read(name, folders=[folder / FOLDER for folder in _config_folders()])


def _config_folders() -> list[Path]:
    """Return where Hydra looks for configuration, if a command of Hydra's runs."""
    if not HydraConfig.initialized():
        return []
    sources = HydraConfig.get().runtime.config_sources
    folders = [Path(source.path) for source in sources if source.schema == "file"]
    return [folder for folder in folders if folder != CONF_DIR]


def build_split(settings: DictConfig) -> SplitRule:
    """Return the rule of ``conf/split``.

    Raises:
        ConfigurationError: If it refuses its settings.
    """
    with refused_values("split"):
        rule: SplitRule = instantiate(settings)
    return rule


def build_data(
    settings: DictConfig,
    front_end: FrontEnd,
    *,
    split: SplitRule,
    augmentation: AugmentationChain | None = None,
) -> InstrumentDataModule:
    """Return the data module of ``conf/data`` and ``conf/loading.yaml``; no clip is read yet.

    Args:
        settings: The node ``data``.
        front_end: Waveforms -> (spectrogram, features).
        split: Divides the clips.
        augmentation: Of training; without it nothing is rendered either.

    Raises:
        ConfigurationError: If corpus or data module refuse their settings.
    """
    with refused_values("data"):
        loading = {str(key): settings[key] for key in settings if key in _OF_LOADING}
        extra = _extra_settings(loading.pop("extra", None))
        if augmentation is None:
            loading |= {"views": None, "joined_notes": 0.0}
        corpus = build_corpus(settings, "data")
        is_packed = isinstance(corpus, PackedCorpus)
        data_module: type[Any] = PackedDataModule if is_packed else InstrumentDataModule
        made: InstrumentDataModule = data_module(
            corpus,
            front_end,
            split=split,
            extra={name: build_corpus(one, f"data.extra.{name}") for name, one in extra.items()},
            shares={
                name: one[_SHARE] for name, one in extra.items() if one.get(_SHARE) is not None
            },
            augmentation=augmentation,
            **loading,
        )
        return made


def _extra_settings(extra: object) -> dict[str, DictConfig]:
    """Return name -> settings of each extra corpus.

    Raises:
        ConfigurationError: If something else stands there.
    """
    if extra is None:
        return {}
    if not isinstance(extra, DictConfig):
        raise ConfigurationError(f"data.extra={extra}: a corpus is chosen as data/extra={extra}")
    if "_target_" in extra:
        raise ConfigurationError(
            "data.extra: the settings of an extra corpus stand below its name, as data/extra="
            "orchestra puts them at data.extra.orchestra; an earlier version wrote them otherwise"
        )
    return {str(name): one for name, one in extra.items()}
