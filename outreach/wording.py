"""Reasons' codes in words: the same sentence on every page and in every command."""

from __future__ import annotations

#: Codes of reasons, in words.
IN_WORDS = (
    ("proven_unsent", "it was proven not to be sent"), ("to_a_person", "a person must say whether it was sent"),
    ("breaker:", "{} can't be reached: looked at again in a moment"), ("stopped:", "{} says our account is at fault"),
    ("pace:", "{} takes only so many a second"), ("let_go", "a person let it go"),
    ("taken_back", "taken back, for nobody knew whether it was there"),
    ("previous_unsent", "the step before it was not sent after all"),
    ("revoked_late", "taken back so late that it may go out all the same"),
    ("revoked", "taken back before it was sent"), ("looked_up", "looked up at the provider"),
    ("cap:", "the cadence's cap {}"), ("gap:", "within {} of another contact"),
    ("back_off:", "{} apart until a sign of life comes from her"), ("silence:", "she refused: silence for {}"),
    ("hold:reply", "held until a person has read her reply"), ("hold:", "held while a {} is open"),
    ("stop_on:", "needless: {} came"), ("came:", "needless: {} came"), ("opted_out:", "the customer opted out of {}"),
    ("suppressed:", "this {} address asked not to be contacted"), ("no_consent:", "no consent for {}"),
    ("no_address:", "no address for {}"), ("unknown_timezone", "time zone unknown: no hour is safe"),
    ("unknown_place", "place unknown: no law can be kept"), ("no_common_hour", "no hour is allowed by all at once"),
    ("law:", "not allowed by law ({})"),
    ("hours:", "outside {} hours until its worth was over"), ("valid_for", "not done in time"),
    ("late", "its moment had passed when it was planned"), ("when", "its condition no longer held"),
    ("holdout:", "left out on purpose, to measure what the rule does ({})"),
    ("max_per_day:", "the rule fired more than {} times that day: a person must let it go"),
    ("no_longer_matches", "the customer no longer matches the rule"), ("date_changed:", "{} is another day now"),
    ("template", "its text could not be written"), ("rule_removed", "its rule is no longer there"),
    ("rule_inactive", "its rule was switched off"), ("event_gone", "what it follows is no longer known"),
    ("provider:", "the provider said {}"), ("error:", "an error: {}"), ("no_value:", "{} is not known"),
    ("bad_value:", "{} is no date"), ("unknown:", "nobody knows whether it went out: {}"),
    ("snoozed", "put off by hand"), ("called_off", "called off by hand"), ("undone", "what set it off was undone"),
    ("waits_for:", "it waits for the {}"), ("came_before:", "the {} came before"), ("released", "a person let it go"),
    ("capacity:", "the day's list of {} is full"),
    ("room", "a more important contact came first"), ("merged:", "told together with {}"),
    ("restored:overdue", "overdue when the restored database was opened again"),
    ("restored:perhaps", "due in the time that the backup lacks: nobody knows whether it went out"),
    ("restored:sent", "the provider had accepted it in the time that the backup lacks"),
    ("dial:asked", "a call was asked for"), ("dial:phoning", "the staff's phone rings"),
    ("dial:picked_up", "the staff's phone was picked up"), ("dial:going", "the customer is dialled"),
    ("dial:ringing", "the customer's phone rings"), ("dial:talking", "the customer's phone was picked up"),
    ("dial:ended", "the call is over"), ("dial:failed", "no call was put through"),
    ("merge", "joins another contact"), ("duplicate:", "two customers became one, and had the same planned"),
)  # fmt: skip


def in_words(code: str) -> str:
    """A reason's code as a sentence; the code itself where there is none."""
    for start, words in IN_WORDS:
        if code.startswith(start):
            return words.format(code.removeprefix(start))
    return code
