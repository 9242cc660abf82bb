from __future__ import annotations

import pytest

from validator.core.api_key import DEFAULT_URL, load_key_and_url
from validator.core.errors import InputError

KEY = {"CONNECTIF_API_KEY": "id:s3cret"}


def test_the_key_comes_from_the_environment() -> None:
    assert load_key_and_url(KEY) == ("id:s3cret", DEFAULT_URL)


def test_the_api_may_be_another_one() -> None:
    assert load_key_and_url(KEY | {"CONNECTIF_API_URL": "http://127.0.0.1:8803/"})[1] == (
        "http://127.0.0.1:8803"
    )


@pytest.mark.parametrize(
    ("environ", "rule"),
    [
        ({}, "api-key-missing"),
        ({"CONNECTIF_API_KEY": "  "}, "api-key-missing"),
        ({"CONNECTIF_API_KEY": "s3cret"}, "api-key-malformed"),
        ({"CONNECTIF_API_KEY": "id:s3 cret"}, "api-key-malformed"),
        (KEY | {"CONNECTIF_API_URL": "http://api.connectif.cloud"}, "api-url"),
        (KEY | {"CONNECTIF_API_URL": "ftp://127.0.0.1"}, "api-url"),
        (KEY | {"CONNECTIF_API_URL": "https://user:pass@api.example"}, "api-url"),
    ],
)
def test_what_cannot_be_used_is_refused_and_not_shown(environ: dict[str, str], rule: str) -> None:
    with pytest.raises(InputError) as caught:
        load_key_and_url(environ)
    assert caught.value.findings[0].rule == rule
    said = f"{caught.value}{caught.value.findings[0].hint}"
    assert "s3" not in said
    assert "pass@" not in said
