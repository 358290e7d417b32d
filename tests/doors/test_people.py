from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.customer import Consent, Customer
from outreach.doors.lines import Rejected
from outreach.doors.people import LONG_AGO, customer_of, decode_person

LIKE = "write it like +12125550101"
DATE = "write 1990-04-17, or --04-17 without the year"
RFC = "write 2026-11-02T14:05:00-05:00 or …Z"
ZONE = "write an IANA name such as America/New_York"

BAD = [
    ({"id": None}, "id is missing"),
    ({"id": ""}, "id is empty"),
    ({"id": " c1"}, "id begins or ends with a space: ' c1'"),
    ({"first_name": ["Ann"]}, "first_name must be a text, not a list"),
    ({"first_name": "A\x07"}, "first_name holds a control character ('\\x07')"),
    ({"last_name": "x" * 201}, "last_name is longer than 200 characters"),
    ({"phone": "555 0101"}, f"phone '555 0101' has no area code: {LIKE}"),
    ({"phone": "911"}, f"phone '911' is too short: {LIKE}"),
    ({"phone": "+1 212 555 0101 99"}, f"phone '+1 212 555 0101 99' is too long: {LIKE}"),
    ({"phone": "-"}, f"phone '-' is no phone number: {LIKE}"),
    ({"phone": "+999 1234567"}, f"phone '+999 1234567' is no phone number: {LIKE}"),
    ({"phone": "+1 212 555 0101#12"}, f"phone '+1 212 555 0101#12' has an extension: {LIKE}"),
    ({"phone": "n/a"}, "phone 'n/a' holds letters: write the number alone, such as +12125550101"),
    ({"phone": "1.21255E+10"},
     "phone '1.21255E+10' was shortened by a spreadsheet: make the column text and export it again"),
    ({"phone": "212 555 0101", "country": ""},
     "phone '212 555 0101' has no country: begin it with + and the country's code, or fill in `country`"),
    ({"phone": 212.5}, "phone must be a text, not a number"),
    ({"email": "ann"}, "email 'ann' is not valid: An email address must have an @-sign."),
    ({"email": "a@b"}, "email 'a@b' is not valid: The part after the @-sign is not valid. It should have a period."),
    ({"email": "x" * 70}, f"email '{'x' * 60}…' is not valid: An email address must have an @-sign."),
    ({"timezone": "America/NewYork"}, "timezone 'America/NewYork' is unknown: did you mean `America/New_York`?"),
    ({"timezone": "Europe/berlin"}, "timezone 'Europe/berlin' is unknown: did you mean `Europe/Berlin`?"),
    ({"timezone": "Eastern Standard Time"}, f"timezone 'Eastern Standard Time' is unknown: {ZONE}"),
    ({"timezone": "../../etc/passwd"}, f"timezone '../../etc/passwd' is unknown: {ZONE}"),
    ({"country": "UK"}, "country 'UK' is no ISO 3166 code: write GB"),
    ({"country": "Germany"}, "country 'Germany' is no ISO 3166 code: write two letters such as US, GB or DE"),
    ({"language": "English"}, "language 'English' is no language code: write en, de or pt-BR"),
    ({"birthday": "1990-02-30"}, f"birthday '1990-02-30' is no day of the calendar: {DATE}"),
    ({"birthday": "1990-13-01"}, f"birthday '1990-13-01' is no day of the calendar: {DATE}"),
    ({"birthday": "17.04.1990"}, f"birthday '17.04.1990' can't be read: {DATE}"),
    ({"birthday": "0000-04-17"}, f"birthday '0000-04-17' can't be read: {DATE}"),
    ({"tags": {"vip": True}}, "tags must be a list of texts, not an object"),
    ({"tags": ["vip", True]}, "a tag must be a text, not true or false"),
    ({"memory": "likes tea"}, "memory must be an object, not a text"),
    ({"consent": True}, "consent must be an object, not true or false"),
    ({"consent": {"fax": {}}}, "consent 'fax' is no channel: write `sms`, `email`, `call` or `all`"),
    ({"consent": {"emial": {}}}, "consent 'emial' is no channel: did you mean `email`?"),
    ({"consent": {"sms": True}}, 'consent.sms must name the purpose: {"marketing": true}'),
    ({"consent": {"sms": "yes"}}, "consent.sms must be an object, not a text"),
    ({"consent": {"sms": {"marketng": True}}}, "consent.sms 'marketng' is no purpose: did you mean `marketing`?"),
    ({"consent": {"sms": {"marketing": "maybe"}}}, "consent.sms.marketing must be true or false, not 'maybe'"),
    ({"consent": {"sms": {"marketing": 2}}}, "consent.sms.marketing must be true or false, not 2"),
    ({"consent": {"sms": {"marketing": [1]}}}, "consent.sms.marketing must be true or false, not a list"),
    ({"consent": {"sms": {"at": "2026-01-05"}}}, f"consent.sms.at '2026-01-05' can't be read: {RFC}"),
    ({"consent": {"sms": {"at": "2026-01-05T10:00:00"}}}, f"consent.sms.at has no offset: {RFC}"),
    ({"consent": {"sms": {"at": 0}}},
     "consent.sms.at must be a text such as 2026-11-02T14:05:00-05:00, not a number"),
    ({"consent": {"sms": {"marketing": True, "at": "2026-01-05T10:00:00Z", "expires": "soon"}}},
     "consent.sms.expires 'soon': `soon` is not a number (write `3 days`, `8 hours` …)"),
    ({"consent": {"sms": {"marketing": True, "at": "2026-01-05T10:00:00Z", "expires": 2}}},
     "consent.sms.expires 2: is neither a date nor a duration"
     " (write 2027-05-01, 2027-05-01T00:00:00-05:00 or `2 years`)"),
    ({"consent": {"sms": {"marketing": True, "at": "2026-01-05T10:00:00Z", "expires": "2027-05-01T10:00:00"}}},
     "consent.sms.expires '2027-05-01T10:00:00': has no offset"
     " (write 2027-05-01, 2027-05-01T00:00:00-05:00 or `2 years`)"),
    ({"consent": {"sms": {"marketing": True, "basis": "implied:purchase"}}},
     "consent.sms runs out some time after it was given: fill in consent.sms.at"),
    ({"consent": {"sms": {"marketing": True, "expires": "2 years"}}},
     "consent.sms runs out some time after it was given: fill in consent.sms.at"),
    ({"note": "a\0b"}, "note holds a NUL character (\\u0000)"),
    ({"points": 1 << 64}, "points holds a whole number beyond 9223372036854775807: write it as a text"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "reason"), BAD)
