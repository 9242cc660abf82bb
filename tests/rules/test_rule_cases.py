"""tests/cases/<rule-id>/{pass,fail}/*.html: adding a case is adding a file.

A case may say in a comment, ``<!-- facts: {…} -->``, what HTML cannot: what the scenario expects
(``count``, ``values``), when things happened (``appeared_ms``, ``changed_ms``, ``ready_ms``,
``read_ms``), the page's ``activity``, the purchases that were ``sent`` (``as_tag``: as the tag
says), whether that was ``watched``, whether a browser has ``rendered`` the page and the ``script``
was there, or what is to be said of it, what ``reading`` it made, the ``requests`` for it, the
``payments``, the ``case`` that was tried, whether the page was ``reached``, its ``url``, what the
API had ``recorded``, when it was ``seen_at``, how many ``steps`` led there, what CSS made of the
first tag's ``texts``, the ``basket`` seen on the way, which ``tag`` is expected, that the page of
a script has no known ``contact``, and in ``also`` which other rules rightly speak.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from validator.contract.contracts import Contracts
from validator.core.capture import (
    Capture,
    ConnectifRequest,
    ConnectifScript,
    CspViolation,
    PageActivity,
    PaymentCaseRun,
    PaymentVisit,
    SentEvent,
    StepTiming,
    TagCheckpoint,
)
from validator.core.document import Location
from validator.core.result import Result
from validator.page.recorded_event import build_reading
from validator.page.static_capture import capture_html
from validator.page.tag_fields import extract_fields
from validator.rules.catalogue import RULES
from validator.rules.evaluate import ExpectedTag, evaluate_capture

CASES = Path(__file__).parent.parent / "cases"
PASS = sorted(CASES.glob("*/pass/*.html"))
FAIL = sorted(CASES.glob("*/fail/*.html"))


CONTACT = '<div class="cn_client_info"><i class="primary_key">ada@example.org</i></div>'


def facts_of(html: str) -> dict[str, Any]:
    found = re.search(r"<!-- facts: (.*) -->", html)
    return json.loads(found[1]) if found else {}


def script_of(facts: dict[str, Any]) -> ConnectifScript:
    said = facts.get("script", "read_ms" in facts)
    more: dict[str, Any] = (
        {"present": said} if isinstance(said, bool) else {"present": True, **said}
    )
    more["violations"] = tuple(CspViolation(*each) for each in more.get("violations", []))
    return ConnectifScript(read_ms=facts.get("read_ms"), **more)


def event_of(said: dict[str, Any], capture: Capture) -> dict[str, Any]:
    """Return an event as a case says it: ``as_tag`` stands for what the first tag says."""
    purchase = {key: value for key, value in said.items() if key not in ("as_tag", "event")}
    if "as_tag" in said:
        fields = Contracts().fields("cn_purchase")
        event = build_reading(fields, *extract_fields(capture.tags[0], fields)).event or {}
        purchase = {**cast("dict[str, Any]", event["purchase"]), **purchase}
    return {"type": "purchase", "purchase": purchase}


def basket_of(said: dict[str, Any]) -> TagCheckpoint:
    """Return the step that saw a basket: its ``quantity``, ``products`` and ``cart_id``."""
    units = said["quantity"] - said.get("products", 1) + 1
    items = "".join(
        '<p class="product_basket_item"><i class="name">Mug</i><i class="product_id">'
        f'{number}</i><i class="url">https://shop.example/{number}</i><i class="unit_price">2</i>'
        f'<i class="quantity">{count}</i><i class="price">{2 * count}</i></p>'
        for number, count in enumerate([units] + [1] * (said.get("products", 1) - 1), start=1)
    )
    html = (
        f'<div class="cn_cart"><i class="cart_id">{said.get("cart_id", "crt8679803")}</i>'
        f'<i class="total_quantity">{said["quantity"]}</i>'
        f'<i class="total_price">{2 * said["quantity"]}</i>{items}</div>'
    )
    tags = capture_html(html, "basket.html", ["cn_cart"]).tags
    return TagCheckpoint("cn_cart", 1, 5_000.0, tags=tags)


def seen(html: str, source: str, facts: dict[str, Any]) -> Capture:
    names = Contracts().names(facts.get("tag", "cn_purchase"))
    capture = capture_html(html, source, names)
    script = script_of(facts)
    has_script = script.present
    contact = has_script and facts.get("contact", True)
    payments = tuple(
        PaymentVisit(location=Location("shop.yaml", 9, 5), **{**trip, "buttons": ()})
        for trip in facts.get("payments", [])
    )
    appeared, changed = facts.get("appeared_ms"), facts.get("changed_ms")
    tags = [replace(tag, appeared_ms=appeared, changed_ms=changed) for tag in capture.tags]
    tags += capture_html(CONTACT * contact, source, ["cn_client_info"]).tags
    if "texts" in facts:
        tags[0] = replace(tags[0], texts=facts["texts"])
    steps = [StepTiming("click", Location("shop.yaml", 5), 1.0)] * facts.get("steps", 0)
    return replace(
        capture,
        url=facts.get("url", capture.url),
        seen_at=facts.get("seen_at"),
        steps=tuple(steps),
        rendered=facts.get("rendered", False),
        tags=tuple(tags),
        reached=facts.get("reached", True),
        dom_content_loaded_ms=facts.get("ready_ms"),
        activity=PageActivity(**facts.get("activity", {})),
        script=script,
        script_reading=tuple(event_of(each, capture) for each in facts["reading"])
        if "reading" in facts
        else None,
        sent_events=tuple(
            SentEvent("purchase", event_of(each, capture), **each.get("event", {}))
            for each in facts.get("sent", [])
        ),
        requests=tuple(
            ConnectifRequest(
                **{
                    "kind": "script",
                    "method": "GET",
                    "url": "https://cdn.connectif.cloud/eu1/x",
                    **each,
                }
            )
            for each in facts.get("requests", [])
        ),
        watched=facts.get("watched", True),
        recorded=facts.get("recorded"),
        payments=payments,
        stops=(basket_of(facts["basket"]),) if "basket" in facts else (),
        case=PaymentCaseRun(**{**facts["case"], "purchases": tuple(facts["case"]["purchases"])})
        if "case" in facts
        else None,
    )


def judge(path: Path) -> tuple[Result, list[str]]:
    """Return the result of a case, and the rules it says speak besides its own."""
    html = path.read_text(encoding="utf-8")
    facts = facts_of(html)
    result = evaluate_capture(
        seen(html, path.name, facts),
        subject=path.stem,
        expected=ExpectedTag(
            tag=facts.get("tag", "cn_purchase"),
            count=facts.get("count", None if "tag" in facts else 1),
            values=facts.get("values", {}),
            used_ids=facts.get("used_ids", {}),
        ),
    )
    return result, facts.get("also", [])


def rules_of(result: Result) -> list[str]:
    return sorted(finding.rule for finding in result.findings)


def case_name(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


def test_every_rule_has_at_least_two_cases_of_each_kind() -> None:
    lacking = [
        f"tests/cases/{rule.id}/{kind}/ needs two pages"
        for rule in RULES
        for kind in ("pass", "fail")
        if len(list((CASES / rule.id / kind).glob("*.html"))) < 2
    ]
    assert lacking == []


def test_every_folder_of_cases_is_of_a_rule() -> None:
    known = {rule.id for rule in RULES}
    assert {path.parent.parent.name for path in PASS + FAIL} - known == set()


@pytest.mark.parametrize("path", FAIL, ids=case_name)
def test_what_is_broken_is_found_and_nothing_else(path: Path) -> None:
    result, also = judge(path)
    assert rules_of(result) == sorted([path.parent.parent.name, *also])


@pytest.mark.parametrize("path", PASS, ids=case_name)
def test_what_is_right_passes(path: Path) -> None:
    result, also = judge(path)
    assert rules_of(result) == sorted(also)


@pytest.mark.parametrize("path", FAIL, ids=case_name)
def test_a_finding_says_where_what_and_what_to_do(path: Path) -> None:
    for finding in judge(path)[0].findings:
        assert finding.location or finding.scenario
        assert finding.message.endswith((".", "?"))
        assert all((finding.why, finding.hint, finding.expected, finding.actual))


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert all((rule.title, rule.why, rule.fix, rule.source, rule.before, rule.after)), rule.id


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
