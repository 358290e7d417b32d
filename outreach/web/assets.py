"""Our own files for browsers, each under an address that changes when it does, so that browsers may keep it."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from os import PathLike, stat_result
from pathlib import Path
from typing import Any

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"


@cache
def asset(name: str) -> str:
    """The address of a file."""
    return f"/static/{name}?v={blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()}"


class Assets(StaticFiles):
    """Kept for a day by browsers, since each page names the version it wants."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Any, status_code: int = 200
    ) -> Response:
        """A file."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        if b"v=" in scope.get("query_string", b""):
            answer.headers["cache-control"] = "private, max-age=86400, immutable"
        return answer
