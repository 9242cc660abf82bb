from __future__ import annotations

import pytest

from validator.demo.signature import is_genuine, signed

MESSAGE = {"order": "NQ-1", "state": "paid"}


def test_what_was_signed_is_genuine() -> None:
    assert is_genuine(signed(MESSAGE, "secret"), "secret")


@pytest.mark.parametrize(
    "forged",
    [
        MESSAGE,
        {**MESSAGE, "signature": ""},
        {**MESSAGE, "signature": "ñ"},
        signed(MESSAGE, "guessed"),
        {**signed(MESSAGE, "secret"), "order": "NQ-2"},
        {**signed(MESSAGE, "secret"), "extra": "1"},
    ],
    ids=["unsigned", "empty", "not ascii", "other secret", "changed", "added to"],
)
def test_a_forged_message_is_refused(forged: dict[str, str]) -> None:
    assert not is_genuine(forged, "secret")
