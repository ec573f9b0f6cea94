import io

import pytest
from markdown_it import MarkdownIt
from matplotlib.figure import Figure
from rich.console import Console

from instrument_net.escaping import for_markdown, for_plot, for_screen, prose_for_markdown

NAMES = [
    "A$AP_$1.wav", "[b]", "[/b]", "take [b]1[/b]", "a|b", "C:\\dir\\", "[dry]\\", ":harp:",
    "x\\[b]", "*loud* _soft_ __x__", "`tick`", "<b>", "&amp;", "~x~", "macro_f1",
    "Käse & Brot", "a\\$b$",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_shows_a_name_as_it_is_also_between_markup(name):
    out = io.StringIO()
    Console(file=out, width=200).print(f"[red]{for_screen(name)}[/red] {for_screen(name)}")
    assert out.getvalue() == f"{name} {name}\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_plot_is_drawn_with_a_name_as_it_is(name):
    figure = Figure()
    text = figure.text(0, 0, for_plot(name))
    figure.canvas.draw_idle()
    assert text._preprocess_math(text.get_text()) == (name, False)


@pytest.mark.parametrize("name", NAMES)
def test_markdown_shows_a_name_as_it_is_in_a_table_and_outside(name):
    page = f"| a | b |\n| --- | --- |\n| {for_markdown(name)} | x |\n\n- {for_markdown(name)}\n"
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    texts = [
        "".join(child.content for child in token.children)
        for token in tokens
        if token.type == "inline"
    ]
    assert texts == ["a", "b", name, "x", name]


@pytest.mark.parametrize("name", ["two\nlines", "bell\x07", "not UTF-8 \udcff"])
def test_what_does_not_print_is_an_escape(name):
    for shown in (for_screen(name), for_plot(name.replace("\n", "\r")), for_markdown(name)):
        assert shown.isprintable()
        shown.encode()


def test_code_in_a_sentence_stays_code():
    assert prose_for_markdown("`a|b_*` and [c]") == r"`a|b_*` and \[c\]"
