"""Each published corpus trains an epoch and is tested, from files of its layout."""

import warnings

import lightning
import pytest
import torch
from published import (
    write_irmas,
    write_medley_solos_db,
    write_nsynth,
    write_orchideasol,
    write_tinysol,
)
from published_libraries import (
    write_good_sounds,
    write_iowa_mis,
    write_openmic,
    write_philharmonia,
)

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.data.corpora.published.registry import corpus_entry
from instrument_net.frontend import FrontEnd

SMALL = {"n_frames": 60, "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83}}
WRITERS = {
    "good_sounds": write_good_sounds,
    "iowa_mis": write_iowa_mis,
    "irmas": write_irmas,
    "medley_solos_db": write_medley_solos_db,
    "nsynth": write_nsynth,
    "openmic": write_openmic,
    "orchideasol": write_orchideasol,
    "philharmonia": write_philharmonia,
    "tinysol": write_tinysol,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_corpus_trains_an_epoch_and_is_tested(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where outputs/ is
    torch.manual_seed(0)
    datamodule = InstrumentDataModule(
        corpus_entry(name).corpus(WRITERS[name](tmp_path / "corpus")),
        FrontEnd(**SMALL),
        store_dir=tmp_path / "store",
        batch_size=4,
    )
    datamodule.setup()
    assert datamodule.rejected.empty
    classifier = InstrumentClassifier(
        datamodule.class_names, network={"name": "PerceptronNet"}, front_end=SMALL
    )
    classifier.fit_feature_scaling(*datamodule.feature_statistics())
    before = [weights.clone() for weights in classifier.parameters()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the trainer's advice about loaders
        trainer = lightning.Trainer(
            accelerator="cpu", max_epochs=1, logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, log_every_n_steps=1,
        )  # fmt: skip
        trainer.fit(classifier, datamodule)
        trainer.test(classifier, datamodule, verbose=False)
    assert trainer.global_step > 0
    assert any(not torch.equal(a, b) for a, b in zip(before, classifier.parameters(), strict=True))
    assert 0 <= float(trainer.callback_metrics["test/accuracy"]) <= 1
