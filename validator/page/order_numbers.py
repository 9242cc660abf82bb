"""Finds the order numbers in the text of a confirmation page."""

from __future__ import annotations

import re

MAX_SEARCHED_CHARS = 50_000
"""How much of a page is searched: a confirmation shows the number near its start."""
_WORD = r"(?:n[úu]mero|num[ée]ro|number|nummer|refer[eê]nci?[ae]|no\.?|nr\.?|n[º°.]|id|#)"
_ORDER = r"(?:pedido|compra|encomenda|comanda|ordine|commande)"
_OF = r"(?:(?:de|do|del|da|di|tu|su|votre) |(?:d|dell)['\u2019] ?)*"
_LABEL = re.compile(
    rf"\b(?:(?:order|purchase) ?{_WORD}|{_WORD} ?{_OF}{_ORDER}|{_ORDER} ?{_WORD}"
    r"|(?:bestell|auftrags)-?(?:nummer|nr\.?))"
    r"(?: ?(?:is|es|è|est|lautet|é)\b)?[ :]*\n{0,2}[#№]? ?"
    r"(?P<number>[A-Z0-9][A-Z0-9._/-]{0,39})",
    re.IGNORECASE,
)


def find_order_numbers(text: str) -> tuple[str, ...]:
    """Return what follows a label such as "Order number" or "Nº de pedido", in the text's order.

    Words after a label are not numbers. Labels are known in English, Spanish, Catalan,
    Portuguese, Italian, French and German.
    """
    lines = "\n".join(" ".join(line.split()) for line in text[:MAX_SEARCHED_CHARS].splitlines())
    found = (match["number"].rstrip("._/-") for match in _LABEL.finditer(lines))
    return tuple(dict.fromkeys(each for each in found if _is_number(each)))


def _is_number(text: str) -> bool:
    # PrestaShop's references have no digit: XKBKNABJK.
    return any(map(str.isdigit, text)) or (text.isupper() and len(text) >= 6)
