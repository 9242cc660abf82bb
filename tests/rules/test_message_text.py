from __future__ import annotations

import pytest

from validator.rules.message_text import field_name


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("", "the tag"),
        ("/total_price", "total_price"),
        ("/product_basket_item/1", "product 2"),
        ("/product_basket_item/1/price", "price of product 2"),
        ("/product_basket_item/0/category/2", "category 3 of product 1"),
        ("/category/1", "category 2"),
        ("/size~1colour", "size/colour"),
        ("/purchase/totalPrice", "totalPrice"),
        ("/purchase/products/0/unitPrice", "unitPrice of product 1"),
        ("/product_basket_item/first", "product_basket_item"),
    ],
)
def test_a_field_is_named_as_people_name_it(pointer: str, name: str) -> None:
    assert field_name(pointer) == name
