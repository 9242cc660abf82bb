from __future__ import annotations

import pytest

from validator.demo.signature import has_valid_signature, sign

MESSAGE = {"order": "NQ-1", "state": "paid"}


def test_what_was_signed_is_genuine() -> None:
    assert has_valid_signature(sign(MESSAGE, "secret"), "secret")


@pytest.mark.parametrize(
    "forged",
    [
        MESSAGE,
        {**MESSAGE, "signature": ""},
        {**MESSAGE, "signature": "ñ"},
        sign(MESSAGE, "guessed"),
        {**sign(MESSAGE, "secret"), "order": "NQ-2"},
        {**sign(MESSAGE, "secret"), "extra": "1"},
    ],
    ids=["unsigned", "empty", "not ascii", "other secret", "changed", "added to"],
)
def test_a_forged_message_is_refused(forged: dict[str, str]) -> None:
    assert not has_valid_signature(forged, "secret")
