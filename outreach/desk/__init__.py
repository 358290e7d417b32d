"""The staff's desk: the list with its order, claims, what people say came of a card, and what managers do.

What people do takes `by`, the name of whoever does it, and returns what came of it: a `Result` with a sentence for
that person. Nothing is raised but InputError (nobody knows this customer, a date that can't be read) and DatabaseError.
"""

from outreach.core.away import Absence
from outreach.desk.about import About, about
from outreach.desk.card import Card, Result
from outreach.desk.cards import card, cards
from outreach.desk.claims import claim, next_card, release, skip
from outreach.desk.deeds import Said, cancel, outcome, snooze, undo
from outreach.desk.dialling import bridged, heard, put_through
from outreach.desk.exports import as_csv, as_ics
from outreach.desk.figures import Figures, Gone, figures
from outreach.desk.managing import Load, absences, absent, assign, back, load
from outreach.desk.notes import add_note, remember
from outreach.desk.words import because, full_name, remembered

__all__ = [
    "About", "Absence", "Card", "Figures", "Gone", "Load", "Result", "Said", "about", "absences", "absent", "add_note",
    "as_csv", "as_ics", "assign", "back", "because", "bridged", "cancel", "card", "cards", "claim", "figures",
    "full_name", "heard", "load", "next_card", "outcome", "put_through", "release", "remember", "remembered", "skip",
    "snooze", "undo",
]  # fmt: skip
