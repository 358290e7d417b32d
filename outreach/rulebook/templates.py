"""Which templates there are: `templates/NAME.CHANNEL.EXT`, or `NAME.CHANNEL.LANG.EXT` for one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from outreach.core.rule import Rule
from outreach.errors import Problem
from outreach.rulebook.hints import nearest

#: A name with `_` in front is a layout, around other templates and none of its own.
_FILE: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9_-]*)\.(?P<channel>sms|email|call|task)"
    r"(?:\.(?P<language>[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*))?\.(?P<ext>txt|md|html)"
)
#: What a channel's template may be written in; the first is what is meant when there is none.
EXTENSIONS: Final = {"sms": ("txt",), "email": ("html", "md", "txt"), "call": ("md",), "task": ("md",)}


@dataclass(frozen=True, slots=True)
class Templates:
    """The names that exist, by channel; `in_one_language` are those that lack a version for everybody else; `files` are
    all files, by name and channel."""

    folder: str
    names: dict[str, frozenset[str]]
    in_one_language: frozenset[tuple[str, str]]
    files: tuple[tuple[str, str, str], ...] = ()

    def missing(self, name: str, channel: str) -> tuple[str, str] | None:
        """What is wrong with a template's name, and a hint; None when the template is there."""
        if name in self.names.get(channel, ()):
            return None
        file = f"{self.folder}/{name}.{channel}.{EXTENSIONS[channel][0]}"
        if (name, channel) in self.in_one_language:
            return f"template `{name}` exists in some languages only", f"{file} is for everybody else"
        meant = nearest(name, self.names.get(channel, ()))
        if meant:
            return f"there is no {channel} template `{name}`", f"did you mean `{meant}`?"
        other = next((c for c, names in self.names.items() if name in names), None)
        hint = f"`{name}` is a template for {other}; write {file}" if other else f"write {file}"
        return f"there is no {channel} template `{name}`", hint

    def unused(self, rules: Iterable[Rule]) -> Iterator[Problem]:
        """A warning for each file that no rule names: often the one that was meant instead of another."""
        used = {(name, step.channel) for rule in rules for step in rule.steps for name in step.templates.values()}
        for name, channel, file in self.files:
            if (name, channel) not in used:
                said, hint = "no rule uses this template", "name it in a rule, or take it away"
                yield Problem(
                    file=f"{self.folder}/{file}", line=1, column=1, message=said, hint=hint, severity="warning"
                )


def find_templates(folder: Path) -> Templates:
    """The templates in this folder; a folder that isn't there has none."""
    matches = (match for path in sorted(folder.glob("*.*.*")) if (match := _FILE.fullmatch(path.name)))
    found = [match for match in matches if match["ext"] in EXTENSIONS[match["channel"]]]
    plain = {(m["name"], m["channel"]) for m in found if m["language"] is None}
    names = {channel: frozenset(name for name, c in plain if c == channel) for channel in EXTENSIONS}
    in_one_language = frozenset((m["name"], m["channel"]) for m in found) - plain
    return Templates(folder.name, names, in_one_language, tuple((m["name"], m["channel"], m[0]) for m in found))
