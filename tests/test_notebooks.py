"""Every notebook runs from top to bottom, and is stored without output."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
PUBLIC_NAMES = [
    "load_waveform", "AudioError", "FrontEnd", "FEATURE_NAMES", "InstrumentDataModule",
    "TwoBranchNet", "SpectrogramNet", "PerceptronNet", "InstrumentClassifier",
    "load_from_checkpoint",
]  # fmt: skip


def test_notebooks_are_found():
    assert next(path.stem for path in NOTEBOOKS) == "00_quickstart"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_output(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs"), cell.source
        assert cell.get("execution_count") is None, cell.source


def test_the_quickstart_uses_every_public_name():
    _imports, *cells = [
        cell.source
        for cell in nbformat.read(NOTEBOOKS[0], as_version=4).cells
        if cell.cell_type == "code"
    ]
    source = "\n".join(cells)
    assert [name for name in PUBLIC_NAMES if name not in source] == []


@pytest.mark.slow
# The client's own library warns about its event loop; the notebook's code runs in a kernel.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    # Its corpus, store and checkpoint go to a folder of the test's.
    for cell in notebook.cells:
        cell.source = cell.source.replace('Path("../outputs")', f"Path({str(tmp_path)!r})")
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute()
    printed = "".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )
    assert "cannot be decoded, damaged or no audio" in printed
    assert "torch.Size([1, 1, 560, 256]) torch.Size([1, 20])" in printed
