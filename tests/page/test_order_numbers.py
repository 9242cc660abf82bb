"""The order number as shops show it, in the languages of their customers."""

from __future__ import annotations

import pytest

from validator.page.order_numbers import find_order_numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Order number 1042", ["1042"]),
        ("Your order number is: #CN-1042.", ["CN-1042"]),
        ("Order #1042 was placed", ["1042"]),
        ("Order no. 1042/2026", ["1042/2026"]),
        ("Order reference\n\tXKBKNABJK", ["XKBKNABJK"]),
        ("Order number will be sent to you", []),
        ("Número de pedido: 1042", ["1042"]),
        ("Nº pedido 1042", ["1042"]),
        ("Pedido nº 1042", ["1042"]),
        ("El número de su pedido es 1042", ["1042"]),
        ("Número de tu pedido: 1042", ["1042"]),
        ("Número da encomenda 1042", ["1042"]),
        ("Numero d'ordine: 1042", ["1042"]),
        ("Numero dell\u2019ordine 1042", ["1042"]),
        ("Commande n° 1042", ["1042"]),
        ("Numéro de commande : 1042", ["1042"]),
        ("Bestellnummer: 1042", ["1042"]),
        ("Ihre Bestell-Nr. 1042", ["1042"]),
        ("Order number 1042 … order number 1042 … order number 7", ["1042", "7"]),
        ("Thank you for your order\n\nNúmero de pedido 1042", ["1042"]),
        ("Order number\n\n1042", ["1042"]),
        ("In order 1042 of them", []),
        ("Reorder number 5", []),
        ("", []),
    ],
)
def test_an_order_number_is_what_follows_its_label(text: str, found: list[str]) -> None:
    assert list(find_order_numbers(text)) == found
