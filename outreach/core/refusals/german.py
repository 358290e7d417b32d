"""How people say stop in German. Umlauts come as `a` or as `ae`."""

from __future__ import annotations

from typing import Final

from outreach.core.refusals.language import Language

_MSG = "(?:sms|nachrichte?n?|anrufe?n?|e ?mails?|mails?|werbung|newsletter|kontakt|whatsapps?)"
_NEVER = "(?:nicht mehr|nie mehr|nie wieder|niemals)"
_V = "(?:ruf|schreib|kontaktier|meld|belae?stig|stoe?r|schick|send|text)\\w*"
_DONE = (
    "(?:an(?:ge|zu)?(?:ruf|schr[ie]+b)\\w*|(?:ge)?kontaktier\\w*|schreib\\w*|schicken|senden|"
    "belae?stig\\w*|gestoe?rt|stoe?ren)"
)
_MINE = "(?:mich|uns|(?:meine|unsere|diese) (?:\\w*nummer|\\w*daten|\\w*adresse))"

GERMAN: Final = Language(
    code="de",
    openers=("bitte", "hallo", "jetzt", "newsletter", "sofort", "also"),
    closers=("bitte", "danke", "jetzt", "sofort", "endlich", "mehr", "das", "damit"),
    stoppers=("stoppen", "stoppt", "aufhoe?ren", "abmelden", "abbestellen", "austragen"),
    benign=(
        "nicht (?:mehr )?aufhoe?ren", "hoe?r\\w* nicht auf", "(?:bus|zug|bahn) stoppt",
        "ich (?:rufe|schreibe|melde|schicke|sende)",
        f"habe?n? (?:\\w+ )?keine?n? {_MSG}(?: \\w+)? (?:bekommen|erhalten|gesehen)",
        f"keine?n? {_MSG} (?:verpassen|bekommen|erhalten|gesehen)", "nicht vergessen",
        "warum (?:ruf|meld|schreib|schick)\\w*", "nicht noe?tig",
    ),
    clear=(
        "(?:mich|uns) (?:\\w+ )?in (?:ruhe|frieden)(?: zu)? lassen",
        "(?:ziehe|nehme) meine (?:einwilligung|zustimmung)", f"(?:verbiete|untersage)\\w*(?: \\w+){{0,4}} {_DONE}",
        f"(?:wue?nschen?|moe?chten?|wollen)(?: \\w+){{0,2}} keine?n? {_MSG}",
        f"(?:sperr|blockier)\\w*(?: sie)?(?: bitte)? {_MINE}", "hoe?r(?:en|t)? (?:\\w+ ){0,3}auf mit",
        "nichts mehr (?:\\w+ ){0,3}hoe?ren", "las(?:s|st|sen)(?: sie)? (?:\\w+ ){1,4}in (?:ruhe|frieden)",
        f"{_V}(?: \\w+){{0,4}}? {_NEVER}", f"{_NEVER} (?:\\w+ ){{0,2}}?(?:{_DONE}|meld\\w*)",
        f"keine?n? (?:weiteren? |einzigen? )?{_MSG} mehr", f"keine?n? weiteren? {_MSG}",
        f"bitte (?:\\w+ )?keine?n? (?:\\w+ )?{_MSG}", "hoe?r(?:en sie|t) (?:\\w+ ){0,2}?auf (?:damit|mir|mich|uns)",
        "hoe?ren sie (?:\\w+ ){0,2}?auf", f"(?:stopp\\w*|schluss mit|genug mit)(?: \\w+){{0,3}}? {_MSG}",
        "meld(?:en sie|et|e)? (?:mich|uns)(?: \\w+)? ab", "(?:mich|uns)(?: \\w+){0,2} ab(?:zu)?melden",
        f"(?:loe?sch|entfern|streich)\\w*(?: sie)?(?: bitte)? {_MINE}",
        "(?:meine|unsere|diese) (?:\\w*nummer|\\w*daten|\\w*adresse) (?:bitte )?(?:loe?schen|entfernen|streichen)",
        f"(?:nehm|nimm|trag)\\w*(?: sie)?(?: bitte)? {_MINE} (?:aus|von|raus|heraus)", "widerspreche", "widerrufe",
        "unterlass\\w*",
        f"(?:will|moe?chte|wue?nsche)(?: \\w+){{0,3}}? (?:{_MSG} nicht|nicht(?: \\w+){{0,2}} {_DONE})", "verpiss\\w*",
        "hau(?:t|en sie)? ab", "leck mich", "fick\\w* (?:dich|euch)",
    ),
    whole=(
        f"keine?n? {_MSG}", "nicht (?:anrufen|schreiben|anschreiben|kontaktieren)",
        "rufen sie (?:mich |uns )?nicht an", "hoe?rt? (?:damit |endlich )?auf",
    ),
    net=(
        f"(?:nicht|keine?n?|nie|niemals|nichts|ohne|schluss|genug|stopp?\\w*)(?: \\w+){{0,5}} (?:{_V}|{_DONE}|"
        f"{_MSG})",
        f"(?:{_V}|{_DONE}|{_MSG})(?: \\w+){{0,5}} (?:nicht|keine?n?|nie|niemals)",
    ),
    doubtful=(
        "(?:\\w+ )?nachrichten", "anrufe", "(?:ihren|euren|den) anrufen", "mails", "werbung", "werbe", "kontakt\\w*",
        "(?:der|ihrer|eurer|die|ihre|eure) (?:liste|kartei|verteiler)", "verteiler", "verzicht\\w*", "zustimmung",
        "hier gibt es keine", "finger weg", "(?:meiner|dieser) nummer", "vergess\\w*(?: sie)? (?:mich|uns)", "schluss",
        "stopp?(?:en)?", "aufhoe?ren", "abmelden", "abbestell\\w*", "kein interesse", "nicht interessiert",
        "nerv(?:t|en|ig)", "reicht", "genug", "spam", "belae?stig\\w*", "beschae?ftigt", "jetzt nicht", "gerade nicht",
        "kue?ndig\\w*", "anwalt", "dsgvo", "datenschutz", "einwilligung", "will das nicht", "moe?chte das nicht",
        "unerwue?nscht\\w*", "verboten", "verbiete\\w*", "untersag\\w*", "sperr\\w*", "blockier\\w*",
        "(?:nichts?|nie) mehr", "hoe?r\\w*(?: \\w+){0,2} auf",
        "(?:will|wollen|moe?chten?|wue?nschen?)(?: \\w+){0,3} (?:nichts?|keine?n?)",
        "warum (?:bekomme|schreiben|rufen)", "(?:meine|diese) nummer",
    ),
    exasperated=("(?:nicht |was )?schon wieder", "schluss(?: jetzt| damit)?"),
    stranger=(
        "falsche (?:nummer|person)", "nicht die richtige (?:nummer|person)", "falsch verbunden", "verwae?hlt",
        "nummer gehoe?rt (?:\\w+ )?(?:mir|jemand)", "hier (?:wohnt|heisst|arbeitet)(?: \\w+)? (?:keine?|niemand)",
        "kenne? keine?n? \\w+ (?:mit|namens)",
    ),
    who=("wer (?:ist das|sind sie|bist du|seid ihr|ist da|spricht da)(?: denn)?",),
)  # fmt: skip
