"""Reading a body with a limit, while it comes in: nobody can fill the memory, packed or unpacked."""

from __future__ import annotations

import zlib
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import Depends, Request

from outreach.web.problems import ProblemError

LIMIT: Final = 8 * 1024 * 1024
FORM_LIMIT: Final = 128 * 1024
#: How much of a body that is too large is still taken in, so that its sender gets to read the answer.
DRAIN: Final = 4 * LIMIT
#: A callback of a provider.
HOOK_LIMIT: Final = 1024 * 1024
MOST_FIELDS: Final = 20
#: Each joined gzip file costs a copy of all that follows it.
MOST_JOINED: Final = 50


async def body_of(request: Request) -> bytes:
    """The body of a request that brings events, as it came over the wire. Raises ProblemError (413)."""
    return await _read(request, LIMIT)


async def small_body_of(request: Request) -> bytes:
    """The body of a form or of a request about one thing. Raises ProblemError (413)."""
    return await _read(request, FORM_LIMIT)


async def hook_body_of(request: Request) -> bytes:
    """The body of a provider's callback. Raises ProblemError (413)."""
    return await _read(request, HOOK_LIMIT)


async def _read(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size, announced = 0, _announced(request)
    async for part in request.stream():
        size += len(part)
        if max(size, announced) <= limit:
            parts.append(part)
        elif max(size, announced) > limit + DRAIN:
            break
        else:
            parts.clear()
    if max(size, announced) > limit:
        raise too_large(limit)
    return b"".join(parts)


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def too_large(limit: int) -> ProblemError:
    """The 413."""
    size = f"{limit // 1024**2} MiB" if limit >= 1024**2 else f"{limit // 1024} KiB"
    return ProblemError(413, "Body too large", f"A body may have {size}, unpacked too. Send it in several parts.")


def unpacked(raw: bytes, encoding: str, limit: int = LIMIT) -> bytes:
    """The body without its Content-Encoding. Raises ProblemError (400, 413, 415)."""
    match encoding.strip().lower():
        case "" | "identity":
            return raw
        case "gzip" | "x-gzip":
            return _gunzip(raw, limit)
    raise ProblemError(415, "Unknown encoding", f"Content-Encoding {encoding!r} can't be read: send gzip, or none.")


def _gunzip(raw: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    room, rest = limit, raw
    for _ in range(MOST_JOINED):  # gzip files may be joined
        stream = zlib.decompressobj(wbits=31)
        try:
            part = stream.decompress(rest, room + 1)
        except zlib.error as error:
            raise ProblemError(400, "Broken gzip", f"The body isn't gzip: {error}.") from error
        room -= len(part)
        if room < 0 or stream.unconsumed_tail:
            raise too_large(limit)
        if not stream.eof:
            raise ProblemError(400, "Broken gzip", "The body ends before its gzip data does.")
        parts.append(part)
        rest = stream.unused_data
        if not rest:
            return b"".join(parts)
    raise ProblemError(400, "Broken gzip", f"More than {MOST_JOINED} gzip files are joined in the body.")


async def form_of(request: Request, body: Annotated[bytes, Depends(small_body_of)]) -> dict[str, str]:
    """The fields of a plain form, each once. Raises ProblemError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise ProblemError(415, "Not a form", "This address takes plain forms: send it from its page.")
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ProblemError(400, "Not a form", f"The form can't be read: {error}.") from error
    return {name: values[-1] for name, values in fields.items()}


Form = Annotated[dict[str, str], Depends(form_of)]
