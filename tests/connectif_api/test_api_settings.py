from __future__ import annotations

from validator.connectif_api.api_settings import ApiSettings


def test_accounts_are_told_apart_without_their_keys() -> None:
    one, renewed, other = (ApiSettings(key) for key in ("a:s3cret", "a:other", "b:s3cret"))
    assert one.account == renewed.account != other.account
    assert "s3cret" not in one.account
