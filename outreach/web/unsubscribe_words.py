"""What the unsubscribe page says, in the languages that it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: `done` is by what was chosen.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "Unsubscribe",
        "ask": "Which e-mails from {house} do you no longer want?",
        "marketing": "No more advertising",
        "marketing_note": "You still hear from us about your orders, appointments and questions.",
        "all": "No more e-mails at all",
        "all_note": "Not even about orders, appointments or recalls of what you bought.",
        "done": "You are unsubscribed",
        "done_marketing": "You get no more advertising by e-mail from {house}.",
        "done_all": "You get no more e-mails from {house}.",
        "again": "It holds from now on. You can close this page.",
    },
    "fr": {
        "title": "Désabonnement",
        "ask": "Quels courriels de {house} ne souhaitez-vous plus recevoir ?",
        "marketing": "Plus de publicité",
        "marketing_note": "Nous vous écrivons encore au sujet de vos commandes, rendez-vous et questions.",
        "all": "Plus aucun courriel",
        "all_note": "Pas même pour une commande, un rendez-vous ou le rappel d’un produit acheté.",
        "done": "Vous êtes désabonné(e)",
        "done_marketing": "Vous ne recevrez plus de publicité de {house} par courriel.",
        "done_all": "Vous ne recevrez plus aucun courriel de {house}.",
        "again": "C’est effectif dès maintenant. Vous pouvez fermer cette page.",
    },
    "de": {
        "title": "Abmelden",
        "ask": "Welche E-Mails von {house} möchten Sie nicht mehr erhalten?",
        "marketing": "Keine Werbung mehr",
        "marketing_note": "Zu Bestellungen, Terminen und Fragen schreiben wir Ihnen weiterhin.",
        "all": "Gar keine E-Mails mehr",
        "all_note": "Auch nicht zu Bestellungen, Terminen oder Rückrufen von Gekauftem.",
        "done": "Sie sind abgemeldet",
        "done_marketing": "Sie erhalten von {house} keine Werbung mehr per E-Mail.",
        "done_all": "Sie erhalten von {house} keine E-Mails mehr.",
        "again": "Das gilt ab sofort. Sie können diese Seite schließen.",
    },
    "es": {
        "title": "Darse de baja",
        "ask": "¿Qué correos de {house} ya no desea recibir?",
        "marketing": "No más publicidad",
        "marketing_note": "Seguiremos escribiéndole sobre sus pedidos, citas y consultas.",
        "all": "Ningún correo más",
        "all_note": "Tampoco sobre pedidos, citas o la retirada de productos que compró.",
        "done": "Se ha dado de baja",
        "done_marketing": "Ya no recibirá publicidad de {house} por correo electrónico.",
        "done_all": "Ya no recibirá correos de {house}.",
        "again": "Vale desde ahora. Puede cerrar esta página.",
    },
}
