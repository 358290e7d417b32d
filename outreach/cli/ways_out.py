"""What `rules check` says of e-mails that the law wants more of than the settings can give."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.core.unsubscribing import WITH_WAY_OUT
from outreach.errors import Problem
from outreach.rulebook.load import Rulebook
from outreach.settings import Settings

EXAMPLE = Settings.model_fields["business_address"].default


def lacking(book: Rulebook, chosen: Settings) -> Iterator[Problem]:
    """A warning for each thing that mails nobody asked for would lack, at the first rule that sends one. The outbox
    sends none."""
    rule = next(
        (r for r in book.rules if r.purpose in WITH_WAY_OUT and any(s.channel == "email" for s in r.steps)), None
    )
    if rule is None or chosen.email == "outbox":
        return
    lacks = {
        f"`{rule.name}` sends e-mails for {rule.purpose} without a way to unsubscribe": (
            "set OUTREACH_PUBLIC_URL: then each carries its link" if not chosen.public_url else ""
        ),
        f"`{rule.name}` sends e-mails for {rule.purpose} with the example's postal address": (
            "set OUTREACH_BUSINESS_ADDRESS to your own" if chosen.business_address in ("", EXAMPLE) else ""
        ),
    }
    for message, hint in lacks.items():
        if hint:
            yield Problem(file=rule.file, line=rule.line, column=1, message=message, hint=hint, severity="warning")
