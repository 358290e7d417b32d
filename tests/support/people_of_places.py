"""Customers here and there, each with the zones she may be in and the laws that hold for her, typed by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from outreach.core.customer import Customer

EASTERN, CENTRAL, MOUNTAIN = "America/New_York", "America/Chicago", "America/Denver"
LORD_HOWE, SYDNEY, PERTH = "Australia/Lord_Howe", "Australia/Sydney", "Australia/Perth"
STATES = "al ct fl ky la me md ma mi mn ms nv nm ok pa ri tx va wa wy"


@dataclass(frozen=True)
class Someone:
    """`zones` None: whatever zones all of the United States have."""

    about: str
    zones: set[str] | None
    laws: str
    phone: str = "+18005550101"
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def customer(self) -> Customer:
        return Customer(id="c1", phone=self.phone, email="c1@example.com", **self.known)

    @property
    def codes(self) -> set[str]:
        return {f"law:{code}" for code in self.laws.split()}


def at(country: str, region: str = "", zone: str = "") -> dict[str, str]:
    return {"country": country, "region": region, "timezone": zone}


PEOPLE = [
    Someone("in New York, by her own word", {EASTERN}, "us", "+12125550101", at("US", "NY", EASTERN)),
    Someone("from Gary: Chicago's clock or New York's", {CENTRAL, EASTERN}, "us", "+12195550101"),
    Someone("from western Kentucky, or its middle", {CENTRAL, EASTERN}, "us us-ky", "+12705550101"),
    Someone("in Florida, Pensacola or Miami", {CENTRAL, EASTERN}, "us us-fl", "+18505550101", at("US", "FL")),
    Someone("in New Jersey, with a phone from Miami", {EASTERN}, "us us-fl", "+13055550101", at("US", "NJ", EASTERN)),
    Someone("in New York, with Pensacola's area code", {EASTERN}, "us us-fl", "+18505550101", at("US", "NY")),
    Someone("in Texas, Dallas or El Paso", {CENTRAL, MOUNTAIN}, "us us-tx", "+19155550101", at("US", "Texas")),
    Someone("in El Paso", {MOUNTAIN}, "us us-tx", "+19155550101"),
    Someone("moved from Oregon to Jackson", {"America/Los_Angeles"}, "us us-ms", "+15035550101",
            at("US", "MS", "America/Los_Angeles")),
    Someone("in Pittsburgh", {EASTERN}, "us us-pa", "+14125550101"),
    Someone("in Alabama", {CENTRAL}, "us us-al", "+12055550101"),
    Someone("in Maine", {EASTERN}, "us us-me", "+12075550101"),
    Someone("somewhere in the States", None, f"us {' '.join(f'us-{state}' for state in STATES.split())}",
            known=at("US")),
    Someone("in San Juan", {"America/Puerto_Rico"}, "us", "+17875550101"),
    Someone("in Kenora or Toronto", {"America/Toronto", "America/Winnipeg"}, "ca", "+18075550101"),
    Someone("in Victoria", {"America/Vancouver"}, "ca ca-bc", "+16045550101"),
    Someone("somewhere in Canada, on a zone of her own word", {"America/Toronto"}, "ca ca-bc",
            known=at("CA", "", "America/Toronto")),
    Someone("in Paris", {"Europe/Paris"}, "fr", "+33612345678"),
    Someone("on La Réunion", {"Indian/Reunion"}, "fr", "+262692123456", at("RE")),
    Someone("in Alsace", {"Europe/Paris"}, "fr", "+33612345678", at("FR", "57", "Europe/Paris")),
    Someone("on a Spanish mobile: Madrid or the Canaries", {"Europe/Madrid", "Atlantic/Canary"}, "es", "+34612345678"),
    Someone("on Tenerife", {"Atlantic/Canary"}, "es", "+34612345678", at("ES", "TF")),
    Someone("on an Australian mobile", {
        "Australia/Adelaide", "Australia/Brisbane", "Australia/Eucla", LORD_HOWE, PERTH, SYDNEY, "Indian/Christmas",
        "Indian/Cocos",
    }, "au", "+61412345678"),
    Someone("in Sydney, Broken Hill or on Lord Howe", {SYDNEY, "Australia/Broken_Hill", LORD_HOWE}, "au",
            "+61412345678", at("AU", "NSW")),
    Someone("in Rome", {"Europe/Rome"}, "it", "+390612345678"),
    Someone("in Berlin, with a phone from New York", {"Europe/Berlin", "Europe/Busingen"}, "de us", "+12125550101",
            at("DE")),
    Someone("in London", {"Europe/London"}, "uk", "+447400123456", at("GB")),
    Someone("in Delhi", {"Asia/Calcutta"}, "in", "+919812345678"),
    Someone("in Vienna", {"Europe/Vienna"}, "at", "+436641234567"),
    Someone("in Rio, where no pack speaks", {"America/Sao_Paulo"}, "", "+552123456789"),
]  # fmt: skip
NOBODY_KNOWS = Someone("who tells nothing, with a toll-free number", set(), "")
