"""Finding a template, `NAME.CHANNEL.EXT` or in the customer's language `NAME.CHANNEL.LANG.EXT`, and taking it apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from outreach.rendering.problem import TemplateProblem, did_you_mean

EXTENSIONS = {"sms": ("txt",), "call": ("md",), "task": ("md",), "email": ("html", "md", "txt")}
LARGEST_FILE = 64_000

# What comes from a rule or from a customer's record becomes part of a path: no dots, no slashes.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Source:
    """A template file, read: its body and its front matter, each with the line where it begins."""

    path: Path
    language: str
    html: bool
    body: tuple[str, int]
    front: dict[str, tuple[str, int]] = field(default_factory=dict)


def label(folder: Path, path: Path) -> str:
    """How messages name a file: templates/haircut.sms.txt."""
    return f"{folder.name}/{path.name}"


def find(folder: Path, channel: str, name: str, language: str = "") -> tuple[Path, str]:
    """The file to use and its language: "fr-CA" falls back to "fr", then to the file without a language ("").

    Raises:
        TemplateProblem: there is none; says which name was probably meant.
    """
    if channel not in EXTENSIONS:
        guess = did_you_mean(channel, EXTENSIONS)
        raise TemplateProblem(f"no channel '{channel}'{guess}", label=f"{folder.name}/{name}.{channel}")
    if NAME.fullmatch(name):
        for tag in _tags(language):
            for extension in EXTENSIONS[channel]:
                path = folder / ".".join(filter(None, (name, channel, tag, extension)))
                if path.is_file():
                    return path, tag
    wanted = f"{folder.name}/{name}.{channel}.{EXTENSIONS[channel][0]}"
    raise TemplateProblem(f"no such template{did_you_mean(name, names(folder, channel))}", label=wanted)


def names(folder: Path, channel: str) -> list[str]:
    """The names of all templates of a channel, sorted."""
    return sorted({path.name.split(".")[0] for path, _ in _all(folder, channel)})


def variants(folder: Path, channel: str, name: str) -> list[tuple[Path, str]]:
    """All files of one template, each with its language, sorted."""
    return sorted(found for found in _all(folder, channel) if found[0].name.split(".")[0] == name)


def read(path: Path, language: str) -> Source:
    """Read a template file and take off its front matter.

    Raises:
        TemplateProblem: it can't be read, is too large, or its front matter is not `subject` and `preview`.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TemplateProblem(f"is larger than {LARGEST_FILE} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateProblem(f"can't be read: {error}") from None
    front, body = _split(text) if ".email." in path.name else ("", text)
    first = text[: len(text) - len(body)].count("\n") + 1
    return Source(path, language, path.suffix == ".html", (body, first), _front_matter(front))


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


def _front_matter(text: str) -> dict[str, tuple[str, int]]:
    try:
        data = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise TemplateProblem(f'front matter: {error.problem}; put the text in "quotes"', line) from None
    except (YAMLError, ValueError) as error:
        raise TemplateProblem(f"front matter: {error}", 1) from None
    if data is None:
        return {}
    if not isinstance(data, CommentedMap):
        raise TemplateProblem('front matter is `subject: "…"` and `preview: "…"`', 2)
    return {key: _entry(key, data[key], data.lc.key(key)[0] + 2) for key in data}


def _entry(key: object, value: object, line: int) -> tuple[str, int]:
    if key not in {"subject", "preview"}:
        raise TemplateProblem(f"front matter has no '{key}'{did_you_mean(str(key), ['subject', 'preview'])}", line)
    if not isinstance(value, str):
        raise TemplateProblem(f"'{key}' is not a text; put it in \"quotes\"", line)
    return str(value), line
