"""How people say stop in French."""

from __future__ import annotations

from typing import Final

from outreach.core.refusals.language import Language

_V = (
    "(?:appele[zr]|appelle[sz]?|contacte[rsz]?|ecrive[zs]?|ecris|ecrire|envoye[zr]|envoie[sz]?|derange[rsz]?|"
    "telephone[rsz]?|harcele[rsz]?|sollicite[rsz]?|spamme[rsz]?|relance[rsz]?)"
)
_INF = (
    "(?:appeler|contacter|ecrire|envoyer|recevoir|deranger|telephoner|harceler|solliciter|spammer|relancer|embeter|"
    "entendre parler|etre (?:contact|appel|derang|sollicit)\\w*)"
)
_MSG = "(?:sms|messages?|mails?|appels?|pubs?|publicites?|textos?|relances?|demarchages?)"
_NE = "(?:ne )?(?:n|m|me |nous )"
_MINE = "(?:moi|nous|(?:mon|notre) (?:numero|nom|adresse|mail)|(?:mes|nos) (?:donnees|coordonnees|infos?|informations))"
_AWAY = "(?:retire|supprime|enleve|efface|raye|radie|ote|sorte)"

FRENCH: Final = Language(
    code="fr",
    openers=("svp", "merci", "bonjour", "me", "se", "merci d", "de", "veuillez", "alors"),
    closers=(
        "ca", "svp", "sil vous plait", "s il vous plait", "sil te plait", "merci", "maintenant", "tout de suite",
        "pub", "pubs", "immediatement", "tout", "enfin",
    ),
    stoppers=("arret", "arretez", "arrete", "arreter", "desabonner", "desinscription", "desinscrire"),
    benign=(
        "[sml]arret\\w*", "narrete(?:nt|z)? pas", "arret (?:de |du )?(?:bus|tram|metro|maladie|travail)",
        f"(?:pas|jamais|rien|aucun) (?:encore )?recu(?: de| d| aucun)?(?: {_MSG})?",
        f"noublie[rz]? pas (?:de |d)?(?:m|me |nous |){_V}", f"(?:manquer|rater|perdre) (?:\\w+ )?{_MSG}",
        f"nhesite[rz]? pas a (?:m|me |nous |){_V}",
    ),
    clear=(
        f"interdi[st]? (?:\\w+ )?(?:de |d|formellement de )?(?:m|me |nous |){_INF}",
        f"inutile de (?:m|me |nous |)(?:r|re)?{_INF}", "laisse[rsz]? (?:\\w+ ){1,4}?(?:tranquilles?|en paix)",
        "(?:me|nous) laisser (?:tranquilles?|en paix)", "(?:fiche[rz]?|foute[rz]?|fou[st]) (?:\\w+ ){1,3}la paix",
        "lache[rz]? (?:moi|nous)", f"{_NE}{_V} (?:plus|jamais)(?! tard| tot)",
        f"ne plus (?:jamais )?(?:m|me |nous |){_INF}",
        f"d?(?:arrete|cesse|stoppe)[rsz]? (?:\\w+ ){{0,3}}?(?:d|m)?(?:{_INF}|{_MSG})", f"stop (?:\\w+ ){{0,2}}{_MSG}",
        f"annule[rz]? (?:vos|les|ces|tes) {_MSG}",
        f"(?:veux|veut|souhaite|desire|voudrais) (?:surtout )?(?:plus|pas|jamais) (?:\\w+ ){{0,3}}?(?:{_MSG}|"
        f"{_INF})",
        f"plus jamais (?:de |d|aucun ){_MSG}", "desabonn\\w*", "desinscri\\w*", f"{_AWAY}[rz]? {_MINE}",
        f"(?:me|nous) {_AWAY}r", "je (?:m ?oppose|retire (?:mon|tout) (?:consentement|accord))", "foute[rz]? le camp",
        "va te faire", "allez vous faire", "degage[rsz]?",
    ),
    whole=(f"{_NE}{_V} pas", f"(?:plus|pas) (?:jamais )?(?:de |d|aucun )?{_MSG}"),
    net=(
        f"(?:plus|pas|jamais|aucune?|sans|arret\\w*|cess\\w*|stopp?\\w*|annul\\w*)(?: \\w+){{0,4}} (?:d|m)"
        f"?(?:{_V}|{_INF}|{_MSG})",
        f"ne(?: \\w+){{0,2}} (?:m|me |nous )?{_V}(?: \\w+)? (?:plus|pas|jamais)",
    ),
    doubtful=(
        "messages", "appels", "textos", "pubs?", "publicites?", "contact\\w*",
        "(?:votre|vos|la|les) (?:liste|fichier)s?", "coups? de fil", "oublie[rz]? (?:moi|nous)", "plus jamais",
        "assez", "sms", "consentement", "mon accord", "n ?y a pas de \\w+ ici",
        "ne \\w+ (?:plus|jamais) (?:chez|ici|a)", "trop de", "d?arret\\w*", "d?cesse[rz]", "pas interess\\w*",
        "interesse pas", f"{_NE}{_V} pas", "ca suffit", "ras le bol", "marre", "spams?", "harcel\\w*", "occupee?",
        "pas maintenant", "pas le moment", f"pas de {_MSG}", "(?:mon|l) ?abonnement", "rgpd", "cnil", "plainte",
        "demarchage", "interdi\\w*", "inutile", "(?:veux|veut|voulons|souhaite|desire)\\w* (?:plus|pas)",
        "ne (?:m|me |nous )\\w+ (?:plus|jamais)", "mon numero dans", "bloqu\\w*", "pourquoi (?:je recois|vous m)\\w*",
    ),
    exasperated=("(?:pas |quoi )?encore(?: vous| une fois)?",),
    stranger=(
        "(?:mauvais|faux) numero", "pas (?:le|au) bon numero", "je ne suis pas (?:mme|madame|monsieur) \\w+",
        "erreur de (?:numero|personne|destinataire)", "tromp\\w+ de (?:numero|personne|destinataire)",
        "n ?y a (?:pas|personne|aucune?)(?: de)? \\w+ a ce numero", "plus son numero",
        "connais (?:pas|aucune?) cette personne",
    ),
    who=("(?:mais )?(?:qui est ce|qui etes vous|cest qui|c est qui|tes qui|qui es tu)",),
)  # fmt: skip
