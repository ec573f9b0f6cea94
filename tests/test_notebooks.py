"""Every notebook runs from top to bottom, says what is true, and is stored without output."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import scipy.stats
import soundfile
import torch
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from instrument_net.audio import load_waveform
from instrument_net.frontend import FEATURE_NAMES, FrontEnd
from instrument_net.run_folder import read_curves

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
PUBLIC_NAMES = [
    "load_waveform", "AudioError", "FrontEnd", "FEATURE_NAMES", "InstrumentDataModule",
    "TwoBranchNet", "SpectrogramNet", "PerceptronNet", "InstrumentClassifier",
    "load_from_checkpoint",
]  # fmt: skip
CORPUS = 'InstrumentDataModule.from_synthesis(OUTPUTS / "synthetic", **options)'


def read(name):
    return nbformat.read(NOTEBOOKS[NAMES.index(name)], as_version=4)


def run(name, outputs, changed_line=None):
    """Execute a notebook whose runs and corpora lie in ``outputs``; return its cells.

    ``changed_line`` stands in the place of the line that opens the corpus.
    """
    notebook = read(name)
    if changed_line is not None:
        assert sum(CORPUS in cell.source for cell in notebook.cells) == 1
    for cell in notebook.cells:
        cell.source = cell.source.replace('Path("../outputs")', f"Path({str(outputs)!r})")
        if cell.cell_type == "code" and changed_line is not None:
            cell.source = cell.source.replace(CORPUS, changed_line)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS[0].parent)}},
    )  # fmt: skip
    client.execute()
    return notebook.cells


def outputs_of(cells):
    return [output for cell in cells for output in cell.get("outputs", [])]


def printed_by(cells):
    return "".join(output.get("text", "") for output in outputs_of(cells))


def shown_by(cells, mime_type):
    return [output.data[mime_type] for output in outputs_of(cells)
            if mime_type in output.get("data", {})]  # fmt: skip


def sounds_of(cells):
    return sum("<audio" in html for html in shown_by(cells, "text/html"))


# The client's own library warns about its event loop; the notebook's code runs in a kernel.
ignores_the_clients_warnings = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory, smoke, smoke_corpus):
    """What ``outputs`` holds after the smoke experiment: a run, its clips, their waveforms."""
    folder = tmp_path_factory.mktemp("outputs")
    _, smoke_run = smoke[0]
    shutil.copytree(smoke_run, folder / "smoke" / "run")
    (folder / "synthetic").symlink_to(smoke_corpus)
    (folder / "store").symlink_to(smoke_run.parent / "store")
    return folder


@pytest.fixture(scope="module")
def table_of_clips(smoke_corpus):
    """The smoke experiment's CSV table of 18 clips."""
    (path,) = smoke_corpus.glob("*/metadata.csv")
    return path