def test_a_wrong_field_refuses_the_line(changed: dict[str, object], reason: str) -> None:
    assert customer_of({"id": "c1", "country": "US"} | changed) == reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{", "is not JSON: it ends too early, a bracket or a quote is open"),
        (b"[]", "a customer is an object ({…}), this is a list"),
    ],
)
def test_a_line_that_is_no_customer(raw: bytes, reason: str) -> None:
    assert decode_person(raw, 3) == Rejected(line=3, reason=reason, raw=raw)


def test_a_whole_customer() -> None:
    plain = {
        "id": 4711, "first_name": "Ann ", "last_name": "Lee", "email": "Ann.Lee@EXAMPLE.com", "phone": "(212) 555-0101",
        "timezone": "America/New_York", "country": "us", "region": "us-ny", "language": "EN_us",
        "birthday": "1990-02-29", "tags": ["vip", " salon ", "vip", 7, ""], "site": "north", "points": 12,
        "renews_on": "2027-01-01", "nothing": None, "memory": {"meal": "well done"},
        "consent": {
            "sms": {"marketing": True, "care": False, "at": "2026-01-05T10:00:00-05:00", "source": "form",
                    "evidence": "box 3", "basis": "implied:purchase", "expires": "2027-06-01", "safety": None},
            "email": {"all": "yes"}, "call": None,
        },
    }  # fmt: skip
    at = datetime(2026, 1, 5, 15, tzinfo=UTC)
    assert customer_of(plain) == (
        Customer(
            id="4711", first_name="Ann", last_name="Lee", email="ann.lee@example.com", phone="+12125550101",
            timezone="America/New_York", country="US", region="NY", language="en-US", birthday="1990-02-29",
            tags=("vip", "salon", "7"), site="north", fields={"points": 12, "renews_on": "2027-01-01"},
            memory={"meal": "well done"},
        ),
        [
            Consent(channel="sms", purpose="marketing", given=True, at=at, source="form", evidence="box 3",
                    basis="implied:purchase", expires=datetime(2027, 6, 1, 4, tzinfo=UTC)),
            Consent(channel="sms", purpose="care", given=False, at=at, source="form", evidence="box 3",
                    basis="implied:purchase"),
            Consent(channel="email", purpose="all", given=True, at=LONG_AGO),
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "country", "normal"),
    [
        ("phone", "+49 (0)30 1234567", "", "+49301234567"),
        ("phone", "030 1234567", "DE", "+49301234567"),
        ("phone", "0044 20 7946 0018", "FR", "+442079460018"),
        ("phone", "tel:+1-212-555-0101", "", "+12125550101"),
        ("phone", 12125550101, "US", "+12125550101"),
        ("email", " MÜLLER@Exämple.com ", "", "müller@exämple.com"),
        ("email", "ann@salon.test", "", "ann@salon.test"),
        ("birthday", "--02-29", "", "--02-29"),
        ("country", "aq", "", "AQ"),
        ("region", "ny", "US", "NY"),
        ("region", "Madrid", "ES", "Madrid"),
        ("language", "zh-hant", "", "zh-hant"),
    ],
)
def test_one_form_for_all_spellings(field: str, value: object, country: str, normal: str) -> None:
    found = customer_of({"id": "c1", "country": country, field: value})
    assert not isinstance(found, str)
    assert getattr(found[0], field) == normal


def test_tags_in_a_cell() -> None:
    found = customer_of({"id": "c1", "tags": "vip; salon,new;;"})
    assert not isinstance(found, str)
    assert found[0].tags == ("vip", "salon", "new")


FIELDS = ("id", "phone", "email", "timezone", "country", "region", "language", "birthday", "tags", "consent", "x")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=15),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("sms", "at", "marketing", "")), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_any_plain_data_are_a_customer_or_a_reason(plain: dict[str, object]) -> None:
    found = customer_of(plain)
    assert found
    if not isinstance(found, str):
        assert customer_of(found[0].as_dict()) == (found[0], [])


@given(st.binary(max_size=200) | st.dictionaries(st.text(), ANYTHING).map(lambda d: json.dumps(d).encode()))
def test_random_bytes_never_raise(raw: bytes) -> None:
    assert decode_person(raw)
