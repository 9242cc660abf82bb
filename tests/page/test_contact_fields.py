"""The contact's tag: its children say which fields there are, and each is searched by class."""

from __future__ import annotations

import pytest

from validator.contract.contracts import Contracts
from validator.core.document import Json
from validator.page.static_capture import capture_html
from validator.page.tag_reading import read_tag

CONTACT = Contracts().fields("cn_client_info")
CASES: dict[str, tuple[str, dict[str, Json]]] = {
    "another class first": (
        "<i class='x _surname'>ONE</i><i class=_surname>TWO</i>",
        {"x _surname": "ONE", "_surname": "ONE"},
    ),
    "an element deeper inside first": (
        "<p><i class=_surname>ONE</i></p><i class=_surname>TWO</i>",
        {"_surname": "ONE"},
    ),
    "an element deeper inside later": (
        "<i class=_surname>ONE</i><p><i class=_surname>TWO</i></p>",
        {"_surname": "ONE"},
    ),
    "twice": ("<i class=_name>ONE</i><i class=_name>TWO</i>", {"_name": "ONE"}),
    "a repeated token": (
        "<i class=_name>ONE</i><i class='_name _name'>TWO</i>",
        {"_name": "ONE", "_name _name": "ONE"},
    ),
    "a trailing space": (
        "<i class=_name>ONE</i><i class='_name '>TWO</i>",
        {"_name": "ONE", "_name ": "ONE"},
    ),
    "a leading tab": (
        "<i class=_name>ONE</i><i class='\t_name'>TWO</i>",
        {"_name": "ONE", "\t_name": "ONE"},
    ),
    "the classes in another order": (
        "<p><i class='b x a'>ONE</i></p><i class='a b'>TWO</i><i class='a c'>THREE</i>",
        {"a b": "ONE", "a c": "THREE"},
    ),
    "another customer's address": (
        "<div><b class=primary_key>other@shop.example</b></div>"
        "<i class=primary_key>buyer@shop.example</i>",
        {"primary_key": "other@shop.example"},
    ),
    "a class of white space": ("<i class=' '>ONE</i><i class=''>TWO</i><i>THREE</i>", {}),
    "a name that no property has": ("<i class=__proto__>ONE</i>", {}),
    "a name that every object has": (
        "<i class=constructor>ONE</i><i class='__proto__ '>TWO</i>",
        {"constructor": "ONE", "__proto__ ": "TWO"},
    ),
    "an element of MathML": (
        "<math class=tracker_id><mi>A-1042</mi></math>",
        {"tracker_id": "A-1042"},
    ),
    "an element of SVG": ("<svg class=_name><text>ONE</text></svg>", {}),
    "a value in SVG": (
        "<p><svg><text class=_name>ONE</text></svg></p><i class=_name>TWO</i>",
        {"_name": "ONE"},
    ),
    "a value in a template": (
        "<template><i class=_name>ONE</i></template><i class=_name>TWO</i>",
        {"_name": "TWO"},
    ),
    "an empty value": ("<i class=_name></i><i class=_surname>TWO</i>", {"_surname": "TWO"}),
    "capital letters": (
        "<i class=_NAME>ONE</i><i class=_name>TWO</i>",
        {"_NAME": "ONE", "_name": "TWO"},
    ),
}


def recorded(inner: str, doctype: str = "<!doctype html>") -> Json:
    html = f"{doctype}<title>Thanks</title><div class=cn_client_info>{inner}</div>"
    [tag] = capture_html(html, "page.html", ["cn_client_info"]).tags
    return dict(read_tag(tag, CONTACT).event or {})


@pytest.mark.parametrize("name", CASES)
def test_a_contact_is_read_as_the_script_reads_it(name: str) -> None:
    inner, contact = CASES[name]
    assert recorded(inner) == {"entityInfo": contact}


def test_in_quirks_mode_values_are_searched_without_regard_to_case() -> None:
    inner = "<i class=_NAME>ONE</i><i class=_name>TWO</i>"
    assert recorded(inner, "") == {"entityInfo": {"_NAME": "ONE", "_name": "ONE"}}
