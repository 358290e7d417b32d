"""Finding a template, `NAME.CHANNEL.EXT` or in the customer's language `NAME.CHANNEL.LANG.EXT`, and taking it apart.

A name that begins with `_` is no template of its own: it is the page around others, `layout: _letter`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from outreach.rendering.problem import TemplateProblem, did_you_mean

EXTENSIONS = {"sms": ("txt",), "call": ("md",), "task": ("md",), "email": ("html", "md", "txt")}
LARGEST_FILE = 64_000
KEYS = ("subject", "preview", "layout")

# What comes from a rule or from a customer's record becomes part of a path: no dots, no slashes.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
LAYOUT = re.compile(r"_[A-Za-z0-9_-]+")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a file, and the line and column where it begins."""

    text: str
    line: int
    column: int = 1

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Within the file, what is this line and column within the text."""
        return self.line + line - 1, column + self.column - 1 if line == 1 else column


@dataclass(frozen=True, slots=True)
class Source:
    """A template file, read: its body, what its front matter says, and the layout around it, if it names one."""

    path: Path
    language: str
    html: bool
    body: Part
    front: dict[str, Part] = field(default_factory=dict)
    layout: Part | None = None


def label(folder: Path, path: Path) -> str:
    """How messages name a file: templates/haircut.sms.txt."""
    return f"{folder.name}/{path.name}"


def find(folder: Path, channel: str, name: str, language: str = "") -> tuple[Path, str, os.stat_result]:
    """The file to use, its language, and its status: "fr-CA" falls back to "fr", then to the file without a language
    (""). The file is asked once for all of it: that is a tenth of what a short message costs.

    Raises:
        TemplateProblem: there is none; says which name was probably meant.
    """
    if channel not in EXTENSIONS:
        said, hint = f"no channel `{channel}`", did_you_mean(channel, EXTENSIONS)
        raise TemplateProblem(said, label=f"{folder.name}/{name}.{channel}", hint=hint)
    for path, file, tag in _may_be(folder, channel, name, language):
        try:
            status = os.stat(file)  # noqa: PTH116 - a third less than Path.stat, and nothing else
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            return path, tag, status
    wanted = f"{folder.name}/{name}.{channel}.{EXTENSIONS[channel][0]}"
    there = {path.name.split(".")[0] for path, _ in _all(folder, channel)}
    raise TemplateProblem("no such template", label=wanted, hint=did_you_mean(name, there))


@lru_cache(maxsize=1_000)
def _may_be(folder: Path, channel: str, name: str, language: str) -> list[tuple[Path, str, str]]:
    """Where it may lie, as a path and as text, with its language; the best first. Every customer's message asks the
    same."""
    if not NAME.fullmatch(name):
        return []
    wanted = product(_tags(language), EXTENSIONS[channel])
    paths = ((folder / ".".join(filter(None, (name, channel, tag, ext))), tag) for tag, ext in wanted)
    return [(path, str(path), tag) for path, tag in paths]


def find_layout(source: Source, folder: Path) -> tuple[Path, str]:
    """The file of the layout that a template names, and its language: the template's own, else the one for all.

    Raises:
        TemplateProblem: there is none.
    """
    named = source.layout or Part("", 0)
    for tag in _tags(source.language) if LAYOUT.fullmatch(named.text) else ():
        path = folder / ".".join(filter(None, (named.text, "email", tag, "html")))
        if path.is_file():
            return path, tag
    there = {path.name.split(".")[0] for path in folder.glob("_*.email*.html")}
    hint = did_you_mean(named.text, there) or f"write {folder.name}/_letter.email.html and `layout: _letter`"
    raise TemplateProblem(f"there is no layout `{named.text}`", named.line, hint=hint, column=named.column)


def variants(folder: Path, channel: str, name: str) -> list[tuple[Path, str]]:
    """All files of one template, each with its language, sorted."""
    return sorted(found for found in _all(folder, channel) if found[0].name.split(".")[0] == name)


def read(path: Path, language: str) -> Source:
    """Read a template file and take off its front matter.

    Raises:
        TemplateProblem: it can't be read, is too large, or its front matter is wrong or has no subject.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TemplateProblem(f"is larger than {LARGEST_FILE} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateProblem(f"can't be read: {error}") from None
    html, layout = path.suffix == ".html", path.name.startswith("_")
    front, body = _split(text) if ".email." in path.name and not layout else ("", text)
    parts = _front_matter(front)
    if ".email." in path.name and not layout and "subject" not in parts:
        raise TemplateProblem('an e-mail begins with its front matter: ---, subject: "…", ---', 1)
    named = parts.pop("layout", None)
    if named and not html:
        raise TemplateProblem("a layout is a page in HTML", named.line, hint="name this file `….email.html`")
    first = text[: len(text) - len(body)].count("\n") + 1
    return Source(path, language, html, Part(body, first), parts, named)


def _all(folder: Path, channel: str) -> Iterator[tuple[Path, str]]:
    for extension in EXTENSIONS.get(channel, ()):
        for path in folder.glob(f"*.{channel}.*{extension}"):
            name, _, *tag, last = path.name.split(".")
            if last == extension and len(tag) <= 1 and NAME.fullmatch(name) and path.is_file():
                yield path, "".join(tag)


def _tags(language: str) -> list[str]:
    """The languages to look for, nearest first, the plain file last."""
    language = language.replace("_", "-")
    if not LANGUAGE.fullmatch(language):
        return [""]
    first = language.partition("-")[0]
    return list(dict.fromkeys([language, language.lower(), first, first.lower(), ""]))


def _split(text: str) -> tuple[str, str]:
    """Front matter (with its opening line, so that lines count right) and body."""
    matter = re.match(r"---[ \t]*\r?\n(.*?)^---[ \t]*(\r?\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return (matter[1], text[matter.end() :]) if matter else ("", text)


def _front_matter(text: str) -> dict[str, Part]:
    try:
        data = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise TemplateProblem(f"front matter: {error.problem}", line, hint='put the text in "quotes"') from None
    except (YAMLError, ValueError) as error:
        raise TemplateProblem(f"front matter: {error}", 1) from None
    if data is None:
        return {}
    if not isinstance(data, CommentedMap):
        raise TemplateProblem('front matter is `subject: "…"` and `preview: "…"`', 2)
    return {key: _entry(key, data, text.splitlines()) for key in data}


def _entry(key: object, data: CommentedMap, lines: list[str]) -> Part:
    value, (line, column) = data[key], data.lc.value(key)
    if key not in KEYS:
        line = data.lc.key(key)[0] + 2
        raise TemplateProblem(f"front matter has no `{key}`", line, hint=did_you_mean(str(key), KEYS), column=1)
    if not isinstance(value, str):
        raise TemplateProblem(f"`{key}` is not a text", line + 2, hint='put it in "quotes"', column=column + 1)
    quoted = line < len(lines) and lines[line][column : column + 1] in ("'", '"')
    return Part(str(value), line + 2, column + 1 + quoted)
