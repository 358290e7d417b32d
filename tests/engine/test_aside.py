"""One follow-up that can't be decided stands in nobody's way."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.ports import Rendered, TemplateRenderer
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of


@dataclass
class FailsFor:
    """A renderer with a fault: it breaks the promise never to raise, for one customer."""

    customer: str
    real: TemplateRenderer

    def render(self, channel: str, name: str, context: dict[str, object], language: str = "") -> Rendered:
        if context["customer"]["id"] == self.customer:  # type: ignore[index]
            raise RuntimeError("out of luck")
        return self.real.render(channel, name, context, language)

    def render_text(self, text: str, context: dict[str, object]) -> Rendered:
        return self.real.render_text(text, context)


def a_shop() -> Business:
    shop = an_engine(rules_of(a_rule("sms: {at: in 1 hour, template: hi}")), a_customer("ann"), a_customer("ben"))
    shop.engine.renderer = FailsFor("ann", shop.engine.renderer)
    for customer in ("ann", "ben"):
        shop.tell("purchase", customer=customer)
    return shop


def test_the_others_go_out_and_the_faulty_one_is_held_with_the_error_when_its_worth_is_over():
    shop = a_shop().wait("2026-11-09T00:00")
    assert [f.state for f in shop.all("ben")] == ["sent"]
    (faulty,) = shop.all("ann")
    assert (faulty.state, faulty.reason) == ("held", "error:RuntimeError")


def test_once_the_fault_is_mended_it_goes_out():
    shop = a_shop().wait("2026-11-02T16:30")
    shop.engine.renderer = shop.engine.renderer.real  # type: ignore[attr-defined]
    assert [f.state for f in shop.wait("2026-11-09T00:00").all("ann")] == ["sent"]
