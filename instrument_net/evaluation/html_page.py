"""A page of Markdown -> the same page as one HTML file, with its pictures and sounds inside."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from instrument_net.run_folder import HTML_PAGE

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def html_page(markdown: str, folder: Path, sounds: Mapping[str, bytes]) -> str:
    """Return a page that needs no other file and no internet, for light and dark screens.

    Pictures are put into the page. A link to a picture becomes a heading that opens it. A link to
    ``report.html#<name>`` becomes a player of the sound of that name. HTML in the Markdown is shown
    as text.

    Args:
        markdown: The page; its first heading is the title.
        folder: Where its pictures lie (PNG); others than those stay links.
        sounds: Name -> FLAC.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    content = _Content(folder, sounds)
    for kind in ("image", "link_open", "link_close", "table_open", "table_close"):
        rule = getattr(content, kind)
        parser.add_render_rule(kind, lambda _, *given, rule=rule: rule(*given))
    tokens = parser.parse(markdown)
    heading = next((k for k, token in enumerate(tokens) if token.type == "heading_open"), None)
    title = "Report" if heading is None else _text_of(tokens[heading + 1])
    body = parser.renderer.render(tokens, parser.options, {})
    style = files("instrument_net.evaluation").joinpath("page.css").read_text("utf-8")
    return _PAGE.format(title=escape(title), style=style, body=body)


class _Content:
    """What is rendered otherwise than markdown-it does."""

    def __init__(self, folder: Path, sounds: Mapping[str, bytes]) -> None:
        self._folder, self._sounds = folder, sounds
        self._closing: list[str] = []  # of the links that are open

    def image(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        return self._picture(str(token.attrs["src"]), token.content)

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        target = str(tokens[index].attrs["href"])
        sound = self._sounds.get(target.removeprefix(f"{HTML_PAGE}#"))
        if sound is not None:
            said, tokens[index + 1].content = tokens[index + 1].content, ""  # by the player
            self._closing.append("")
            source = f"data:audio/flac;base64,{base64.b64encode(sound).decode()}"
            label = f'aria-label="{escape(said)}"'
            return f'<audio controls preload="metadata" {label} src="{source}"></audio>'
        if target.endswith(".png"):
            name = _text_of(tokens[index + 1])
            self._closing.append(f"</summary>{self._picture(target, name)}</details>")
            return "<details><summary>"
        self._closing.append("</a>")
        return RendererHTML().renderToken(tokens, index, options, env)

    def link_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return self._closing.pop()

    def table_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return '<div class="table"><table>\n'

    def table_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def _picture(self, source: str, text: str) -> str:
        file = self._folder / source
        if file.suffix == ".png" and file.is_file():
            source = f"data:image/png;base64,{base64.b64encode(file.read_bytes()).decode()}"
        return f'<img src="{escape(source)}" alt="{escape(text)}">'


def _text_of(token: Token) -> str:
    """Return what is read of an inline token, or of one inside it."""
    return "".join(child.content for child in token.children or [token])
