"""Links by which a customer ends what she gets: they say who she is and what they end, signed, and never run out.

The law wants a link to work for at least 30 days (CAN-SPAM) or 60 (CASL); these work as long as the house keeps the key
they were signed with. A key may be replaced: the new one signs, the old ones go on being understood.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Final

from outreach.core.keys import SEPARATOR, address_key, bucket_of

#: Purposes whose e-mails carry a way out: what is not asked for. An order's confirmation has none to offer.
WITH_WAY_OUT: Final = frozenset({"marketing", "care"})
#: The key that is made of the house's own secret.
OWN_KEY: Final = "0"
LONGEST_TOKEN: Final = 2_000
_DIGITS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What a link ends: messages by this channel for this purpose, to this customer at this address (its keyed hash).
    The hash goes with it, so that the wish holds when the customer has been erased or has another address by now."""

    customer: str
    channel: str
    purpose: str
    address_key: str


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads them. `base` is the public address of the house, `secret` keys the hashes of addresses; `keys`
    are those that sign, by id, the first one those of new links."""

    base: str
    tenant: str
    secret: bytes = field(repr=False)
    keys: Mapping[str, bytes] = field(repr=False)

    def url(self, customer: str, channel: str, purpose: str, address: str) -> str:
        """The address of the page on which this customer ends this; "" without a public address."""
        if not self.base or not address:
            return ""
        key = address_key(self.secret, address)
        way = WayOut(customer=customer, channel=channel, purpose=purpose, address_key=key)
        return f"{self.base.rstrip('/')}/u/{self.token(way)}"

    def token(self, way: WayOut) -> str:
        """`KEY.WHAT.SIGNATURE`, in characters that mail programs leave alone."""
        key_id = next(iter(self.keys))
        what = _packed(SEPARATOR.join((way.customer, way.channel, way.purpose, way.address_key)).encode())
        return f"{key_id}.{what}.{self._sign(key_id, what, way.customer)}"

    def read(self, token: str) -> WayOut | None:
        """What a token says; None unless it was signed by this house."""
        key_id, _, rest = token.partition(".")
        what, _, signature = rest.partition(".")
        if len(token) > LONGEST_TOKEN or not token.isascii() or key_id not in self.keys:
            return None
        try:
            customer, channel, purpose, key = _unpacked(what).decode().split(SEPARATOR)
        except (ValueError, binascii.Error):
            return None
        if not hmac.compare_digest(signature, self._sign(key_id, what, customer)):
            return None
        return WayOut(customer=customer, channel=channel, purpose=purpose, address_key=key)

    def _sign(self, key_id: str, what: str, customer: str) -> str:
        said = SEPARATOR.join((self.tenant, str(bucket_of(self.tenant, customer)), key_id, what))
        return _packed(hmac.digest(self.keys[key_id], said.encode(), sha256)[:_DIGITS])


def own_key(secret: bytes) -> bytes:
    """A key made of the house's secret, that tells nothing of it."""
    return blake2b(b"unsubscribe", key=secret[:64], digest_size=32).digest()


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
