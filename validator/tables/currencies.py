"""Codes, signs and short names of currencies, from the Unicode CLDR by way of babel."""

from __future__ import annotations

import unicodedata
from functools import cache

_LOCALES = (
    "en en_US en_CA en_AU en_IN es es_MX es_AR es_CO es_CL es_PE es_CR es_GT es_HN es_DO es_PA "
    "es_BO es_PY es_UY es_NI es_VE fr fr_CA fr_CH it pt pt_PT de de_CH de_AT nl pl cs sk hu ro bg "
    "hr sr sl sv da nb fi is et lv lt el tr ru uk he ar fa hi ja ko zh th vi id ms ca eu gl"
)
_SHORT_NAMES = (
    "euro euros eur. fr. sfr. rs rs. lei leu kr. kc zl ft. "
    "руб руб. р. р грн грн. лв лв. дин. "  # noqa: RUF001 - Cyrillic is meant
    "kn dkk. s/. b/. r$ $us us$ dollar dollars pound pounds &euro; &pound; tl pln. din din. ron. "
    "nok. sek. pesos peso kronor kroner"
)
"""Written in exports, and not in the CLDR."""


@cache
def currency_texts() -> frozenset[str]:
    """Return codes and signs, case-folded and without blanks; without babel, the common ones."""
    known = {_fold(each) for each in _SHORT_NAMES.split()}
    try:
        from babel import Locale
        from babel.numbers import list_currencies
    except ImportError:
        return frozenset(known)
    known |= {_fold(code) for code in list_currencies()}
    for name in _LOCALES.split():
        locale = Locale.parse(name)
        known |= {_fold(sign) for sign in locale.currency_symbols.values()}
    return frozenset(known - {""})


def is_currency(text: str) -> bool:
    """Return whether a text, of any case and with any blanks, names a currency."""
    folded = _fold(text)
    if len(folded) == 1 and unicodedata.category(folded) == "Sc":
        return True
    return folded in currency_texts() or _is_code_with_sign(text)


def _is_code_with_sign(text: str) -> bool:
    """Accept "EUR€" and, without babel, any three capitals."""
    letters = text.strip().strip("".join(c for c in text if unicodedata.category(c) == "Sc"))
    folded = _fold(letters)
    if folded != _fold(text):
        return folded in currency_texts()
    return (
        len(currency_texts()) < 200
        and len(letters) == 3
        and letters.isascii()
        and (letters.isupper())
    )


def _fold(text: str) -> str:
    """Fold case and drop blanks and direction marks, which right-to-left currencies have."""
    return "".join(
        character
        for character in text.casefold()
        if not character.isspace() and unicodedata.category(character) != "Cf"
    )
