"""Identity without a central counter: buckets, ids that are hashes of what they name, keyed address hashes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

BUCKETS = 4096
SEPARATOR = "\x1f"


@lru_cache(maxsize=200_000)
def bucket_of(tenant: str, subject: str) -> int:
    """Distribution column of a customer (or of an address key): the top 12 bits of BLAKE2b-64 over tenant and id.

    Computed by the program, stored, never updated: a sharded database places rows by it. Test vectors stand in
    docs/schema.md; a change of this function loses every customer's place.
    """
    digest = blake2b(f"{tenant}{SEPARATOR}{subject}".encode(), digest_size=8).digest()
    return digest[0] << 4 | digest[1] >> 4


def make_id(bucket: int, *parts: str) -> str:
    """A 32-digit id that is the hash of what it names and begins with its bucket (3 hex digits).

    The same parts give the same id, so planning twice plans once; the bucket in front lets a callback or a link
    find its row without an index over all buckets.
    """
    return f"{bucket:03x}" + blake2b(SEPARATOR.join(parts).encode(), digest_size=15).hexdigest()[:29]


def make_ids(bucket: int, parts: Iterable[str], last: str) -> tuple[str, str]:
    """`make_id` of these parts, and of these with one more: what both begin with is hashed once."""
    place, named = f"{bucket:03x}", blake2b(SEPARATOR.join(parts).encode(), digest_size=15)
    whole = named.hexdigest()
    named.update(f"{SEPARATOR}{last}".encode())
    return place + whole[:29], place + named.hexdigest()[:29]


def bucket_in(public_id: str) -> int:
    """The bucket that an id from make_id carries."""
    return int(public_id[:3], 16)


def address_key(secret: bytes, address: str) -> str:
    """Keyed hash of a normalised address (E.164 phone, lower-case e-mail): what ledger and suppression list keep.

    Keyed, because a plain hash of a phone number is undone by trying them all.
    """
    return blake2b(address.encode(), key=secret[:64], digest_size=16).hexdigest()


def share(subject: str, salt: str) -> float:
    """A stable number in [0, 1) for splits (A/B, holdout): the same customer and rule always fall alike."""
    digest = blake2b(f"{salt}{SEPARATOR}{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