def test_notebooks_are_found():
    assert NAMES == [
        "00_quickstart", "01_explore_data", "02_explore_features", "03_read_a_run",
        "04_use_a_model", "05_spec_walkthrough",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_stored_without_output(name):
    for cell in read(name).cells:
        assert not cell.get("outputs"), cell.source
        assert cell.get("execution_count") is None, cell.source


def test_the_quickstart_uses_every_public_name():
    _imports, *cells = [
        cell.source for cell in read("00_quickstart").cells if cell.cell_type == "code"
    ]
    source = "\n".join(cells)
    assert [name for name in PUBLIC_NAMES if name not in source] == []


@pytest.mark.slow
@ignores_the_clients_warnings
def test_the_quickstart_runs_from_top_to_bottom(tmp_path):
    printed = printed_by(run("00_quickstart", tmp_path))
    assert "cannot be decoded, damaged or no audio" in printed
    assert "torch.Size([1, 1, 560, 256]) torch.Size([1, 20])" in printed


@pytest.mark.slow
@ignores_the_clients_warnings
def test_a_folder_of_ones_own_is_explored_by_changing_one_line(outputs, table_of_clips, tmp_path):
    mine = tmp_path / "my_recordings"
    shutil.copytree(table_of_clips.parent / "audio", mine)
    (mine / "bell" / "broken.wav").write_bytes(b"no sound")
    long_and_quiet = 1e-3 * np.sin(np.arange(7 * 44_100))
    soundfile.write(mine / "sine" / "long_and_quiet.wav", long_and_quiet, 44_100)
    line = f'InstrumentDataModule.from_folder("{mine}", **options)'
    cells = run("01_explore_data", outputs, line)
    printed = printed_by(cells)
    assert "19 clips of 3 classes in 19 groups\ngrouped by path" in printed
    assert re.findall(r"left out: \S+/bell/broken\.wav: cannot be decoded", printed)
    assert "1 of 19 clips exceed 6.01 s" in printed
    assert "0 clips reach full scale, 1 stay below -40 dB\n0 are silent" in printed
    assert len(shown_by(cells, "image/png")) == 6
    assert sounds_of(cells) == 1 + 3


@pytest.mark.slow
@ignores_the_clients_warnings
def test_the_statistics_of_the_features_agree_with_independent_ones(outputs, table_of_clips):
    line = f'InstrumentDataModule.from_manifest("{table_of_clips}", **options)'
    cells = run("02_explore_features", outputs, line)
    printed = printed_by(cells)
    assert "18 clips of 3 classes, 20 features" in printed
    assert len(shown_by(cells, "image/png")) == 4

    table = pd.read_csv(table_of_clips)
    front_end = FrontEnd()
    features = np.concatenate(
        [front_end(load_waveform(table_of_clips.parent / path)[None])[1] for path in table["path"]]
    )
    # The variances along principal axes are the eigenvalues of the correlation matrix.
    largest, second = np.linalg.eigvalsh(np.corrcoef(features.T))[:-3:-1] / 20
    shown = re.search(r"axis 1 holds ([\d.]+)% of the variance, axis 2 ([\d.]+)%", printed)
    assert float(shown[1]) == pytest.approx(100 * largest, abs=0.1)
    assert float(shown[2]) == pytest.approx(100 * second, abs=0.1)
    # Eta squared from the F of a one-way analysis of variance.
    groups = [features[table["label"] == label] for label in sorted(table["label"].unique())]
    f, (between, within) = scipy.stats.f_oneway(*groups).statistic, (3 - 1, 18 - 3)
    eta_squared = between * f / (between * f + within)
    shown = re.search(r"most: (\w+), ([\d.]+)", printed)
    assert shown[1] == FEATURE_NAMES[eta_squared.argmax()]
    assert float(shown[2]) == pytest.approx(eta_squared.max(), abs=0.006)


@pytest.mark.slow
@ignores_the_clients_warnings
def test_a_run_is_read_as_it_was_written(outputs):
    cells = run("03_read_a_run", outputs)
    printed = printed_by(cells)
    folder = outputs / "smoke" / "run"
    assert str(folder) in printed
    assert any("+experiment=smoke" in text for text in shown_by(cells, "text/markdown"))
    best = torch.load(folder / "checkpoints" / "best.ckpt", weights_only=True)
    assert f"2 epochs, best: epoch {best['epoch']} by validation/macro_f1" in printed
    metrics = json.loads((folder / "report" / "metrics.json").read_text())
    n_right = round(metrics["accuracy"] * metrics["n_clips"])
    n_wrong = metrics["n_clips"] - n_right
    assert f"{n_right} of {metrics['n_clips']} test clips are right" in printed
    assert f"{n_wrong} mistakes" in printed
    # Curves, per class, confusion, reliability, then mistakes to see and hear.
    assert len(shown_by(cells, "image/png")) == 4 + min(n_wrong, 3)
    assert sounds_of(cells) == min(n_wrong, 3)


@pytest.mark.slow
@ignores_the_clients_warnings
def test_the_best_epoch_is_that_of_the_metric_that_the_run_monitored(outputs, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(outputs / "smoke" / "run", folder)
    config = folder / ".hydra" / "config.yaml"
    text = config.read_text()
    assert text.count("monitor: validation/macro_f1") == 1
    config.write_text(text.replace("monitor: validation/macro_f1", "monitor: train/loss"))
    with pytest.raises(CellExecutionError, match="monitor=train/loss: no metric"):
        run("03_read_a_run", tmp_path)
    config.write_text(text.replace("monitor: validation/macro_f1", "monitor: validation/loss"))
    lowest = read_curves(folder)["validation/loss"].argmin()
    assert f"2 epochs, best: epoch {lowest} by validation/loss" in printed_by(
        run("03_read_a_run", tmp_path)
    )


@pytest.mark.slow
@ignores_the_clients_warnings
def test_a_model_classifies_files_folders_and_the_parts_of_a_long_recording(outputs):
    cells = run("04_use_a_model", outputs)
    printed = printed_by(cells)
    first = pd.read_csv(outputs / "smoke" / "run" / "report" / "predictions.csv").iloc[0]
    assert f"true: {first['label']}" in printed
    ranking = next(text for text in shown_by(cells, "text/plain") if first["predicted"] in text)
    shown = re.search(rf"^{first['predicted']} +([\d.]+)", ranking, flags=re.MULTILINE)
    assert float(shown[1]) == pytest.approx(first["confidence"], abs=2e-3)
    assert "error: 04_use_a_model.ipynb: cannot be decoded" in printed
    assert "18 of 19 files are classified" in printed
    # Three clips, one of each class: five windows of 6.014 s, each 3.007 s after the last.
    assert "18.0 s in" in printed
    (timeline,) = (text for text in shown_by(cells, "text/plain") if "start_s" in text)
    starts = re.findall(r"^(\d+\.\d\d) ", timeline, flags=re.MULTILINE)
    assert starts == ["0.00", "3.01", "6.01", "9.02", "12.03"]
    # Why the first clip is what it is said to be, and what speaks for the second class.
    ranked = first.filter(like="p(").astype(float).sort_values(ascending=False)
    explained = re.findall(r"^(\w+): ([\d.]+)%", printed, flags=re.MULTILINE)
    assert [f"p({name})" for name, _ in explained] == ranked.index[:2].tolist()
    shown = [float(percent) for _, percent in explained]
    assert shown == pytest.approx((100 * ranked[:2]).tolist(), abs=0.2)
    assert len(shown_by(cells, "image/png")) == 1 + 2


@pytest.mark.slow
@ignores_the_clients_warnings
def test_numpy_by_hand_and_the_network_agree_on_every_equation(outputs):
    printed = printed_by(run("05_spec_walkthrough", outputs))
    differences = {
        name: float(value)
        for name, value in re.findall(r"^(.+): largest difference (\S+)$", printed, re.MULTILINE)
    }
    by_definition = differences.pop("eq. 18, one weight of the first layer")
    assert by_definition < 1e-7
    assert all(value < 1e-12 for value in differences.values()), differences
    equations = {re.split("[,:]", name)[0] for name in differences}
    assert equations == {
        "1.6.2", "eq. 8", "eq. 4", "eq. 9", "figure 1", "eq. 12", "1.3.3", "eq. 13", "1.3.5",
        "eq. 15", "eq. 1", "eq. 17", "algorithm 2", "eq. 20",
    }  # fmt: skip
    assert len(differences) == 27
    assert "319,109 for 37 classes" in printed
    assert "(560, 256) -> (558, 254)" in printed
    assert "[10965. 12076. 13187.]" in printed  # figure 1, second row: ew + fx + iy + jz, ...
    assert "one window: True" in printed
    assert "as printed: inf" in printed  # eq. 17 takes the logarithm of the label's zeros
    assert "the gradient has the shape of Theta: True" in printed
    before, after = re.search(r"cost before ([\d.]+), after ([\d.]+)", printed).groups()
    assert float(after) < float(before)
