"""The words that a test may use for outcomes, endings and steps, as values that pydantic checks."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from outreach.core.follow_up import OUTCOMES
from outreach.rulebook.hints import any_of, did_you_mean
from outreach.rulebook.wording import complaint, described

#: How a follow-up may end, as `contacts.csv` has it.
STATUS: Final = ("sent", "done", "expired", "cancelled", "suppressed", "merged", "held_out", "held")


def _one_of(words: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in words:
            hint = did_you_mean(value, words) or f"write {any_of(words)}"
            raise complaint(f"{{key}} can't be {described(value)}", hint)
        return value

    return AfterValidator(check)


def _enum(words: tuple[str, ...]) -> Any:
    return Field(json_schema_extra={"enum": list(words)})


_OUTCOMES: Final = tuple(sorted(OUTCOMES))
_OR_NONE: Final = (*_OUTCOMES, "none")
_AHEAD: Final = ("planned", "listed")

Outcome = Annotated[str, _one_of(_OUTCOMES), _enum(_OUTCOMES)]
OutcomeOrNone = Annotated[str, _one_of(_OR_NONE), _enum(_OR_NONE)]
Status = Annotated[str, _one_of(STATUS), _enum(STATUS)]
Ahead = Annotated[str, _one_of(_AHEAD), _enum(_AHEAD)]
StepText = Annotated[str, Field(min_length=1)]
