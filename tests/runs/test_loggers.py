"""Any logger gets curves, settings and the test's scores; none is needed."""

from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from hydra import compose, initialize_config_dir

from instrument_net.configuration import CONF_DIR, ConfigurationError, options_of
from instrument_net.monitoring.tensorboard import tensorboard_writer
from instrument_net.run_folder import RunFolder
from instrument_net.runs import loggers
from instrument_net.runs.loggers import build_logger, check_logger, curves_place, record_result


@pytest.fixture
def settings():
    """Return the settings of a logger by its name in the configuration."""
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield lambda name: compose("train", [f"logger={name}", "run_dir=unused"]).logger


def test_there_are_four():
    assert options_of("logger") == ["csv", "mlflow", "tensorboard", "wandb"]


def test_a_table_holds_the_scores_and_the_settings_lie_beside_it(settings, tmp_path):
    folder = RunFolder(tmp_path)
    logger = build_logger(settings("csv"), folder)
    logger.log_metrics({"validation/loss": 0.5}, step=3)
    (place,) = curves_place(logger, folder).values()
    record_result(logger, {"model.filters": 8}, {"test/accuracy": 0.25})
    table = pd.read_csv(tmp_path / "csv/metrics.csv")
    assert place.samefile(tmp_path / "csv/metrics.csv")
    assert table["validation/loss"].dropna().tolist() == [0.5]
    assert table["test/accuracy"].dropna().tolist() == [0.25]
    assert yaml.safe_load((tmp_path / "csv/hparams.yaml").read_text()) == {"model.filters": 8}


def test_a_run_that_continues_keeps_the_table_of_its_beginning(settings, tmp_path):
    for k in range(3):
        logger = build_logger(settings("csv"), RunFolder(tmp_path))
        record_result(logger, {}, {"test/accuracy": float(k)})
    tables = sorted(tmp_path.glob("csv*/metrics.csv"))
    assert [path.parent.name for path in tables] == ["csv", "csv_2", "csv_3"]
    assert [pd.read_csv(path)["test/accuracy"][0] for path in tables] == [0, 1, 2]


def test_only_tensorboard_is_given_pictures_and_sounds(settings, tmp_path):
    def trainer(name):
        logger = build_logger(settings(name), RunFolder(tmp_path))
        return SimpleNamespace(sanity_checking=False, is_global_zero=True, loggers=[logger])

    assert tensorboard_writer(trainer("csv")) is None
    writer = tensorboard_writer(trainer("tensorboard"))
    writer.close()
    assert writer.log_dir == str(tmp_path / "tensorboard")


@pytest.mark.parametrize("name", ["wandb", "mlflow"])
def test_a_logger_whose_package_is_missing_says_what_to_install(settings, monkeypatch, name):
    monkeypatch.setattr(loggers, "find_spec", lambda _: None)
    said = rf'^logger={name}: .* pip install "instrument-net\[{name}\]"$'
    with pytest.raises(ConfigurationError, match=said):
        check_logger(settings(name))
    check_logger(settings("csv"))


def test_a_run_of_wandb_is_closed_so_that_the_next_fold_has_its_own(monkeypatch):
    class Wandb:
        def __init__(self):
            self.done = []
            self.experiment = SimpleNamespace(finish=lambda: self.done.append("finish"))

        def log_hyperparams(self, values):
            self.done.append(values)

        log_metrics = log_hyperparams

        def save(self):
            self.done.append("save")

    monkeypatch.setattr(loggers, "WandbLogger", Wandb)
    record_result(logger := Wandb(), {"seed": 0}, {"test/accuracy": 1.0})
    assert logger.done == [{"seed": 0}, {"test/accuracy": 1.0}, "save", "finish"]
