"""Keywords of carriers, and what a refusal speaks of, whatever its language."""

from __future__ import annotations

from typing import Final

#: Twilio's opt-out keywords, and those of the other languages; each counts when it is the whole reply.
#: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
STOP: Final = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
    "arret", "stopp", "abmelden", "abbestellen", "baja", "no mas", "alto",
})  # fmt: skip
START: Final = frozenset({"start", "yes", "unstop"})
HELP: Final = frozenset({"help", "info"})

#: Who says this about a wrong number speaks of a mistake of her own.
OWN_MISTAKE: Final = "(?:i|we)(?: \\w+)? (?:called|dialed|dialled|gave|entered|typed|rang)(?: \\w+){0,3} wrong number"
#: Not here, but there: a wish about the channel, which a person has to carry out.
RATHER: Final = ("instead", "lieber", "stattdessen", "plutot", "mejor")

#: Beginnings of words by which a refusal names what it is about beyond the channel it came by.
ABOUT: Final = {
    "all": (
        "alone", "contact", "communication", "hear", "list", "lose", "forget", "remov", "delet", "eras", "data",
        "details", "consent", "permission", "off\\b", "away", "lost", "tranquil", "paix", "lache", "oppose", "donnees",
        "coordonnees", "entendre", "retire", "supprim", "enleve", "efface", "derang", "degage", "camp", "ruhe",
        "frieden", "kontakt", "losch", "loesch", "entfern", "streich", "daten", "widersp", "widerruf", "verpiss",
        "hau", "paz", "datos", "borr", "elimin", "quit[ea]n", "saqu", "molest", "saber", "vayanse", "larg",
    ),
    "call": ("call", "phon", "ring", "[mn]?appel", "telephon", "anruf", "anger", "anzuruf", "ruf", "llam"),
    "email": ("e ?mail", "mail", "newsletter", "correo"),
}  # fmt: skip
