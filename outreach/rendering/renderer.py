"""The story of a message: find its template, run it on plain data, check what came out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from outreach.ports import Rendered
from outreach.rendering import files, mail
from outreach.rendering.plain import plain
from outreach.rendering.problem import TemplateProblem, did_you_mean
from outreach.rendering.sandbox import Piece, prepare

#: In characters. Twilio takes 1,600; an e-mail's limit is in bytes, and Gmail cuts one off at about 100,000.
LONGEST = {"sms": 1_600, "call": 20_000, "task": 20_000, "email": 200_000}
LONGEST_LINE = 250


@dataclass(frozen=True, slots=True)
class Prepared:
    """A template file, compiled."""

    source: files.Source
    body: Piece
    front: Mapping[str, Piece]


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders the templates of one folder. Files are compiled once and again when they change. Safe to share."""

    folder: Path
    _prepared: dict[Path, tuple[tuple[int, int], Prepared]] = field(default_factory=dict, repr=False, compare=False)

    def render(self, channel: str, name: str, context: Mapping[str, object], language: str = "") -> Rendered:
        """The text of one message, in the customer's language where there is a template for it.

        `context` is plain data under the names customer, event, previous, memory, now, rule, business: dicts, lists,
        strings, numbers, instants. Never raises: whatever goes wrong is the result's `problem`, with file and line.
        """
        label = f"{self.folder.name}/{name}.{channel}"
        try:
            path, found = files.find(self.folder, channel, name, language)
            label = files.label(self.folder, path)
            return _message(self._prepare(path, found), channel, plain(context))
        except TemplateProblem as problem:
            return Rendered(problem=str(_labelled(problem, label)))
        except Exception as error:  # a page that the CSS or text maker can't take; a bug must not stop a whole batch
            return Rendered(problem=f"{label}: {type(error).__name__}: {error}")

    def render_text(self, text: str, context: Mapping[str, object]) -> Rendered:
        """A short text that stands in a rule itself (a task's title or details), in the same sandbox. Never raises."""
        label = "the rule's text"
        try:
            return Rendered(body=_short(text).run(plain(context), "", LONGEST["task"]).strip())
        except TemplateProblem as problem:
            return Rendered(problem=str(_labelled(problem, label)))
        except Exception as error:
            return Rendered(problem=f"{label}: {type(error).__name__}: {error}")

    def check(self, channel: str, name: str, known: Collection[str]) -> list[str]:
        """What is wrong with a template in all its languages, found without rendering it: one sentence each.

        `known` has the names that data will have. With dotted names in it (customer.first_name) fields are checked too,
        those of the roots that it has dotted names of.
        """
        found = files.variants(self.folder, channel, name)
        if not found:
            try:
                files.find(self.folder, channel, name)
            except TemplateProblem as problem:
                return [str(problem)]
        return [*_doubled(self.folder, found), *(text for file in found for text in self._problems(*file, known))]

    def names(self, channel: str) -> list[str]:
        """The names of all templates of a channel."""
        return files.names(self.folder, channel)

    def _problems(self, path: Path, language: str, known: Collection[str]) -> list[str]:
        try:
            prepared = self._prepare(path, language)
        except TemplateProblem as problem:
            return [str(problem)]
        pieces, label = [*prepared.front.values(), prepared.body], files.label(self.folder, path)
        return [str(_labelled(problem, label)) for piece in pieces for problem in _unknown(piece, known)]

    def _prepare(self, path: Path, language: str) -> Prepared:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._prepared.get(path)
        if kept is None or kept[0] != stamp:
            kept = stamp, _read(self.folder, path, language)
            self._prepared[path] = kept
        return kept[1]


@lru_cache(maxsize=1_000)
def _short(text: str) -> Piece:
    """A rule's text, compiled; the same few come again for every customer."""
    return prepare(text, 1, html=False)


def _read(folder: Path, path: Path, language: str) -> Prepared:
    try:
        source = files.read(path, language)
        if ".email." in path.name and "subject" not in source.front:
            raise TemplateProblem('an e-mail begins with its front matter: ---, subject: "…", ---', 1)
        front = {key: prepare(text, line, html=False) for key, (text, line) in source.front.items()}
        return Prepared(source, prepare(*source.body, html=source.html), front)
    except TemplateProblem as problem:
        raise _labelled(problem, files.label(folder, path)) from None


def _message(prepared: Prepared, channel: str, context: Mapping[str, object]) -> Rendered:
    language = prepared.source.language
    front = {key: _line(key, piece, context, language) for key, piece in prepared.front.items()}
    text = prepared.body.run(context, language, LONGEST[channel]).strip()
    if channel != "email":
        return Rendered(body=_filled(text))
    if prepared.source.html:
        body, html = mail.text_of(text), mail.styled(text)
    else:
        body, html = text, mail.html_of(text, language)
    html = mail.with_preview(html, front.get("preview", ""))
    if len(html.encode()) > LONGEST["email"]:
        raise TemplateProblem(f"makes more than {LONGEST['email']} bytes")
    return Rendered(body=_filled(body), subject=front["subject"], html=html, preview=front.get("preview", ""))


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


def _unknown(piece: Piece, known: Collection[str]) -> list[TemplateProblem]:
    with_fields = {name.partition(".")[0] for name in known if "." in name}
    there = {*known, *with_fields}
    return [
        TemplateProblem(f"'{name}' is undefined{did_you_mean(name, there)}", line)
        for name, line in piece.names.items()
        if name not in there and ("." not in name or name.partition(".")[0] in with_fields)
    ]


def _doubled(folder: Path, found: list[tuple[Path, str]]) -> list[str]:
    """Of two files for one language only the first would ever be used."""
    first: dict[str, Path] = {}
    clashes = [(path, first.setdefault(language, path)) for path, language in found]
    return [f"{files.label(folder, a)}: there is {b.name} too; keep one" for a, b in clashes if a != b]


def _labelled(problem: TemplateProblem, label: str) -> TemplateProblem:
    return problem if problem.label else TemplateProblem(problem.message, problem.line, label)
