"""Words by which shops call an order paid or not paid, in six languages."""

from __future__ import annotations

import re
from enum import StrEnum

from validator.tables.columns import split_words


class StatusMeaning(StrEnum):
    """What a status says of the payment."""

    PAID = "paid"
    UNPAID = "unpaid"
    UNKNOWN = "unknown"


# An order that was refunded was paid; one that waits, failed or was cancelled is not known to be.
_UNPAID = re.compile(
    r"\b(un|non?|not|nicht|nao|kein\w*|sin|sans|senza|sem|ohne)[ -]?(paid|pay\w*|pag\w*|bezahl\w*|"
    r"zahl\w*|regl\w*)|\bunpaid|pend(ing|iente|ente)|attente|attesa|ausstehend|\boffen|"
    r"awaiting|waiting|\bwarte|aguardando|espera|cancel\w*|annul\w*|storn\w*|fail\w*|fallid\w*|"
    r"falhou|falha|echou\w*|echec|erreur|error\w*|fehl\w*|reject\w*|rechaz\w*|refus\w*|rifiut\w*|"
    r"recus\w*|abgelehnt|expir\w*|caduc\w*|scadut\w*|abgelaufen|\bvoid\w*|draft|borrador|"
    r"brouillon|entwurf|bozza|rascunho|\btrash|on hold|abandon\w*|denied|declin\w*|incomplet\w*|"
    r"unvollst\w*|fraud|payment review|checkout|impagad\w*|\bnew\b|\bnuevo\b|\bnuovo\b|"
    r"\bnovo\b|\bneu\b|nouveau|fallito|gescheitert|interrompu|interrotto|holded|initiated|"
    r"\bopen(ed)?\b|\babiert[oa]\b|\bouverte?\b|\bapert[oa]\b|\babert[oa]\b|\bcreated\b|"
    r"\b(a|da|por|zu|to be) (pag\w*|paye?r?|bezahlen|paid)\b"
)
_PAID = re.compile(
    r"\bpaid|\bpagad[oa]s?\b|\bpag[ao]t?[oa]?\b|\bpayee?s?\b|\bbezahlt|"
    r"(paiement|pago|pagamento|zahlung|payment) (accept\w*|recu\w*|receiv\w*|recib\w*|acept\w*|"
    r"accettat\w*|ricevut\w*|confirm\w*|eingegangen|erhalten|aceit\w*|aprovad\w*|efetuad\w*|"
    r"successful|remote|a distance|distance)|complet\w*|termin\w*|abgeschlossen|concluid\w*|"
    r"process\w*|procesando|in bearbeitung|bearbeitung|prepar\w*|elaborazion\w*|traitement|"
    r"shipped|enviad\w*|expedi\w*|livr\w*|deliver\w*|entreg\w*|spedit\w*|consegnat\w*|versandt|"
    r"versendet|geliefert|fulfilled|dispatch\w*|captur\w*|approv\w*|aprobad\w*|approuv\w*|"
    r"refund\w*|chargeback|devuelt\w*|devolvid\w*|\bretourn\w*|zuruckgesendet|\breso\b|cobrad\w*|"
    r"acreditad\w*|facturad\w*|fatturat\w*|invoiced|in rechnung|\bready\b|\blist[oa] para|"
    r"abholung|\bpront[oa]\b|evas[oa]\b|\bregl\w*|encaiss\w*|lavorazione|\bdone\b|erledigt|"
    r"reembols\w*|rembours\w*|rimborsat\w*|erstattet|closed|\bok\b|success\w*|settled|"
    r"\bsi\b|\byes\b|\boui\b|\bja\b|\bsim\b|\btrue\b|^[ysoj]$"
)


def classify_status(text: str) -> StatusMeaning:
    """Return what a status, as a shop writes it, says of the payment."""
    words = split_words(text)
    if _UNPAID.search(words):
        return StatusMeaning.UNPAID
    return StatusMeaning.PAID if _PAID.search(words) else StatusMeaning.UNKNOWN
