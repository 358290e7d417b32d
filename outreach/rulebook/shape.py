"""How a mapping of the rules is checked: pydantic finds what is wrong, this says it in our words and at its place.

One mistake is one complaint. What is wrong is then left out and the rest read on, so that the next check, which looks
at conditions and templates, sees as much of the rule as can be seen.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import ErrorDetails, InitErrorDetails

from outreach.errors import Problem
from outreach.rulebook.docs import docs_of
from outreach.rulebook.for_editors import for_editors
from outreach.rulebook.meant import key_meant
from outreach.rulebook.places import Node, short
from outreach.rulebook.slips import slip
from outreach.rulebook.wording import complaint, in_our_words

#: Of one mapping no more are shown; a file of ten thousand wrong keys is one mistake.
MOST = 50
ROUNDS = 5


class Shape(BaseModel):
    """A mapping with exactly these keys. `called` is what it is called in complaints and in the table of NOT_YET."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    called: ClassVar[str] = "mapping"
    #: Keys that may stand there with nothing after them.
    bare: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="wrap")
    @classmethod
    def _in_our_words(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        empty = cls._empty(data)
        nothing = complaint("{key} is empty", at_key=True)
        said = [InitErrorDetails(type=nothing, loc=(key,), input=None) for key in empty]
        try:
            made = handler(data)
            if not said:
                return made
        except ValidationError as error:
            found = _once(cls.called, cls.keys(), error.errors(include_url=False)[: 2 * MOST])
            others = (detail for detail in found if not detail["loc"] or detail["loc"][0] not in empty)
            said += [in_our_words(cls.called, cls.keys(), detail) for detail in others]
        raise ValidationError.from_exception_data(cls.called, said[:MOST])

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """For editors: called as people call it, and nothing may be empty that may not."""
        made = handler(core_schema)
        schema, docs = handler.resolve_ref_schema(made), docs_of(cls)
        for name, field in cls.model_fields.items():
            if name in docs:
                schema["properties"][field.alias or name].setdefault("description", docs[name])
        for_editors(schema, cls.called, cls.bare)
        return made

    @classmethod
    def _empty(cls, data: Any) -> list[str]:
        keys = set(cls.keys()) - cls.bare
        return [key for key in data if key in keys and data[key] is None] if isinstance(data, dict) else []

    @classmethod
    def meant(cls, node: Node, key: str) -> bool:
        """Whether the key is there, if only misspelt: then its absence is no mistake of its own."""
        keys = cls.keys()
        return any(
            written == key or (written not in keys and key_meant(cls.called, written, keys) == key)
            for written in node.entries()
        )

    @classmethod
    def keys(cls) -> list[str]:
        """The keys as they are written."""
        return [field.alias or name for name, field in cls.model_fields.items()]


S = TypeVar("S", bound=Shape)


def fit(shape: type[S], node: Node, problems: list[Problem]) -> tuple[S | None, Node]:
    """The node as this shape, and the node without what had to be left out; None when too little is left.

    What is wrong is added to `problems`.
    """
    for attempt in range(ROUNDS):
        try:
            return shape.model_validate(node.plain()), node
        except ValidationError as error:
            details = error.errors(include_url=False)
        if attempt == 0:
            problems += [_problem(node, detail) for detail in details]
        unwanted = {id(found[-1]) for detail in details if len(found := node.inside(detail["loc"])) > 1}
        if not unwanted or len(details) >= MOST:
            break
        node = node.without(unwanted)
    return None, node


def _once(called: str, keys: list[str], details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without what follows from another mistake: a key is missing that is there, misspelt; what stands below a key
    that doesn't belong there is wrong, too."""
    unknown = [str(d["loc"][0]) for d in details if d["type"] == "extra_forbidden"]
    meant = {key_meant(called, key, keys) for key in unknown[:MOST]}
    strange = {d["loc"][:-1] for d in details if d["loc"][-1:] == ("[key]",)}
    return [d for d in details if d["loc"] not in strange and not (d["type"] == "missing" and d["loc"][0] in meant)]


def _problem(root: Node, detail: ErrorDetails) -> Problem:
    """The complaint at its place."""
    found = root.inside(detail["loc"])
    node, context = found[-1], detail["ctx"]
    name = next((f"`{short(str(n.key.value))}`" for n in reversed(found) if n.key is not None), "this")
    name = name if node.key is not None or name == "this" else f"an item of {name}"
    at_key = context["at_key"] or detail["loc"][-1:] == ("[key]",)
    where = node.key if at_key and node.key is not None else node
    hint = ("" if at_key else slip(node.value)) or context["hint"]
    if node.value is None and node.written.startswith("#"):
        hint = "a `#` begins a comment: put a text with one in quotes"
    return where.problem(context["said"].replace("{key}", name), hint, offset=context["offset"])
