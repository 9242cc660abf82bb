"""What a caller may ask of a run."""

from __future__ import annotations

import pytest

from validator.core.page_options import PageOptions


@pytest.mark.parametrize(
    ("options", "hidden"),
    [
        (PageOptions(headers={"Authorization": "Bearer abc"}), {"Bearer abc", "abc"}),
        (PageOptions(headers={"X-Staging-Key": "k"}), {"k"}),
        (PageOptions(headers={"x-vercel-protection-bypass": "k"}), {"k"}),
        (PageOptions(headers={"X-AuthToken": "k"}), {"k"}),
        (PageOptions(headers={"Cookie": "lang=es; sid=abcdef"}), {"abcdef"}),
        (PageOptions(headers={"Accept-Language": "es", "X-Author": "Lope"}), set()),
        (PageOptions(cookies={"lang": "total", "sid": "abcdef"}), {"abcdef"}),
        (PageOptions(credentials=("qa", "pw")), {"pw"}),
        (PageOptions(logins={"http://a": ("qa", "pw")}), {"pw"}),
    ],
)
def test_only_what_may_be_a_key_is_a_secret(options: PageOptions, hidden: set[str]) -> None:
    assert {value for _, value in options.secrets()} == hidden
