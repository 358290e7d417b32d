"""Call scripts and task details as HTML: the little Markdown that their writers use, everything else is plain text."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_ITEM = "- "


def script(text: str) -> Markup:
    r"""Paragraphs, lists of lines that begin with `- `, `**bold**`; a paragraph that is all bold is a heading.

    >>> script("**Say**\n\nHello <you>\n- one\n- two")
    Markup('<h3>Say</h3>\n<p>Hello &lt;you&gt;</p>\n<ul><li>one</li><li>two</li></ul>')
    """
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Markup("\n").join(part for block in blocks for part in _block(block) if part)


def _block(block: str) -> list[Markup]:
    heading = _BOLD.fullmatch(block.strip())
    if heading:
        return [Markup("<h3>{}</h3>").format(heading[1])]
    parts: list[Markup] = []
    plain: list[str] = []
    items: list[str] = []
    for line in block.splitlines():
        is_item = line.lstrip().startswith(_ITEM)
        if is_item and plain:
            parts.append(_paragraph(plain))
            plain = []
        elif not is_item and items:
            parts.append(_list(items))
            items = []
        (items if is_item else plain).append(line.strip().removeprefix(_ITEM))
    return [*parts, _paragraph(plain), _list(items)]


def _paragraph(lines: list[str]) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<br>").join(map(_inline, lines))) if any(lines) else Markup()


def _list(items: list[str]) -> Markup:
    return (
        Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(_inline(i)) for i in items))
        if items
        else Markup()
    )


def _inline(text: str) -> Markup:
    """Escaped first, so that nothing in the text can become a tag."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(text))))
