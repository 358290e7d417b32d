"""Which templates there are: `templates/NAME.CHANNEL.EXT`, or `NAME.CHANNEL.LANG.EXT` for one language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from outreach.rulebook.hints import nearest

_FILE: Final = re.compile(
    r"(?P<name>.+)\.(?P<channel>sms|email|call|task)(?:\.(?P<language>[a-z]{2,3}(?:-[A-Za-z0-9]{2,4})?))?\.(?P<ext>txt|md|html)"
)
EXTENSION: Final = {"sms": "txt", "email": "html", "call": "md", "task": "md"}


@dataclass(frozen=True, slots=True)
class Templates:
    """The names that exist, by channel; `in_one_language` are those that lack a version for everybody else."""

    folder: str
    names: dict[str, frozenset[str]]
    in_one_language: frozenset[tuple[str, str]]

    def missing(self, name: str, channel: str) -> tuple[str, str] | None:
        """What is wrong with a template's name, and a hint; None when the template is there."""
        if name in self.names.get(channel, ()):
            return None
        file = f"{self.folder}/{name}.{channel}.{EXTENSION[channel]}"
        if (name, channel) in self.in_one_language:
            return f"template `{name}` exists in some languages only", f"{file} is for everybody else"
        meant = nearest(name, self.names.get(channel, ()))
        if meant:
            return f"there is no {channel} template `{name}`", f"did you mean `{meant}`?"
        other = next((c for c, names in self.names.items() if name in names), None)
        hint = f"`{name}` is a template for {other}; write {file}" if other else f"write {file}"
        return f"there is no {channel} template `{name}`", hint


def find_templates(folder: Path) -> Templates:
    """The templates in this folder; a folder that isn't there has none."""
    found = [match for path in sorted(folder.glob("*.*.*")) if (match := _FILE.fullmatch(path.name))]
    plain = {(m["name"], m["channel"]) for m in found if m["language"] is None}
    names = {channel: frozenset(name for name, c in plain if c == channel) for channel in EXTENSION}
    return Templates(folder.name, names, frozenset((m["name"], m["channel"]) for m in found) - plain)
