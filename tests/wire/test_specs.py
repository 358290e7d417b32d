"""The specifications do catch what they are there for."""

from __future__ import annotations

import json

import pytest

from tests.wire import sendgrid, specs, twilio
from tests.wire.server import Heard


def test_twilios_catches_a_wrong_field():
    specs.need("twilio_messages_subset")
    headers = {"authorization": "Basic eDp5", "content-type": "application/x-www-form-urlencoded"}
    path = f"/2010-04-01/Accounts/{twilio.ACCOUNT}/Messages.json"

    specs.hold_to("twilio_messages_subset", Heard("POST", path, headers, b"To=%2B1&ValidityPeriod=7"))
    with pytest.raises(Exception, match="validation error"):
        specs.hold_to("twilio_messages_subset", Heard("POST", path, headers, b"To=%2B1&ValidityPeriod=soon"))


def test_sendgrids_catches_custom_args_in_the_wrong_place():
    specs.need("sendgrid_mail_subset")
    headers = {"authorization": f"Bearer {sendgrid.KEY}", "content-type": "application/json"}
    mail = {
        "from": {"email": "a@example.com"},
        "subject": "x",
        "content": [{"type": "text/plain", "value": "x"}],
        "personalizations": [{"to": [{"email": "b@example.com"}]}],
    }

    specs.hold_to("sendgrid_mail_subset", Heard("POST", "/v3/mail/send", headers, json.dumps(mail).encode()))
    wrong = {**mail, "custom_args": {"attempt": "1"}}
    with pytest.raises(Exception, match="validation error"):
        specs.hold_to("sendgrid_mail_subset", Heard("POST", "/v3/mail/send", headers, json.dumps(wrong).encode()))
