"""How people say stop in English."""

from __future__ import annotations

from typing import Final

from outreach.core.refusals.language import Language

_V = "(?:call|text|txt|contact|message|msg|e ?mail|mail|write|phone|ring|sms|dm)"
_PESTER = "(?:bother|disturb|spam|harass|bug|pester)"
_VING = (
    "(?:calling|texting|txting|contacting|messaging|e ?mailing|mailing|writing|phoning|ringing|bothering|disturbing|"
    "spamming|harassing|sending|bugging|pestering)"
)
_ME = "(?: (?:me|us|my phone|this number|my number|this phone|here|to me))"
_MSG = "(?:messages?|msgs?|texts?|txts?|sms|calls?|e ?mails?|mails?|offers?|contact|communications?|spam|marketing|ads)"
_MINE = (
    "(?:me|us|this number|(?:my|our) (?:\\w+ )?(?:number|name|phone|details|data|info|information|e ?mail|address|"
    "contact))"
)
_DONT = "(?:dont|do not|donot|never)"

ENGLISH: Final = Language(
    code="en",
    openers=(
        "please", "pls", "plz", "ok", "okay", "just", "hey", "hi", "hello", "kindly", "so", "now", "no", "text", "sms",
    ),
    closers=(
        "please", "pls", "plz", "now", "this", "it", "that", "all", "already", "immediately", "at once", "thanks",
        "thank you", "thx", "ok", "everything", "again", "ever", "anymore", "any more", "at all", "right away",
        "messages", "texts", "sms",
    ),
    stoppers=(
        "stop", "stopp", "sotp", "stpo", "tsop", "st0p", "stopall", "optout", "opt out", "revoke", "remove", "delete",
        "go away", "get lost", "knock it off", "give it a rest", "give it a rest and stop", "do not disturb", "dnd",
        "cease and desist", "discontinue",
    ),
    benign=(
        f"(?<!you )(?<!they )(?:{_DONT}|cant|cannot|can not|couldnt|wont|didnt|doesnt) stop(?: {_VING})?",
        "stop(?:s|ped|ping)? (?:by|in|over|off|at)", "non ?stop",
        "(?:bus|train|tram|pit|full|next|last|first|one|which|what|the|a|your) stops?",
        "(?:has|have|had|it|finally) stopped",
        "(?:do not|dont|didnt|did not) (?:want|mean|wish) to (?:miss|lose|stop|unsub\\w*)",
        "(?:dont|do not|didnt|did not|never) unsub\\w*", "leave (?:you|it) alone",
        "no (?:problem|worries|need to call)", f"{_DONT} (?:hesitate|forget) to {_V}",
        "(?:no|never) (?:got|received|saw)",
    ),
    clear=(
        "(?:please )?(?:forbid|prohibit) you",
        "(?:not|no longer) allowed to (?:\\w+ )?(?:contact|call|text|write|e ?mail)", "block me",
        f"(?:end|drop) (?:the|these|those|all|your) {_MSG}", f"and {_DONT} {_V}",
        "do not use (?:my|this) (?:number|phone|e ?mail)",
        f"(?:stop|stopp|sotp|stpo|quit|cease|discontinue|halt)(?: \\w+){{0,4}} (?:{_VING}|{_MSG})",
        f"cancel (?:the|these|those|all|your) {_MSG}",
        f"{_DONT}(?: you)?(?: ever)? (?:{_V}|{_PESTER}){_ME}* (?:again|anymore|any more|ever)", f"{_DONT} ever {_V}",
        f"{_DONT} (?:ever )?send (?:me|us)(?: any| more| these| your| further){{0,3}} (?:{_MSG}|anything)",
        f"no (?:more|further) {_MSG}", "do not call (?:list|registry)",
        "(?:revok|withdraw)\\w* (?:my )?(?:consent|permission)",
        "(?:no|not|dont|without)(?: have)?(?: my)? (?:consent|permission)",
        f"(?:dont|do not|doesnt|does not|no longer|never) (?:want|wish|care|need)(?: \\w+){{0,4}}? (?:hear from|"
        f"receiv\\w+|contact\\w*|(?:be|being) (?:called|texted)|{_MSG})",
        "leave (?:me|us|my \\w+|this \\w+)(?: \\w+){0,2} (?:alone|in peace)", "refrain from", "i object to",
        "(?:could|can|would|will) you (?:\\w+ )?stop(?! (?:by|at|in))",
        f"(?:remove|delete|erase|strike|scrub) {_MINE}", f"(?:take|taking|get|keep) {_MINE} (?:off|out)",
        "(?:get|come|be) off (?:this|your|the) (?:\\w+ )?list", "unsu[bs]\\w*", "un subscribe", "opt(?: me| us)? out",
        "(?:lose|forget) (?:my|this) number", "(?:piss|bugger|sod|f|fuck|eff) off", "fuck (?:you|u)", "shut up",
        "go to hell", "stop or",
        "how (?:do|can|could|would) (?:i|we) (?:stop|end|cancel|get off|get rid of|turn off) (?:these|this "
        f"list|the {_MSG}|your|getting|receiving)",
        "(?:want|need|told|asked|asking|beg|begging) you (?:\\w+ )?to (?:please )?stop",
        "this (?:has|needs|must)(?: to)? stop", f"(?:sick|tired|enough) of (?:\\w+ ){{0,2}}{_MSG}",
    ),
    whole=(f"{_DONT}(?: you| ever)* (?:{_V}{_ME}*|{_PESTER}{_ME}+)", "i want out", f"(?:no|enough) {_MSG}"),
    net=(
        f"(?:{_DONT}|no|not|without|stop\\w*|quit|end|cancel|enough|sick|tired)(?: \\w+){{0,4}} (?:{_VING}|"
        f"{_MSG}|contacted|called|texted)",
        f"{_DONT}(?: you)?(?: ever)? (?:{_V}|{_PESTER})(?:{_ME}|$)",
    ),
    doubtful=(
        "messages", "msgs", "texts", "calls", "e ?mails", "contact(?:ed|ing)?", "(?:your|this|the|mailing) list",
        "had it with", "forget (?:me|i|about me)", "object\\w*", "nothing (?:more|further) to do", "marketing",
        "consent", f"{_DONT} \\w+(?: \\w+)? (?:me|us)",
        f"(?:{_DONT}|no|not|never)(?: \\w+){{0,4}} (?:again|anymore|any more)", "no more", "stop(?:s|p|ped|ping)?",
        "cease", "discontinue", "spam\\w*", "annoy\\w*", "harass\\w*", "not interested", "enough", "(?:sick|tired) of",
        "fed up", "cancel (?:\\w+ )?(?:subscription|membership|account|contract|everything|all|plan)",
        "(?:block|report)(?:ed|ing)? (?:you|this)", "lawyer", "attorney", "forbid\\w*", "forbidden", "not allowed",
        "give it a rest", "why (?:am i|do i|are you|do you keep)(?: still)?", "signed? up",
        "(?:doesnt|does not|dont|do not) want", "(?:my|this) number", "never (?:asked|agreed|gave)", "sue", "scam",
        "gdpr", "privacy", "how did you get (?:my|this)", "too many",
        "(?:text|call|message|write|e ?mail)(?:s|ing)?(?: me)? (?:a lot|so much|too much|too often|every day)",
        "(?:dont|do not) call", "busy", "not now", "bad time", "not a good time", "subscribed?",
    ),
    exasperated=(
        "(?:ugh |oh no |not |what |really )?(?:you )?again", "cancel", "end", "quit it", "seriously",
        "you people never give up",
    ),
    stranger=(
        "wrong (?:number|nr|num|person|guy|lady)",
        "(?:not|isnt|no longer) (?!this |its |yours )(?:her|their|\\w+s) (?:number|phone|cell)",
        "no ?(?:one|body) (?:here )?(?:by|with|of) that name",
        "(?:dont|do not) know (?:any ?one|any ?body|a|an) (?:by|called|named|\\w+ called)", "wrong phone",
        "chang\\w+ (?:her|his|their) number", "number (?:now )?belongs to (?:some ?one|some ?body|another)",
        "no (?:such person|\\w+ lives) (?:at|on) this number",
    ),
    who=(
        "who(?: i)?s (?:this|that|dis)(?: texting| calling| messaging| from)?(?: me)?", "who dis", "who are you",
    ),
)  # fmt: skip
