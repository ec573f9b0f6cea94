"""A fold that was interrupted goes on where it was, by the command of the cross-validation."""

import os
import signal

import pytest
from conftest import FORK_SERVER
from hydra import compose, initialize_config_dir

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.run_folder import RunFolder
from instrument_net.runs.cross_validation import CrossValidation
from instrument_net.runs.last_checkpoint import LastCheckpoint

SMALL = ["frontend.features.n_fft=1024", "frontend.features.hop_length=512",
         "frontend.features.n_bins=83", "frontend.n_frames=56", "model=perceptron",
         "trainer=cpu", "trainer.max_epochs=3", "logger=csv"]  # fmt: skip


def of(table, *overrides):
    given = ["data=manifest", f"data.path={table}", f"data.store_dir={table.parent}/store",
             "split=leave_one_source_out", "only=[barn]", *SMALL, *overrides]  # fmt: skip
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("cross_validate", ["run_dir=x", *given])
    return CrossValidation(config, overrides=given)


@pytest.fixture
def table(write_sources, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_sources({source: {"flute": 3, "harp": 3} for source in ("attic", "barn")})


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def press_ctrl_c():
    raise KeyboardInterrupt


def stopping(by, monkeypatch):
    """Have something end this process when the second epoch is kept."""
    write = LastCheckpoint._write

    def stop(self, trainer):
        write(self, trainer)
        if trainer.current_epoch == 1:
            by()

    monkeypatch.setattr(LastCheckpoint, "_write", stop)


def killed(table, cwd):
    os.chdir(cwd)
    with pytest.MonkeyPatch.context() as patch:
        stopping(kill, patch)
        of(table).run_all()


def figures(validation):
    folder = validation.folder
    return {
        name: (folder / name).read_bytes()
        for name in ("folds.csv", "report/metrics.json", "fold_barn/report/predictions.csv")
    }


def test_a_killed_fold_continues_and_ends_with_the_figures_of_one_that_was_not(
    table, tmp_path, monkeypatch, capfd
):
    of(table).run_all()
    expected = figures(of(table))
    (tmp_path / "cut").mkdir()
    process = FORK_SERVER.Process(target=killed, args=(table, tmp_path / "cut"))
    process.start()
    process.join(100)
    assert process.exitcode == -signal.SIGKILL

    monkeypatch.chdir(tmp_path / "cut")
    assert not of(table).is_done("barn")
    capfd.readouterr()
    of(table).run_all()
    assert "continues after 2 epochs" in capfd.readouterr().out
    assert figures(of(table)) == expected


def test_ctrl_c_names_the_command_that_continues_the_fold(table, monkeypatch, capfd):
    with monkeypatch.context() as patch:
        stopping(press_ctrl_c, patch)
        with pytest.raises(SystemExit) as ended:
            of(table).run_all()
    assert ended.value.code == 130
    said = capfd.readouterr().out.rpartition(" is kept; to continue: ")[2].strip()
    assert said.startswith("python -m instrument_net.cross_validate data=manifest ")
    assert said.endswith(" logger=csv")  # no split.fold, no resume_from


def test_a_fold_whose_checkpoint_is_damaged_is_trained_anew(table, capfd):
    validation = of(table)
    fold = RunFolder(validation.folder / "fold_barn")
    fold.checkpoints.mkdir(parents=True)
    fold.last_checkpoint.write_bytes(b"cut")
    (fold.path / "old").touch()
    validation.run_all()
    said = capfd.readouterr().out
    assert "fold barn is trained anew: resume_from: " in said
    assert "last.ckpt: no checkpoint, damaged" in said
    assert validation.is_done("barn")
    assert not (fold.path / "old").exists()


def test_a_checkpoint_of_one_run_is_refused(table):
    with pytest.raises(ConfigurationError, match="resume_from: it is for one run"):
        of(table, "resume_from=run")
