"""Codes, signs and short names of currencies, from the Unicode CLDR by way of babel."""

from __future__ import annotations

import unicodedata
from functools import cache

_LOCALES = (
    "en en_US en_CA en_AU en_IN es es_MX es_AR es_CO es_CL es_PE es_CR es_GT es_HN es_DO es_PA "
    "es_BO es_PY es_UY es_NI es_VE fr fr_CA fr_CH it pt pt_PT de de_CH de_AT nl pl cs sk hu ro bg "
    "hr sr sl sv da nb fi is et lv lt el tr ru uk he ar fa hi ja ko zh th vi id ms ca eu gl"
)
_LOCALES_OF_NAMES = "en es fr it pt de nl pl sv nb da cs ro hu tr"
_SHORT_NAMES = (
    "euro euros eur. fr. sfr. rs rs. lei leu kr. kc zl ft. "
    "руб руб. р. р грн грн. лв лв. дин. "  # noqa: RUF001 - Cyrillic is meant
    "kn dkk. s/. b/. r$ $us us$ ar$ cl$ co$ sr sr. dollar dollars pound pounds &euro; &pound; tl "
    "pln. din din. ron. nok. sek. pesos peso kronor kroner 円 元 원 krona krone crowns yen rupees"
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


@cache
def _currency_names() -> frozenset[str]:
    """Return the names of currencies in some languages, which take longer to collect."""
    try:
        from babel import Locale
        from babel.numbers import get_currency_name, list_currencies
    except ImportError:
        return frozenset()
    return frozenset(
        name
        for locale in map(Locale.parse, _LOCALES_OF_NAMES.split())
        for code in list_currencies()
        for count in (None, 1, 2, 5)
        for name in _names(get_currency_name(code, count, locale=locale))
    )


def _names(text: str) -> set[str]:
    """Return a currency's name, and the word of it that people write: "US dollars", "dollars"."""
    words = text.replace("-", " ").split()
    # The noun is the last word, or the first one in Romance languages.
    nouns = [word for word in (words[0], words[-1]) if len(word) > 3 and word.isalpha()]
    return {_fold(each) for each in (text, *nouns)}


def is_currency(text: str) -> bool:
    """Return whether a text, of any case and with any blanks, names a currency."""
    folded = _fold(text)
    if len(folded) == 1 and unicodedata.category(folded) == "Sc":
        return True
    if folded in currency_texts() or _is_code_with_sign(text):
        return True
    return len(folded) > 3 and folded in _currency_names()


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
    """Fold case and drop blanks, dots and direction marks, which right-to-left currencies have."""
    return "".join(
        character
        for character in text.casefold()
        if not character.isspace() and character != "." and unicodedata.category(character) != "Cf"
    )
