"""Corpora: configured in one place each, and a new one costs a class and a YAML file."""

import dataclasses
import inspect
import sys
from types import ModuleType

import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import get_class, instantiate
from omegaconf import OmegaConf

from instrument_net.configuration import CONF_DIR, extend_hydra
from instrument_net.data import InstrumentDataModule, Manifest
from instrument_net.data.corpora import Corpus, FolderCorpus, SyntheticCorpus

FILES = sorted(path.stem for path in (CONF_DIR / "data").glob("*.yaml"))


def defaults_of(function):
    """Return argument -> default, where there is one."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def composed(*overrides):
    extend_hydra()
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        return compose("train", overrides=["run_dir=unused", *overrides])


def test_every_corpus_of_the_package_has_a_file():
    assert {"folder", "manifest", "orchestra", "synthetic"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_states_the_settings_of_its_class_with_their_defaults(name):
    own = OmegaConf.to_container(OmegaConf.load(CONF_DIR / f"data/{name}.yaml"))
    if name == "orchestra":
        assert own == {"defaults": ["synthetic", "_self_"], "table": "orchestra"}
        return
    corpus = get_class(own.pop("_target_"))
    own.pop("labels", None)  # of every corpus: a table may come with one
    required = set(inspect.signature(corpus).parameters) - set(defaults_of(corpus))
    assert issubclass(corpus, Corpus)
    assert own == {**dict.fromkeys(required, "???"), **defaults_of(corpus)}


def test_the_settings_of_loading_are_those_of_the_data_module_with_their_defaults():
    own = OmegaConf.to_container(OmegaConf.load(CONF_DIR / "loading.yaml"))
    defaults = defaults_of(InstrumentDataModule.__init__)
    for built_elsewhere in ("front_end", "split", "augmentation", "shares"):
        del defaults[built_elsewhere]
    assert own.pop("labels") is None  # of the corpus, not of the module
    # A run looks at its clips first; in a notebook a batch has the size that one expects.
    assert (own.pop("batch_size"), defaults.pop("batch_size")) == ("auto", 64)
    assert own == defaults


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_serves_a_corpus_and_an_extra_one(name):
    config = composed(f"data={name}", f"data/extra={name}")
    extra = OmegaConf.to_container(config.data.extra[name])
    both = OmegaConf.to_container(config.data)
    assert "_target_" in extra
    assert extra.pop("share") is None
    assert {key: both[key] for key in extra} == extra


@pytest.mark.slow
def test_a_corpus_states_its_own_caveat_and_gets_its_settings_from_the_shortcut(
    two_pitches, tmp_path
):
    settings = {"individuals_per_class": 3, "clips_per_individual": 1, "classes": ["sine", "noise"]}
    store = tmp_path / "store"
    synthetic = InstrumentDataModule.from_synthesis(
        tmp_path / "rendered",
        **settings,
        extra={"pitches": FolderCorpus(two_pitches)},
        store_dir=store,
    )
    recorded = InstrumentDataModule.from_folder(
        two_pitches,
        extra={"rendered": SyntheticCorpus(tmp_path / "rendered", **settings)},
        store_dir=store,
    )
    for module in (synthetic, recorded):
        module.setup()
    assert synthetic.own_clips["label"].value_counts().to_dict() == {"sine": 3, "noise": 3}
    caveat = "synthetic: scores on it say nothing about real instruments"
    assert synthetic.describe().endswith(f"0 left out (rejected.csv); {caveat}")
    assert synthetic.describe_extra().startswith("for training only: pitches: corpus, 12 clips")
    assert recorded.describe().endswith("0 left out (rejected.csv)")
    assert recorded.describe_extra().startswith(
        f"for training only: rendered: metadata.csv ({caveat}), 6 clips"
    )


def test_a_misspelled_setting_of_a_corpus_is_refused(tmp_path):
    with pytest.raises(TypeError, match="individuals_per_clas"):
        InstrumentDataModule.from_synthesis(tmp_path, individuals_per_clas=3)


# What somebody writes who adds a corpus: this class, and the file below.
@dataclasses.dataclass(frozen=True)
class FirstClipsCorpus:
    """The first recordings of each label of a folder."""

    path: str
    n_recordings: int = 3

    def read(self):
        manifest = FolderCorpus(self.path).read()
        clips = manifest.clips.groupby("label").head(self.n_recordings)
        return Manifest(clips, manifest.origin, caveat="only the first recordings")


YAML = """
_target_: a_new_corpus.FirstClipsCorpus
path: ???
n_recordings: 3
"""


@pytest.fixture
def config_folder(tmp_path, monkeypatch):
    """A folder of configuration beside that of the package, with the new corpus in it."""
    module = ModuleType("a_new_corpus")
    module.FirstClipsCorpus = FirstClipsCorpus
    monkeypatch.setitem(sys.modules, "a_new_corpus", module)
    (tmp_path / "my_conf/data").mkdir(parents=True)
    (tmp_path / "my_conf/data/first_clips.yaml").write_text(YAML)
    return tmp_path / "my_conf"


def test_a_new_corpus_is_one_class_and_one_file(config_folder, two_pitches, tmp_path):
    config = composed(
        f"hydra.searchpath=[file://{config_folder}]", "data=first_clips", f"data.path={two_pitches}"
    )
    loading = set(defaults_of(InstrumentDataModule.__init__))
    corpus = instantiate({k: v for k, v in config.data.items() if k not in {*loading, "labels"}})
    assert corpus == FirstClipsCorpus(str(two_pitches), n_recordings=3)
    module = InstrumentDataModule(corpus, store_dir=tmp_path / "store")
    module.setup()
    assert module.clips["label"].value_counts().to_dict() == {"a": 3, "b": 3}
    assert module.describe().endswith("; only the first recordings")
    _, features, label = next(iter(module.test_dataloader()))
    assert features.shape == (2, 20)
    assert label.tolist() == [0, 1]


def test_a_path_is_no_corpus(two_pitches):
    with pytest.raises(ValueError, match=r"corpus must be a corpus, .*, got '.*corpus'"):
        InstrumentDataModule(str(two_pitches))
