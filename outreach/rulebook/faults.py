"""What YAML's parser objects to, said to someone who never heard of block mappings and simple keys."""

from __future__ import annotations

import re
from typing import Any, Final

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from outreach.rulebook.culprits import Slip, blame, in_brackets, slip_in
from outreach.rulebook.places import short

QUOTE_IT: Final = "put the whole text in quotes"
_QUOTE_COLON: Final = "put a text with `: ` in quotes"
_LINE_UP: Final = "line it up with its neighbours"
_QUOTE_ALL: Final = "put all of it in quotes, or below a `|`"
_BELOW: Final = "write it there, or put all of it in quotes"
_CLOSE: Final = "close it, or write the `,` between two items"
_DASH: Final = "begin it on a line of its own; put a text that begins with `- ` in quotes"
_ONCE_MORE: Final = "write it once more where the text ends"

#: As YAML counts lines.
_LINE_END: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


class Fault(Exception):
    """Ends the reading of one file. `parsing`: the parser tripped; what made it trip may have been refused already."""

    def __init__(
        self, message: str, line: int = 1, column: int = 1, hint: str = "", text: str = "", *, parsing: bool = False
    ):
        super().__init__(message)
        self.message, self.line, self.column, self.hint, self.text = message, line, column, hint, text
        self.parsing = parsing


#: What the parser says → what we say, and what to do about it. {at} is the character it found there, {rest} the rest of
#: that line, {line} all of it.
_SAID: Final = (
    ("found character '\\t'", "a tab stands in the indentation of `{line}`", "YAML indents with spaces"),
    ("that cannot start any token", "a text can't begin with `{at}`: `{rest}`", QUOTE_IT),
    ("mapping values are not allowed", "a `:` can't stand here: `{line}`", _QUOTE_COLON),
    ("mapping keys are not allowed", "a text can't begin with `{at} `: `{rest}`", QUOTE_IT),
    ("sequence entries are not allowed", "a list can't begin here: `{line}`", _DASH),
    ("could not find expected ':'", "a `:` is missing after `{rest}`", "write `key: value`"),
    ("unknown escape character", "`\\{at}` means nothing between double quotes", "use single quotes, or write `\\\\`"),
    ("expected alphabetic or numeric", "a text can't begin with `{at}`: `{rest}`", QUOTE_IT),
    ("chomping or indentation", "`{at}` begins a text that stands on the lines below: `{rest}`", _BELOW),
    ("expected a comment or a line break", "`{at}` begins a text that stands on the lines below: `{rest}`", _BELOW),
    ("found unexpected end of stream", "this quote is never closed: `{rest}`", _ONCE_MORE),
    ("found unexpected document separator", "this quote is never closed: `{rest}`", _ONCE_MORE),
    ("expected ',' or ']'", "this `[` is never closed, or a `,` is missing: `{rest}`", _CLOSE),
    ("expected ',' or '}'", "this `{{` is never closed, or a `,` is missing: `{rest}`", _CLOSE),
    ("but found '<scalar>'", "`{rest}` stands after the end of the value", _QUOTE_ALL),
    ("but found '<block", "the indentation of `{line}` fits none of the lines above", _LINE_UP),
    ("but found '-'", "a list item stands where none belongs: `{line}`", _LINE_UP),
    ("but found '?'", "a key stands between list items: `{line}`", _LINE_UP),
    ("but found ']'", "`]` closes nothing: `{line}`", "remove it"),
    ("but found '}'", "`}}` closes nothing: `{line}`", "remove it"),
    ("expected the node content", "a value is missing before `{rest}`", QUOTE_IT),
    ("but found '<a", "a value begins with one `&` or `*` at most, and they are not allowed: `{rest}`", QUOTE_IT),
    ("but found '<tag", "a text that begins with `!` is a YAML tag, and tags are not allowed: `{rest}`", QUOTE_IT),
)  # fmt: skip

#: For these the place where it began says more than the place where it was noticed.
_BEGAN: Final = (
    "end of stream", "document separator", "expected ','", "could not find expected ':'", "alphabetic or numeric",
    "chomping or", "comment or a line break",
)  # fmt: skip


def fault_of(error: MarkedYAMLError | ReaderError, text: str) -> Fault:
    """The parser's error as a plain sentence with line and column."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        code = text[error.position : error.position + 1]
        return Fault(
            f"the character U+{ord(code or chr(0)):04X} is not allowed", before.count("\n") + 1,
            len(before) - before.rfind("\n"), "remove it; it can't be seen in most editors",
        )  # fmt: skip
    said = str(error.problem or error.context or "")
    began = any(part in said for part in _BEGAN) and error.context_mark is not None
    mark = error.context_mark if began else error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = [*_LINE_END.split(text), "", ""]
    found = _nearer(said, lines, line, column, error.problem_mark)
    if found is None:
        return _plain(said, lines[line], line, column)
    row, (message, at, hint) = found
    return Fault(message, row + 1, at + 1, hint, short(lines[row].strip()), parsing=True)


def _plain(said: str, whole: str, line: int, column: int) -> Fault:
    """By the table."""
    if "cannot start" in said and whole[max(column - 1, 0) : column + 1] == "{%":
        column -= 1
    rest = whole[column:] or "the end of the file"
    for part, message, hint in _SAID:
        if part in said:
            shown = message.format(at=rest[:1], rest=short(rest), line=short(whole.strip()))
            return Fault(shown, line + 1, column + 1, hint, short(whole.strip()), parsing=True)
    return Fault(f"this is not YAML: {said or 'it can not be read'}", line + 1, column + 1, parsing=True)


def _nearer(said: str, lines: list[str], line: int, column: int, noticed: Any) -> tuple[int, Slip] | None:
    """What the lines around say better than the parser's own words."""
    whole = lines[line]
    if "mapping values are not allowed" in said:
        return blame(lines, line, column)
    if "could not find expected ':'" in said:
        return line, slip_in(whole)
    if "found character '\\t'" in said and whole[:column].strip(" -"):
        return line, ("a tab stands where a space belongs", column, "write a space")
    if "but found '<scalar>'" in said and column and (quote := whole[column - 1]) in ("'", '"'):
        other = '"' if quote == "'" else "'"
        hint = f"write the whole text between {other} and {other}"
        return line, (f"the text ends before `{short(whole[column:])}`", column, hint)
    if "expected ',' or" in said and noticed is not None and noticed.line == line:
        return line, in_brackets(whole, column, noticed.column)
    return None
