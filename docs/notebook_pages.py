"""Run the notebooks and write them, with what they show, as pages of the site: make docs.

They are stored without outputs. Here each runs from top to bottom beside a fresh run of the smoke
experiment, and becomes ``docs/notebooks/NAME.md`` with its pictures in ``docs/notebooks/NAME/``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbclient import NotebookClient
from nbconvert import MarkdownExporter

PROJECT = Path(__file__).resolve().parents[1]
PAGES = PROJECT / "docs" / "notebooks"
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_TABLE_STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)  # the site has its own,
_TABLE = re.compile(
    r'<table border="1" class="dataframe">'
)  # and lets tables without a class scroll
_EMPTY = re.compile(r"<pre[^>]*>\s*</pre>\s*")  # of a progress bar that has gone


def main() -> None:
    """Write a page of every notebook, in the place of all that were there."""
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(PROJECT / "notebooks", root / "notebooks")
        subprocess.run(
            [sys.executable, "-m", "instrument_net.train", "+experiment=smoke"],
            cwd=root,
            check=True,
        )
        for path in sorted((root / "notebooks").glob("*.ipynb")):
            print(f"running {path.name}")
            write_page(path)


def write_page(path: Path) -> None:
    """Run a notebook in its folder and write its page.

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=1800,
        kernel_name="python3",
        coalesce_streams=True,  # what is printed in several pieces is one block
        resources={"metadata": {"path": path.parent}},
    )
    client.execute()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_mathml(cell.source)
        else:
            cell.outputs = [output for output in cell.outputs if _is_shown(output)]
    exporter = MarkdownExporter()
    page, resources = exporter.from_notebook_node(
        notebook, resources={"output_files_dir": path.stem}
    )
    for name, content in resources["outputs"].items():
        file = PAGES / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    page = page.replace(str(path.parents[1]), "..")  # a folder that is gone when this is read
    page = page.replace("](../docs/", "](../")  # pages are inside docs
    (PAGES / f"{path.stem}.md").write_text(page)


def _is_shown(output: nbformat.NotebookNode) -> bool:
    """Return whether an output is for readers, and take out of it what is not."""
    if output.output_type == "stream":
        return bool(output.name == "stdout")  # the rest are warnings and logs
    data = output.get("data", {})
    if "text/html" in data:
        data["text/html"] = _TABLE.sub("<table>", _TABLE_STYLE.sub("", data["text/html"]))
        return _EMPTY.fullmatch(data["text/html"]) is None
    return "application/vnd.jupyter.widget-view+json" not in data


def with_mathml(text: str) -> str:
    """Return Markdown whose formulas are MathML, which a browser shows without any script.

    >>> with_mathml("so $x$ is")[:14]
    'so <span><math'
    """

    def formula(match: re.Match[str]) -> str:
        display = match[1] is not None
        if display:
            return convert(match[1], display="block")
        # Markdown takes a paragraph that begins with <math> for a block; <span> is none.
        return f"<span>{convert(match[2])}</span>"

    return _FORMULA.sub(formula, text)


if __name__ == "__main__":
    main()
