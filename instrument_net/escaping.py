"""Text as it is: no part of a name is taken for markup on screen, in plots or in Markdown."""

from __future__ import annotations

import re
import unicodedata

from rich.markup import escape

# Between two letters or digits Markdown leaves an underscore alone: `macro_f1`.
_MARKDOWN = re.compile(r"[\\`*\[\]<|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_CODE = re.compile(r"(`[^`]+`)")
_NOTHING = "[none][/none]"  # markup that prints nothing
_EMOJI = re.compile(r":(?=\S+?:)")
_SHOWN_AS_THEY_ARE = {"Cf", "Co", "Zs"}  # joiners, private use, wide and unbreakable spaces


def for_screen(text: object) -> str:
    r"""Return text as rich's markup that prints it as it is, on one line.

    >>> for_screen("take [b]1[/b]")
    'take \\[b]1\\[/b]'
    >>> for_screen("a\nb")
    'a\\nb'
    """
    markup = escape(one_line(text))
    markup = _EMOJI.sub(f":{_NOTHING}", markup)  # ":harp:" would be a picture
    # rich reads two backslashes as one before a bracket only.
    return markup + _NOTHING if markup.endswith("\\") else markup


def error_line(reason: object) -> str:
    r"""Return the line that a command answers with, as rich's markup.

    >>> error_line("no file [b].wav")
    '[red]error:[/red] no file \\[b].wav'
    """
    return f"[red]error:[/red] {for_screen(reason)}"


def for_plot(text: object) -> str:
    r"""Return text that matplotlib draws as it is: two ``$`` would set a formula between them.

    Line breaks stay: titles are made of lines.

    >>> for_plot("A$AP_$1.wav")
    'A\\$AP_\\$1.wav'
    """
    return "\n".join(map(one_line, str(text).split("\n"))).replace("$", r"\$")


def for_markdown(text: object) -> str:
    r"""Return text that a page of Markdown shows as it is, on one line, in tables as well.

    >>> for_markdown("loud | soft")
    'loud \\| soft'
    """
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))


def prose_for_markdown(text: str) -> str:
    r"""Return a sentence like :func:`for_markdown`, but with its `` `code` `` left as code.

    >>> prose_for_markdown("grouped by `source`: A*, B*")
    'grouped by `source`: A\\*, B\\*'
    """
    parts = _CODE.split(text)
    return "".join(one_line(p) if k % 2 else for_markdown(p) for k, p in enumerate(parts))


def one_line(text: object) -> str:
    r"""Return text with line breaks and other characters that do not print as escapes.

    >>> one_line("flute\nor oboe")
    'flute\\nor oboe'
    """
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) in _SHOWN_AS_THEY_ARE
        else character.encode("unicode_escape").decode()
        for character in str(text)
    )
