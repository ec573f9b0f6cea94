"""What stands below ``data`` becomes corpora, with their labels, names and shares."""

import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.data import Split
from instrument_net.frontend import FrontEnd
from instrument_net.runs.data_assembly import build_data, build_split
from instrument_net.runs.refused_values import refused_values
from instrument_net.runs.score_settings import settings_that_change_scores

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})


def composed(*overrides):
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("train", overrides=list(overrides), return_hydra_config=True)
    HydraConfig.instance().set_config(config)
    return config


@pytest.fixture
def clips(two_pitches, write_tone):
    """Override of a folder with a and b, of an extra one with A and c."""
    for label, pitch_hz in (("A", 410), ("c", 600)):
        for k in range(4):
            write_tone(f"more/{label}/{k}.wav", frequency_hz=pitch_hz + 11 * k)
    more = two_pitches.parent / "more"
    return ["data=folder", f"data.path={two_pitches}", f"data.store_dir={more.parent}/store",
            "data/extra=[folder,manifest]", f"data.extra.folder.path={more}",
            "~data.extra.manifest"]  # fmt: skip


def test_every_corpus_has_its_labels_and_an_extra_one_its_share(clips, tmp_path):
    (tmp_path / "conf/labels").mkdir(parents=True)
    (tmp_path / "conf/labels/mine.yaml").write_text("c: b\n")
    (tmp_path / "first.yaml").write_text("a: A\n")
    config = composed(
        *clips, f"data.labels={tmp_path}/first.yaml", "data.extra.folder.labels=mine",
        "data.extra.folder.share=0.75", f"hydra.searchpath=[file://{tmp_path}/conf]",
    )  # fmt: skip
    module = build_data(config.data, FRONT_END, split=Split())
    module.setup()
    assert module.class_names == ("A", "b")
    assert module.clips.value_counts(["extra", "label"]).to_dict() == {
        ("", "A"): 6, ("", "b"): 6, ("folder", "A"): 4, ("folder", "b"): 4
    }  # fmt: skip
    n_own = int((module.clips_of("train")["extra"] == "").sum())
    labels = torch.cat([label for _, _, label in module.train_dataloader()])
    assert len(labels) == 4 * n_own
    assert module.describe_renaming() == [
        "labels by first.yaml: A was a", "labels by mine.yaml: b was c"
    ]  # fmt: skip


def test_a_table_that_is_not_there_is_one_line(clips):
    config = composed(*clips, "data.extra.folder.labels=instrument")
    said = r"^data\.extra\.folder\.labels: instrument: no table .* did you mean 'instruments'"
    with pytest.raises(ConfigurationError, match=said):
        build_data(config.data, FRONT_END, split=Split())


def test_an_extra_corpus_as_earlier_versions_wrote_it_is_one_line():
    config = composed("data/extra=synthetic")
    config.data.extra = config.data.extra.synthetic
    with pytest.raises(ConfigurationError, match=r"stand below its name, as data/extra=orchestra"):
        build_data(config.data, FRONT_END, split=Split())


def test_shares_change_scores_and_their_absence_is_what_it_was(clips):
    before = settings_that_change_scores(composed(*clips))
    assert "shares" not in before["loading"]
    after = settings_that_change_scores(composed(*clips, "data.extra.folder.share=0.5"))
    assert after["loading"] == {**before["loading"], "shares": {"folder": 0.5}}


def test_near_duplicates_change_scores_only_where_they_are_looked_for(clips):
    before = settings_that_change_scores(composed(*clips))
    assert "near_duplicates" not in before["loading"]
    after = settings_that_change_scores(composed(*clips, "data.near_duplicates=true"))
    assert after["loading"] == {**before["loading"], "near_duplicates": True}


def test_what_hydra_refuses_is_one_line_and_a_fault_of_ours_is_not():
    with pytest.raises(ConfigurationError, match=r"^split: fold must lie in 0"):
        build_split(OmegaConf.create({"_target_": "instrument_net.data.KFold", "fold": 20}))
    with pytest.raises(ConfigurationError, match=r"^split: Instantiation: _partial_ flag"):
        build_split(OmegaConf.create({"_target_": "instrument_net.data.KFold", "_partial_": {}}))
    with pytest.raises(TypeError, match="ours"), refused_values("split"):
        raise TypeError("ours")
