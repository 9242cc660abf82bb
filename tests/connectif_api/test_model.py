from __future__ import annotations

import json

from tests.connectif_api.conftest import PURCHASE


def test_amounts_are_numbers_as_they_were_written() -> None:
    body = json.dumps(PURCHASE.body())
    assert '"totalPrice": 38.75' in body
    assert '"unitPrice": 16.9' in body
    assert '"totalQuantity": 2' in body


def test_what_there_is_not_is_not_sent() -> None:
    assert "contactExternalId" not in PURCHASE.body()
