"""How people say stop in Spanish."""

from __future__ import annotations

from typing import Final

from outreach.core.refusals.language import Language

#: Imperatives and subjunctives only: "no me llamaron" tells of something, "no me llamen" forbids it.
_V = "(?:llame|escriba|mande|envie|contacte|moleste|hable|busque|textee|acose)(?:n|s|is)?"
_INF = "(?:llamar|escribir|mandar|enviar|contactar|molestar|acosar|fastidiar|textear|joder|insistir)(?:me|nos)?"
_MSG = "(?:mensajes?|sms|llamadas?|correos?|publicidad|textos?|mails?|spam|promociones|ofertas)"
_MINE = "(?:mi|mis|este|nuestro) (?:numero|datos|nombre|telefono|contacto|correo)"

SPANISH: Final = Language(
    code="es",
    openers=("por favor", "porfa", "hola", "ya", "quiero", "gracias", "sms"),
    closers=("por favor", "porfa", "gracias", "ya", "todo", "inmediatamente", "de una vez"),
    stoppers=("baja", "basta", "pare", "paren", "parar", "parad", "no mas", "alto", "cancelar mensajes"),
    benign=(
        "sin parar", "no (?:puedo|podia|pude|podemos) (?:de )?parar", "esta[nrs]?(?: \\w+)? baja", "estoy de baja",
        f"no (?:he |me |nos )?(?:recib(?:i|ido|io|imos)|lleg\\w+)(?: \\w+)?(?: {_MSG})?",
        f"no (?:olvide[ns]?|dude[ns]?) (?:en |de )?{_INF}", "no hace falta",
    ),
    clear=(
        f"(?:prohib\\w+|impid\\w+) que (?:me |nos ){_V}", f"ni (?:un|una) (?:solo |sola )?{_MSG} mas",
        f"no {_V} (?:mas|nunca)", "dej\\w+ (?:\\w+ ){0,2}(?:en paz|tranquil\\w+)",
        f"no (?:me |nos ){_V}(?: \\w+)? (?:mas|nunca|jamas|otra vez)", f"no (?:me |nos ){_V} (?:mas|nunca|jamas)",
        f"(?:ya|(?<!para )que) no (?:me |nos ){_V}", "no llamar mas", "no molest(?:en|es|e|ar)(?: mas)?",
        f"no (?:me |nos )?vuelva[ns]? a {_INF}", f"no mas {_MSG}",
        f"(?:deje[ns]?|dejad|dejar|deja|pare[ns]?|cese[ns]?|cesar|basta)(?: ya)? (?:de|con)(?: \\w+)? (?:{_INF}|"
        f"{_MSG})",
        f"(?:deje[ns]?|dejad|deja|pare[ns]?|cese[ns]?) de {_INF}", f"basta de {_MSG}",
        "no (?:quiero|deseo|quisiera|autorizo|acepto|consiento)(?: (?:que|recibir|mas|sus|tus|nada|seguir|"
        f"recibiendo|me|nos))* (?:llam\\w+|escrib\\w+|mand\\w+|envi\\w+|contact\\w+|{_MSG})",
        "no quiero saber (?:mas |nada )", f"(?:prohib\\w+|queda prohibido) (?:\\w+ )?{_INF}",
        "(?:dar(?:me|nos)|denme|deme|dame|me doy|dadme|solicito|pido|quiero)(?: de| la)? baja",
        "(?:borr[ea]n?|elimin[ea]n?|quit[ea]n?|saquen?|saca)(?:me|nos)", "me (?:borren?|eliminen?|quiten?|saquen?) de",
        f"(?:borr[ea]n?|elimin[ea]n?|quit[ea]n?|borrar|eliminar|quitar)(?: \\w+)? {_MINE}", "desuscri\\w*",
        "(?:retiro|revoco) mi consentimiento", "me opongo", f"(?:cancel|anul)\\w* (?:estos |los |sus |tus )?{_MSG}",
        "larg(?:ate|uen?se)", "vayanse", "vete a la", "que te den", "chinga\\w*",
    ),
    whole=(f"no (?:me |nos )?{_V}", "no (?:llamar|escribir|molestar)", f"(?:sin|nada de) {_MSG}"),
    net=(
        f"(?:no|nunca|jamas|nada|sin|basta|dej\\w+ de|cancel\\w+|prohib\\w+)(?: \\w+){{0,4}} (?:{_V}|{_INF}|"
        f"{_MSG})",
    ),
    doubtful=(
        "mensajes", "llamadas", "correos", "publicidad", "contact\\w*", "(?:la|su|sus|tu) (?:lista|base|fichero)s?",
        "baja", "ces(?:en|e|ar)", "olvid\\w+ de (?:mi|nosotros)", "no (?:\\w+ ){1,3}mas", "demasiad[oa]s",
        "consentimiento", "yo no soy \\w+", "aqui no (?:vive|hay|esta) \\w+", "fuera de", "nunca mas",
        "no me interesa", "no estoy interesad\\w+", "spam", "pesad[oa]s?", "ocupad[oa]", "ahora no",
        f"no (?:me |nos )?{_V}", "acoso", "hart[oa]", "suscripcion", "denunci\\w*", "basta", "pare[ns]?",
        "no llam\\w+", "hoy no", "abogad[oa]", "proteccion de datos", "prohib\\w+", "ni una?",
        "no (?:quiero|queremos|deseo|autorizo)", "(?:ya|nunca) mas", "bloque\\w+", "por que (?:me|recibo)",
        "mi numero",
    ),
    exasperated=("(?:que )?otra vez(?: ustedes)?",),
    stranger=(
        "numero (?:equivocado|incorrecto|erroneo)", "equivoc\\w+ de (?:numero|persona)",
        "aqui no (?:vive|trabaja) (?:ningun\\w*|nadie)", "numero (?:ya )?no es (?:de|el de)", "no es el numero de",
        "no conozco a (?:ningun\\w*|es[ae]) \\w+",
    ),
    who=("(?:esta|estas|estan) equivocad\\w+", "(?:y )?quien (?:es|eres|habla|sos|es usted|son ustedes)"),
)  # fmt: skip
