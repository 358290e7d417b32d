"""The two faces of an e-mail: for a template in HTML its plain text, for one in plain text its HTML."""

from __future__ import annotations

import re

import css_inline
from inscriptis import get_text  # type: ignore[import-untyped,unused-ignore]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped,unused-ignore]
from markupsafe import escape

ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")

#: Styles move to where they apply, because many mail programs drop <style>. Nothing is fetched and no file is opened.
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
#: Elements that have no inside, and those that the next of their kind ends.
EMPTY = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
ENDED_BY_THE_NEXT = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"})


def depth(html: str) -> int:
    """How deep its elements are nested, about. The makers below descend by recursion: some thousand levels end the
    process, and beyond 255 the text maker leaves out what is there."""
    deepest = 0
    inside: list[str] = []
    for tag in TAG.finditer(html):
        name, begins = tag[2].lower(), not tag[1]
        if name in EMPTY:
            continue
        while inside and inside[-1] in ENDED_BY_THE_NEXT and (begins == (name in ENDED_BY_THE_NEXT)):
            inside.pop()
        if begins:
            inside.append(name)
            deepest = max(deepest, len(inside))
        elif inside and name == inside[-1]:
            inside.pop()
    return deepest


def styled(html: str) -> str:
    """The same page with its <style> rules written onto its elements."""
    return INLINER.inline(html)


def text_of(html: str) -> str:
    """What the page says, as plain text; links as [words](address)."""
    text: str = get_text(html, ParserConfig(display_links=True))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()


def html_of(text: str, language: str) -> str:
    """A plain page that says what the text says: paragraphs, line breaks and links, everything else escaped."""
    paragraphs = [f"<p>{_linked(part)}</p>" for part in re.split(r"\n\s*\n", text.strip())]
    head = f'<!doctype html>\n<html lang="{escape(language or "en")}"><head><meta charset="utf-8"></head><body>\n'
    return head + "\n".join(paragraphs) + "\n</body></html>"


def with_preview(html: str, preview: str) -> str:
    """The page, with the line that inboxes show beside the subject, hidden in the page itself."""
    if not preview:
        return html
    hidden = f'<div style="display:none;max-height:0;overflow:hidden">{escape(preview)}</div>'
    body = re.search(r"<body[^>]*>", html, re.IGNORECASE)
    return html[: body.end()] + hidden + html[body.end() :] if body else hidden + html


def _linked(text: str) -> str:
    parts, end = [], 0
    for address in ADDRESS.finditer(text):
        link = escape(address[0])
        parts += [str(escape(text[end : address.start()])), f'<a href="{link}">{link}</a>']
        end = address.end()
    parts.append(str(escape(text[end:])))
    return "".join(parts).replace("\n", "<br>\n")
