"""docs/corpora.md says of every published corpus what its facts say."""

import pytest

from instrument_net.configuration import CONF_DIR
from instrument_net.corpora.words import known
from instrument_net.data.corpora.published.registry import CORPORA

PAGE = (CONF_DIR.parent / "docs/corpora.md").read_text()
TABLES, _, _ = PAGE.partition("## Published scores")
ROWS = [line.strip("| ").split(" | ") for line in TABLES.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_the_page_has_the_facts_of_each_corpus(name):
    facts = CORPORA[name].facts
    first, second = (row[1:] for row in ROWS if row[0] == f"`{name}`")
    hours = "not known" if facts.hours is None else f"{facts.hours:.1f}"
    assert first == [
        facts.title, known(facts.n_classes), known(facts.n_clips), hours, facts.licence,
        facts.official_split, facts.beware,
    ]  # fmt: skip
    citation, command = second
    assert citation == facts.citation
    assert f"data={name} data.path=FOLDER" in command


def test_the_page_has_no_row_of_another_corpus():
    assert {row[0].strip("`") for row in ROWS} == set(CORPORA)
    assert [row[0] for row in ROWS] == sorted(row[0] for row in ROWS[: len(ROWS) // 2]) * 2
