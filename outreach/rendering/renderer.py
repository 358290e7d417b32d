"""The story of a message: find its template, run it on plain data, check what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from os import stat_result
from pathlib import Path

from markupsafe import Markup

from outreach.ports import Rendered
from outreach.rendering import files, mail
from outreach.rendering.plain import plain
from outreach.rendering.problem import TemplateProblem
from outreach.rendering.sandbox import Piece, prepare

#: In characters. Twilio takes 1,600; an e-mail's limit is in bytes, and Gmail cuts one off at about 100,000.
LONGEST = {"sms": 1_600, "call": 20_000, "task": 20_000, "email": 200_000}
LONGEST_LINE = 250
#: Elements of a page within each other.
DEEPEST = 100
#: Channels whose text goes to the customer: what she or somebody else wrote brings no links into it.
REACHING = frozenset({"sms", "email"})
#: What a layout calls the body that it stands around.
CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A template file, compiled. `label` is how messages name it; `names` are those that it speaks of."""

    source: files.Source
    label: str
    body: Piece
    front: Mapping[str, Piece]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders the templates of one folder. Files are compiled once and again when they change. Safe to share."""

    folder: Path
    _prepared: dict[Path, tuple[tuple[int, int], Prepared]] = field(default_factory=dict, repr=False, compare=False)

    def render(self, channel: str, name: str, context: Mapping[str, object], language: str = "") -> Rendered:
        """The text of one message, in the customer's language where there is a template for it.

        `context` is plain data under the names customer, event, previous, memory, history, now, rule, business: dicts,
        lists, strings, numbers, instants. Never raises: whatever goes wrong is the result's `problem`, with file and
        line.
        """
        try:
            path, found, status = files.find(self.folder, channel, name, language)
            return self.compose(path, found, channel, context, status)
        except TemplateProblem as problem:
            return Rendered(problem=str(problem))

    def render_text(self, text: str, context: Mapping[str, object]) -> Rendered:
        """A short text that stands in a rule itself (a task's title or details), in the same sandbox. Never raises."""
        try:
            return self.compose_text(text, context)
        except TemplateProblem as problem:
            return Rendered(problem=str(problem))

    def compose(
        self, path: Path, language: str, channel: str, context: Mapping[str, object], status: stat_result | None = None
    ) -> Rendered:
        """As `render`, with this very file; `status` is the file's, where that was just asked for.

        Raises:
            TemplateProblem: whatever goes wrong.
        """
        try:
            prepared = self._prepare(path, language, status)
            layout = self._prepare(*files.find_layout(prepared.source, self.folder)) if prepared.source.layout else None
            used = prepared.names | layout.names if layout else prepared.names
            return _message(prepared, layout, channel, plain(context, used, links=channel not in REACHING))
        except Exception as error:
            raise _labelled(error, files.label(self.folder, path)) from None

    def compose_text(self, text: str, context: Mapping[str, object]) -> Rendered:
        """As `render_text`.

        Raises:
            TemplateProblem: whatever goes wrong.
        """
        try:
            piece = _short(text)
            return Rendered(body=piece.run(plain(context, piece.names), "", LONGEST["task"]).strip())
        except Exception as error:
            raise _labelled(error, "the rule's text") from None

    def _prepare(self, path: Path, language: str, status: stat_result | None = None) -> Prepared:
        status = status or path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._prepared.get(path)
        if kept is None or kept[0] != stamp:
            kept = stamp, _read(self.folder, path, language)
            self._prepared[path] = kept
        return kept[1]


def _labelled(error: Exception, label: str) -> TemplateProblem:
    """Every problem says in which file it is; a page that the CSS or text maker can't take, or a bug, is one too, and
    must not stop a whole batch."""
    if isinstance(error, TemplateProblem):
        return error.within(label)
    return TemplateProblem(f"{type(error).__name__}: {error}", label=label)


@lru_cache(maxsize=1_000)
def _short(text: str) -> Piece:
    """A rule's text, compiled; the same few come again for every customer."""
    return prepare(text, 1, html=False)


def _read(folder: Path, path: Path, language: str) -> Prepared:
    label = files.label(folder, path)
    try:
        source = files.read(path, language)
        front = {key: prepare(part.text, part.line, html=False) for key, part in source.front.items()}
        body = prepare(source.body.text, source.body.line, html=source.html)
        names = body.names.union(*(piece.names for piece in front.values()))
        return Prepared(source, label, body, front, names)
    except Exception as error:
        raise _labelled(error, label) from None


def _message(prepared: Prepared, layout: Prepared | None, channel: str, context: Mapping[str, object]) -> Rendered:
    language = prepared.source.language
    front = {key: _line(key, piece, context, language) for key, piece in prepared.front.items()}
    text = _filled(prepared.body.run(context, language, LONGEST[channel]).strip())
    if channel != "email":
        return Rendered(body=text)
    if layout:
        text = _laid_out(layout, text, {**context, **front}, language)
    if prepared.source.html:
        if mail.depth(text) > DEEPEST:
            raise TemplateProblem(f"its elements are nested more than {DEEPEST} deep", hint="close each: <p> … </p>")
        body, html = mail.text_of(text), mail.styled(text)
    else:
        body, html = text, mail.html_of(text, language)
    html = mail.with_preview(html, front.get("preview", ""))
    if len(html.encode()) > LONGEST["email"]:
        raise TemplateProblem(f"makes more than {LONGEST['email']} bytes")
    return Rendered(body=_filled(body), subject=front["subject"], html=html, preview=front.get("preview", ""))


def _laid_out(layout: Prepared, text: str, context: Mapping[str, object], language: str) -> str:
    """The body inside its page. It was escaped when it was made, so it is Markup here and nothing else is."""
    given = {CONTENT: Markup(text), "language": language or "en"}
    try:
        return layout.body.run({**context, **given}, language, LONGEST["email"])
    except Exception as error:
        raise _labelled(error, layout.label) from None


def _line(key: str, piece: Piece, context: Mapping[str, object], language: str) -> str:
    """A line of the front matter. A line break in it would let a customer's data write headers."""
    text = piece.run(context, language, LONGEST["email"]).strip()
    if not text:
        raise TemplateProblem(f"the {key} is empty", piece.first)
    if len(text.splitlines()) > 1:
        raise TemplateProblem(f"the {key} has a line break in it", piece.first)
    if len(text) > LONGEST_LINE:
        raise TemplateProblem(f"the {key} is longer than {LONGEST_LINE} characters", piece.first)
    return text


def _filled(text: str) -> str:
    if not text:
        raise TemplateProblem("the message is empty")
    return text
