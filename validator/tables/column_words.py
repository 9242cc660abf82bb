"""Words by which a column's name tells what it holds, in six languages, without accents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# Words of a column's name: what it must have, and what shows that it is of something else.
_INCLUSIVE = r"incl\w*|inc|inkl\w*|con|avec|com|with|compres\w*|ttc|brutto"
_TAXES = r"tax\w*|iva|tva|vat|mwst|ust|gst|steuern?|impuestos?|impots?|imposte"
_OTHER_TIMES = (
    r"updat|modif|actualiz|aggiorn|mise|geander|geaender|ship|deliver|envio|entreg|livr|expedi|"
    r"spedi|versand|liefer|invoice|factur|fattur|rechnung|birth|nacim|naiss|nasc|geburt|due|venc|"
    r"echeance|scaden|fallig|expir|cancel|annul|storn|refund|reembols|rimbors|rembours|erstatt|"
    r"export|print|complet|closed|last|first|ultim|dernier|letzt|status|estado|range|pay|pag[oa]|"
    r"zahl|bezahl|fulfil|process|customer|client|regist|signup|subscr|validat|\bupd\b|\bend\b|\bstart\b"
)
COLUMN_PATTERNS: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = MappingProxyType(
    {
        "order_id": (
            re.compile(
                r"(?=.*\b(orders?|pedidos?|commandes?|ordin[ei]|encomendas?|purchase|bestell\w*|"
                r"auftrag\w*|sale)\b)"
                r".*(\b(n|no|nr|nro|num\w*|numbers?|id|ids|ref\w*|codes?|codigo|codice|key)\b|"
                r"\w*(nummer|nr|referenz|kennung)\b)|^auftrag$|^sales order$"
            ),
            re.compile(
                r"status|state|date|fecha|\bdata\b|datum|customer|client\w*|kunde\w*|cliente|"
                r"product|item|line|article|artikel|position|invoice|factura|facture|rechnung|"
                r"parent|count|qty|quantity|total|amount|tracking|ship\w*|envio|payment|pago|"
                r"discount|coupon|orders\b.*\bn|n\w*\b.*\borders\b|of orders"
            ),
        ),
        "total_price": (
            re.compile(
                r"\b(total|totale|totals?|importe|importo|montant|amount|betrag|brutto|revenue)\b|"
                r"\bgesamt\w*|\bbrutto\w*|\w*(summe|wert|betrag)\b|\border value\b|"
                r"\bvalor (total|do pedido)\b"
            ),
            re.compile(
                rf"^(?!.*\b({_INCLUSIVE})\b).*\b({_TAXES})\b|"
                r"\bex(cl\w*)?\b|\bhors\b|\bht\b|\bnett?o?\b|without|ohne|senza|\bsin\b|\bsem\b|"
                r"\bsub\b|subtotal|ship|envio|livraison|spedi|versand|frete|porte|discount|descuent|"
                r"descont|remise|sconto|rabatt|refund|reembols|rembours|rimbors|erstatt|qty|quant|"
                r"cantid|item|product|line|linea|ligne|riga|artik|artic|unit|unid|menge|anzahl|count|"
                r"weight|peso|poids|gewicht|points|punt|orders|pedidos|commandes|spent|lifetime|due|"
                r"outstanding|balance|saldo|tip|fee|cost|coupon|gift|credit|loyal|deposit|margin|profit|currency|status|commission"
            ),
        ),
        "total_quantity": (
            re.compile(
                r"\b(qty|quantity|quantities|units|unidades|cantidad|quantite|quantita|quantidade|"
                r"menge|stuckzahl|unites|unita)\b|"
                r"\b(n|no|num\w*|nb|nombre|numero|anzahl|total|count)\b.*"
                r"\b(items?|articulos|articles?|articoli|artigos|artikel|products?|productos|"
                r"produits|prodotti|produtos|units)\b"
            ),
            re.compile(
                r"refund|cancel|ship|invoic|stock|price|precio|prix|prezzo|preco|preis|amount|"
                r"total (of )?products? (price|amount)|weight|min|max|return|id\b|ids\b"
            ),
        ),
        "purchase_date": (
            re.compile(
                r"\b(date|fecha|data|datum|time|timestamp|zeitpunkt|hora)\b|\w*(datum|zeitpunkt)\b|"
                r"\bcreated\b|\bcreado\b|\bcriado\b|\bcreato\b|\bcree\b|\berstellt\b|\bplaced\b|"
                r"\bordered\b|\bpurchased\b|\bbestellt\b|\bstichtag\b"
            ),
            re.compile(
                _OTHER_TIMES
                + r"|zone|\bby\b|\bvia\b|time to|slot|meta|raw|json|extra|note|attribut"
            ),
        ),
        "status": (
            re.compile(
                r"\w*status\b|statut|stato\b|estados?\b|etats?\b|situac|situaz|zustand|\w*stage\b|\w*stand\b|"
                r"\w*state\b|paid\b|pagad[oa]\b|payee?\b|pagat[oa]\b|bezahlt|^captured$|"
                r"^(is |ist )?(valid|settled|cobrad[oa]|abonad[oa]|encaissee?|reglee?|incassat[oa]|"
                r"saldat[oa]|quitad[oa]|liquidad[oa]|beglichen)$|^(is )?pa(id|yment complete)$"
            ),
            re.compile(
                r"fulfil|ship|deliver|env[ií]o|livraison|spediz|versand|liefer|entrega|consegna|"
                r"expedi|track|stock|refund|mail|sms|newsletter|tax|vat|billing|address|direccion|"
                r"adresse|country|market|risk|fraud|product|item|customer|client|kunde|return|"
                r"date|fecha|data|datum|amount|total|importe|montant|importo|betrag|\bat\b|\bon\b|\bby\b|"
                r"method|metodo|forma|mode|moyen|invoice|factura|\b(with|using|via|mit|"
                r"per|par|con|com|por|avec|mediante|tramite)\b"
            ),
        ),
        "payment_method": (
            re.compile(
                r"pa(y|ye|ie)ment\b.*\b(method|type|mode|gateway|provider|option|means|processor)|"
                r"(method|type|mode|means)\b.*\bpayment|pay(ing)? ?(method|type|by|with)|"
                r"(metodo|forma|medio|modo|tipo|via|mode|moyen|methode|type|modalita|meio|mezzo|"
                r"pasarela|opcao|opcion)s?\b.*\b(pago|paiement|reglement|pagamento)|^pasarela$|"
                r"zahlungs?(art|weise|methode|mittel|anbieter|option|dienst\w*)|zahlart|"
                r"bezahl(art|methode)|^(payment )?processor$|^tender( type)?$|"
                r"(paid|pagado|paye|regle|pagato|pago|bezahlt) (with|using|by|via|"
                r"con|par|avec|com|por|mit|per|mediante|tramite)"
            ),
            re.compile(
                r"status|state|estado|etat|stato|date|fecha|datum|amount|\bfees?\b|\bids?\b|\bref"
            ),
        ),
        "contact_email": (
            re.compile(r"e ?mail|correo|courriel|posta elettronica"),
            re.compile(r"status|market|sent|consent|newsletter|accept|opt|count|verif|template"),
        ),
    }
)
"""A field → words that its column has, and words that show another thing."""
