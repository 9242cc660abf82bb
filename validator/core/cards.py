"""Test card numbers that payment providers publish, and the form of card numbers in general.

A number that is not published may be a real card: a scenario must not pay with it by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_STRIPE = """
4242424242424242 4000056655665556 5555555555554444 2223003122003222 5200828282828210
5105105105105100 378282246310005 371449635398431 6011111111111117 6011000990139424
3566002020360505 4012888888881881 4000000000000002 4000000000009995 4000000000009987
4000000000009979 4000000000000069 4000000000000127 4000000000000119 4000000000000259
4000002500003155 4000002760003184 4000003800000446 4000008260003178 4000000000003220
4000008400001629 4000008400001280 4000000000003055 4000000000003097 4000000000000077
4000000000000341
"""
_PAYPAL = """
371449635398431 376680816376961 6304000000000000 5063516945005047 2223000048400011
4005519200000004 4012000033330026 4012000077777777 4012888888881881 4217651111111119
4500600000000061 4772129056533503 4915805038587737 6200680000000004 6200680000000038
3636500000000260 3636500000000989 4868719196829038 5329879707824603 6507720016523241
4868719158130060 5329879769571910
"""
_ADYEN = """
5100081112223332 5100290029002909 5577000055770004 5136333333333335 5585558555855583
5555444433331111 5555555555554444 5500000000000004 5424000000000015 4111111111111111
4988438843884305 4166676667666746 4646464646464644 4444333322221111 4400000000000008
4977949494949497 370000000000002
"""

PUBLISHED_TEST_CARDS: Mapping[str, str] = MappingProxyType(
    {
        "https://docs.stripe.com/testing": _STRIPE,
        "https://developer.paypal.com/credit-card-number-generator": _PAYPAL,
        "https://docs.adyen.com/development-resources/test-cards-and-credentials/test-card-numbers": _ADYEN,  # noqa: E501 - an address has no place to break
        "https://developer.paypal.com/braintree/docs/guides/credit-cards/testing-go-live": (
            "4111111111111111 4012888888881881"
        ),
        "https://pagosonline.redsys.es/realizacion-pruebas.html": "4548812049400004",
    }
)
"""URL of a list of test cards → the numbers from it, separated by spaces."""

TEST_CARDS: frozenset[str] = frozenset(
    number for numbers in PUBLISHED_TEST_CARDS.values() for number in numbers.split()
)

# The prefixes and lengths of card numbers. Diners Club's 14 digits and Visa's old 13 digits are
# left out: GTIN-14 and EAN-13 product codes look the same.
# https://en.wikipedia.org/wiki/Payment_card_number
CARD_NUMBER = re.compile(
    r"(?<![\w.,+-])(?:"
    r"4\d{15}(?:\d{3})?"  # Visa
    r"|(?:5[1-5]\d\d|22[2-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}(?:\d{3})?"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14}(?:\d{3})?"  # UnionPay
    r"|[2-6]\d{3}(?P<four>[ -])\d{4}(?P=four)\d{4}(?P=four)\d{4}(?:(?P=four)\d{3})?"
    r"|3[47]\d\d(?P<amex>[ -])\d{6}(?P=amex)\d{5}"
    r")(?!\w|[.,-]\d)",
    re.ASCII,
)


def strip_separators(text: str) -> str:
    """Return a card number without the spaces and hyphens between its digits."""
    return re.sub(r"[ -]", "", text)


def may_be_real_card(text: str) -> bool:
    """Tell whether a text is a card number that no payment provider publishes for tests."""
    found = CARD_NUMBER.fullmatch(text.strip())
    number = strip_separators(found[0]) if found else ""
    return bool(number) and number not in TEST_CARDS and passes_luhn_check(number)


def passes_luhn_check(number: str) -> bool:
    """Check the last digit of a number, as ISO/IEC 7812-1 defines it."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
