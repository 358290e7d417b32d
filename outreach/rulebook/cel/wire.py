"""Protocol Buffers' wire format, as much of it as CEL's serialized tree needs. Reads bytes that CEL itself wrote."""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_SIGN, _RANGE = 1 << 63, 1 << 64


def fields(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Each field of a message: its number, its value if it is a varint (else 0), its bytes if it has any (else empty).

    Raises ValueError for a kind of field that CEL never writes, IndexError for bytes cut short.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(data, at)
            yield number, value, b""
            continue
        if kind == BYTES:
            size, at = _varint(data, at)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"field {number} has wire type {kind}")
        yield number, 0, data[at : at + size]
        at += size


def first(data: bytes, number: int) -> bytes:
    """The bytes of the first field with this number; empty when there is none."""
    return next((value for found, _, value in fields(data) if found == number), b"")


def signed(value: int) -> int:
    """A varint as int64: the wire has no sign, so a negative one is written as its complement."""
    return value - _RANGE if value >= _SIGN else value


def double(data: bytes) -> float:
    """Eight bytes as the float they stand for."""
    value: float = struct.unpack("<d", data)[0]
    return value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
