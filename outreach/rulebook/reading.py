"""Bytes of a rule file in, nodes with places out; whatever could surprise or hurt is refused by its own name.

YAML 1.2 by ruamel.yaml's event stream: limits hold while it reads, before anything is built from it. An alias bomb of
400 bytes would be walked for minutes, and half a line of brackets for longer still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from outreach.errors import Problem
from outreach.rulebook.decoding import MOST_BYTES, decoded, odd_character
from outreach.rulebook.faults import QUOTE_IT, Fault, fault_of
from outreach.rulebook.places import SHOWN, Node, short

DEEPEST = 20
MOST_NODES = 12_000  # four hundred rules; they are read in half a second
MOST_PROBLEMS = 100

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}([eE][-+]?[0-9]{1,2})?")
_HALF = re.compile("[\ud800-\udfff]")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}


def read(data: bytes, file: str, problems: list[Problem]) -> Node | None:
    """The document in these bytes, None when it is empty or can't be read; what is wrong is added to `problems`."""
    try:
        return _Reader(decoded(data), file, problems).document()
    except Fault as fault:
        lines = data[: MOST_BYTES + 1].decode("utf-8", "replace").splitlines()
        text = fault.text or short(lines[fault.line - 1] if fault.line <= len(lines) else "")
        said = Problem(
            file=file, line=fault.line, column=fault.column, message=fault.message, text=text, hint=fault.hint
        )
        if not (fault.parsing and any((p.file, p.line) == (file, fault.line) for p in problems)):
            problems.append(said)  # what the parser trips over in a line that was refused already is no second mistake
        return None


class _Reader:
    """Builds nodes from the event stream, one document, no deeper and no more than is good."""

    def __init__(self, text: str, file: str, problems: list[Problem]):
        self.text, self.file, self.problems = text, file, problems
        self.nodes, self.broken = 0, False
        self.named: set[str] = set()
        self.stream = self._stream()

    def document(self) -> Node | None:
        """The one document of the file."""
        root = None
        for event in self.stream:
            if isinstance(event, events.DocumentStartEvent):
                if root is not None:
                    hint = f"one file is one document: remove the `{'---' if event.explicit else '...'}`"
                    raise _fault(event, "a second document begins here", hint)
                root = self.node(next(self.stream), 1)
        return None if root is None or root.value is None or self.broken else root

    def node(self, event: events.Event, depth: int) -> Node:
        """The node that begins with this event."""
        node = Node(file=self.file, line=event.start_mark.line + 1, column=event.start_mark.column + 1, value=None)
        self._count(event, depth)
        if isinstance(event, events.ScalarEvent):
            node.written = self.text[event.start_mark.index : event.end_mark.index]
            node.value = event.value if event.style else _scalar(self._clean(node, event.value))
        elif isinstance(event, events.SequenceStartEvent):
            node.value = [self.node(item, depth + 1) for item in self._until(events.SequenceEndEvent)]
        elif isinstance(event, events.MappingStartEvent):
            node.value = self._entries(depth)
        if not isinstance(event, events.ScalarEvent):
            node.written = self.text[event.start_mark.index :][:SHOWN].partition("\n")[0]
        self._look(event, node)
        return node

    def _entries(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for event in self._until(events.MappingEndEvent):
            key = self._key(event)
            value = self.node(next(self.stream), depth + 1)
            value.key = key
            if value.value is None:
                rest = self.text[event.end_mark.index :].partition("\n")[0].lstrip(": ")
                value.written = rest if rest.startswith("#") else ""
            name = str(key.value)
            if name in entries:
                first = entries[name].key or value
                self._refuse(
                    key, f"`{short(name)}` stands here a second time; the first is in line {first.line}", "keep one"
                )
            entries.setdefault(name, value)
        return entries

    def _key(self, event: events.Event) -> Node:
        if not isinstance(event, events.ScalarEvent):
            rest = self.text[event.start_mark.index - 1 :].partition("\n")[0]
            if rest.startswith("{{"):
                raise Fault(
                    f"a text can't begin with `{{{{`: `{short(rest)}`", event.start_mark.line + 1,
                    event.start_mark.column, QUOTE_IT,
                )  # fmt: skip
            raise _fault(event, "a key must be a word, not a list or a mapping", "put a text with braces in quotes")
        if event.value == "" and not event.style:
            raise _fault(event, "a key is missing before `:`")
        self._count(event, 0)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        key = Node(file=self.file, line=line, column=column, value=event.value, written=event.value)
        key.value = key.value if event.style else self._clean(key, event.value)
        if event.value == "<<" and not event.style:
            self._refuse(key, "merge keys (`<<`) are not allowed", "write the entries out", broken=True)
        self._look(event, key)
        return key

    def _clean(self, node: Node, text: str) -> str:
        """A plain scalar without the characters that nobody sees; they are refused."""
        odd = odd_character(text)
        if odd is None:
            return text
        offset, message, hint, clean = odd
        node.value = text
        self._refuse(node, message, hint, offset=offset)
        return clean

    def _count(self, event: events.Event, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _fault(event, f"more than {MOST_NODES:,} values in one file", "split it: files are read together")
        if depth > DEEPEST:
            raise _fault(event, f"nested deeper than {DEEPEST} levels", "a rule needs seven")

    def _look(self, event: events.Event, node: Node) -> None:
        """Refuse what makes a text mean something else than it says."""
        name = getattr(event, "anchor", None)
        if name is not None and name in self.named:
            return
        if isinstance(event, events.AliasEvent):
            self.named.add(str(name))
            said = f"`*{short(event.anchor)}` is a YAML alias, and aliases are not allowed"
            self._refuse(node, said, "write the value out, or put the text in quotes", broken=True)
        elif isinstance(event, events.NodeEvent) and event.anchor:
            said = f"`&{short(event.anchor)}` is a YAML anchor, and anchors are not allowed"
            self._refuse(node, said, "write the value out where it is needed, or put the text in quotes")
        if isinstance(node.value, str) and not node.value.isascii() and _HALF.search(node.value):
            self._refuse(node, f"`{node.written[:20]}` is half of a character", "write the whole one", broken=True)
        tag = getattr(event, "tag", None)
        if tag:
            node.value = node.value if isinstance(node.value, list | dict) else node.written or node.value
            said = f"`{short(node.written) or tag}` begins with `!`, a YAML tag, and tags are not allowed"
            self._refuse(node, said, QUOTE_IT)

    def _refuse(self, node: Node, message: str, hint: str, *, broken: bool = False, offset: int = 0) -> None:
        """Note the mistake and read on, to find the others; a broken file isn't looked at any further."""
        self.broken = self.broken or broken
        self.problems.append(node.problem(message, hint, offset=offset))
        if len(self.problems) >= MOST_PROBLEMS:
            raise Fault("too many mistakes: the rest of this file was not read", node.line, node.column)

    def _until(self, end: type[events.Event]) -> Iterator[events.Event]:
        for event in self.stream:
            if isinstance(event, end):
                return
            yield event

    def _stream(self) -> Iterator[Any]:
        try:
            for event in YAML(typ="safe", pure=True).parse(self.text):
                if not isinstance(event, events.StreamEndEvent):
                    yield event
        except (MarkedYAMLError, ReaderError) as error:
            raise fault_of(error, self.text) from None


def _scalar(text: str) -> str | int | float | bool | None:
    """A plain scalar by YAML 1.2, without its traps: `+15551234567`, `0123`, `10:00`, `1e3`, `no` stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _fault(event: events.Event, message: str, hint: str = "") -> Fault:
    return Fault(message, event.start_mark.line + 1, event.start_mark.column + 1, hint)
