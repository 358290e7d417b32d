"""What YAML's parser objects to, said to someone who never heard of block mappings and simple keys."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from outreach.rulebook.places import short

QUOTE_IT = "put the whole text in quotes"
COLON = "put a text with `: ` in quotes; or is the line indented wrongly?"
LINE_UP = "line it up with its neighbours"
QUOTE_ALL = "put all of it in quotes, or below a `|`"


class Fault(Exception):
    """Ends the reading of one file."""

    def __init__(self, message: str, line: int = 1, column: int = 1, hint: str = "", text: str = ""):
        super().__init__(message)
        self.message, self.line, self.column, self.hint, self.text = message, line, column, hint, text


#: What the parser says → what we say, and what to do about it. {at} is the character it found there, {rest} the rest of
#: that line, {line} all of it.
_SAID = (
    ("found character '\\t'", "a tab stands in the indentation of `{line}`", "YAML indents with spaces"),
    ("that cannot start any token", "a text can't begin with `{at}`: `{rest}`", QUOTE_IT),
    ("mapping values are not allowed", "a `:` can't stand here: `{line}`", COLON),
    ("sequence entries are not allowed", "a list can't begin here: `{line}`", "begin it on a line of its own"),
    ("could not find expected ':'", "a `:` is missing after `{rest}`", "write `key: value`"),
    ("unknown escape character", "`\\{at}` means nothing between double quotes", "use single quotes, or write `\\\\`"),
    ("expected alphabetic or numeric", "a text can't begin with `{at}`: `{rest}`", QUOTE_IT),
    ("chomping or indentation", "after `|` or `>` the text begins on the next line, not with `{rest}`", ""),
    ("found unexpected end of stream", "this quote is never closed: `{rest}`", ""),
    ("found unexpected document separator", "this quote is never closed: `{rest}`", ""),
    ("expected ',' or ']'", "a `,` or `]` is missing: `{rest}`", ""),
    ("expected ',' or '}'", "a `,` or `}}` is missing: `{rest}`", ""),
    ("but found '<scalar>'", "`{rest}` stands after the end of the value", QUOTE_ALL),
    ("but found '<block", "the indentation of `{line}` fits none of the lines above", LINE_UP),
    ("but found '-'", "a list item stands where none belongs: `{line}`", LINE_UP),
    ("but found '?'", "a key stands between list items: `{line}`", LINE_UP),
    ("expected the node content", "a value is missing before `{rest}`", QUOTE_IT),
    ("but found '<a", "a value begins with one `&` or `*` at most, and they are not allowed: `{rest}`", QUOTE_IT),
    ("but found '<tag", "a text that begins with `!` is a YAML tag, and tags are not allowed: `{rest}`", QUOTE_IT),
)

#: For these the place where it began says more than the place where it was noticed.
_BEGAN = ("end of stream", "document separator", "expected ','", "could not find expected ':'", "alphabetic or numeric")


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
    whole = text.split("\n")[line].rstrip("\r") if line <= text.count("\n") else ""
    rest = whole[column:] or "the end of the file"
    for part, message, hint in _SAID:
        if part in said:
            shown = message.format(at=rest[:1], rest=short(rest), line=short(whole.strip()))
            return Fault(shown, line + 1, column + 1, hint, short(whole.strip()))
    return Fault(f"this is not YAML: {said or 'it can not be read'}", line + 1, column + 1)
