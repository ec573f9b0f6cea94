"""The documentation site: its pages, its links and the names of its reference are there."""

import importlib
import re

import pytest
import yaml

from instrument_net.configuration import CONF_DIR

PROJECT = CONF_DIR.parent
DOCS = PROJECT / "docs"
SETTINGS = yaml.safe_load((PROJECT / "mkdocs.yml").read_text())
WRITTEN = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
PAGES = [page for page in WRITTEN if not page.startswith("notebooks/")]
NOTEBOOKS = [f"notebooks/{path.stem}.md" for path in (PROJECT / "notebooks").glob("*.ipynb")]
REFERENCE = re.findall(r"^::: (\S+)$", (DOCS / "reference.md").read_text(), re.MULTILINE)


def pages_of(entries):
    for entry in entries:
        (inside,) = entry.values()
        yield from [inside] if isinstance(inside, str) else pages_of(inside)


def test_every_page_has_its_place_in_the_menu():
    assert sorted(pages_of(SETTINGS["nav"])) == sorted(PAGES + NOTEBOOKS)


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", (DOCS / page).read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target not in NOTEBOOKS and not target.startswith(("http:", "https:", "#")):
            file = (DOCS / page).parent / target.partition("#")[0]
            assert file.is_file(), target
            assert file.resolve().is_relative_to(DOCS), f"{target} is not part of the site"


@pytest.mark.parametrize("name", REFERENCE)
def test_the_reference_describes_what_there_is(name):
    module, _, attribute = name.rpartition(".")
    assert getattr(importlib.import_module(module), attribute).__doc__


def test_a_reader_without_internet_misses_nothing():
    assert SETTINGS["theme"]["font"] is False
    assert not {"extra_css", "extra_javascript"} & set(SETTINGS)
