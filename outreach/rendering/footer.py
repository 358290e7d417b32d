"""What the law wants in an e-mail that nobody asked for: who sends it, a postal address, a way out. Templates may say
it in their own words; what they leave out is put underneath.

CAN-SPAM (15 USC 7704) and CASL want all three in every commercial message, GDPR and UWG a way out in each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from outreach.core.unsubscribing import WITH_WAY_OUT, Links
from outreach.ports import Rendered, TemplateRenderer

WORDS: Final = {
    "en": "To receive no more e-mails like this one:",
    "fr": "Pour ne plus recevoir ce type de courriel :",
    "de": "Keine solchen E-Mails mehr erhalten:",
    "es": "Para no recibir más correos como este:",
}
LINK: Final = {"en": "Unsubscribe", "fr": "Se désabonner", "de": "Abmelden", "es": "Darse de baja"}
_STYLE: Final = "margin-top:32px;padding-top:12px;border-top:1px solid #ccc;color:#555;font-size:14px"


@dataclass(frozen=True, slots=True)
class WithFooter:
    """A renderer whose e-mails can be answered with a no. `house` has `name` and `address`."""

    inner: TemplateRenderer
    house: Mapping[str, str]
    links: Links

    def render(self, channel: str, name: str, context: dict[str, object], language: str = "") -> Rendered:
        """As the inner one; an e-mail for a purpose with a way out knows `unsubscribe_url` and carries it."""
        if channel != "email" or _of(context, "rule", "purpose") not in WITH_WAY_OUT:
            return self.inner.render(channel, name, context, language)
        url = self.links.url(
            _of(context, "customer", "id"), "email", _of(context, "rule", "purpose"), _of(context, "customer", "email")
        )
        found = self.inner.render(channel, name, context | ({"unsubscribe_url": url} if url else {}), language)
        return found if found.problem else footed(found, self.house, url, language)

    def render_text(self, text: str, context: dict[str, object]) -> Rendered:
        """As the inner one."""
        return self.inner.render_text(text, context)


def footed(mail: Rendered, house: Mapping[str, str], url: str, language: str) -> Rendered:
    """The mail, with what it doesn't say yet of the house's address and the way out; both faces of it."""
    address = ", ".join(filter(None, (house.get("name", ""), house.get("address", ""))))
    missing = house.get("address", "") and _folded(house["address"]) not in _folded(mail.body)
    lines, pieces = [], []
    if missing:
        lines.append(address)
        pieces.append(Markup("<p>{}</p>").format(address))
    if url and url not in mail.body:
        lang = language[:2].lower() if language[:2].lower() in WORDS else "en"
        lines.append(f"{WORDS[lang]} {url}")
        pieces.append(Markup('<p><a href="{}" lang="{}">{}</a></p>').format(url, lang, LINK[lang]))
    if not lines:
        return mail
    foot = Markup('<div style="{}">{}</div>').format(_STYLE, Markup().join(pieces))
    return replace(mail, body="\n".join([f"{mail.body}\n\n-- ", *lines]), html=_before_end(mail.html, foot))


def _before_end(html: str, foot: Markup) -> str:
    ends = [m.start() for m in re.finditer(r"</body\s*>", html, re.IGNORECASE)]
    return html[: ends[-1]] + foot + html[ends[-1] :] if ends else html + foot


def _folded(text: str) -> str:
    """As it is compared: a layout may break an address over two lines."""
    return re.sub(r"[\s,;|·•]+", " ", text).strip().casefold()


def _of(context: Mapping[str, object], part: str, name: str) -> str:
    inside = context.get(part)
    return str(inside.get(name, "")) if isinstance(inside, Mapping) else ""
