"""What every form needs: the token that only our own pages know, and the way back by GET."""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse

from outreach.web.front import Front
from outreach.web.problems import ProblemError


def check_token(here: Front, form: dict[str, str]) -> None:
    """The form comes from a page of this very session. Raises ProblemError."""
    if not hmac.compare_digest(form.get("token", "").encode(), here.token.encode()):
        told = "The page stood open since before you signed in. Nothing was stored yet; send it once more."
        raise ProblemError(403, "Please send it once more", told)


def back(path: str, **query: str) -> RedirectResponse:
    """Show a page, by GET."""
    asked = urlencode({k: v for k, v in query.items() if v})
    return RedirectResponse(f"{path}?{asked}" if asked else path, 303)
