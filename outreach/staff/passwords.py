"""Passwords: hashed with argon2id, compared in a time that tells nothing, few at once because each takes 64 MiB.

RFC 9106, section 4, the second choice: 3 passes over 64 MiB in 4 lanes. About 130 ms on the machine it was tried on.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from outreach.errors import DatabaseError, InputError

SHORTEST: Final = 12
LONGEST: Final = 200
#: Without letters and digits that look alike; sixteen of them are 80 bits.
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
AT_ONCE: Final = 2
#: Seconds that somebody waits for a turn.
PATIENCE: Final = 5.0

HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_turns = BoundedSemaphore(AT_ONCE)


class BusyError(DatabaseError):
    """More people sign in at once than there is memory for: try again."""


def checked(password: str, name: str) -> str:
    """A password that may be taken. Raises InputError."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST} characters: three or four words make a good one")
    if len(set(password)) < 5 or password.casefold() in (name.casefold() * 20)[: len(password)]:
        raise InputError("this password is guessed at once: take three or four words that don't belong together")
    return password


def one_time() -> str:
    """A password to begin with: four groups of four letters."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """Its argon2id hash. Raises BusyError."""
    with _Turn():
        return HASHER.hash(password)


def matches(password: str, known: str | None) -> bool:
    """Whether it is the one of this hash. Without a hash it takes as long, and is no. Raises BusyError."""
    with _Turn():
        try:
            return HASHER.verify(known or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False


def outdated(known: str) -> bool:
    """Whether it was hashed with less than what is asked for today."""
    return HASHER.check_needs_rehash(known)


def _nobodys() -> str:
    """A hash of the same cost that no password has."""
    salt, digest = (b64encode(bytes(n)).decode().rstrip("=") for n in (HASHER.salt_len, HASHER.hash_len))
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


class _Turn:
    def __enter__(self) -> None:
        if not _turns.acquire(timeout=PATIENCE):
            raise BusyError("Too many people sign in at this moment")

    def __exit__(self, *_: object) -> None:
        _turns.release()
