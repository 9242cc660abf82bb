"""What a webhook is told of a run, and when it does not hear it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result
from validator.results.webhooks import (
    PAYLOAD_BUILDERS,
    VerdictChange,
    Webhook,
    compare_verdicts,
    message_text,
    send_webhook,
    verdicts_by_subject,
)

if TYPE_CHECKING:
    from tests.conftest import Site

SEEN = Capture("http://shop.example/thanks", rendered=True, tags=())
WRONG = Finding("decimal-format", Severity.ERROR, "a comma")


def report(*results: Result) -> Report:
    return Report(results, "r1", "2026-11-23T10:15:00+00:00")


FAILED = report(Result("Guest <b>pays</b> & *goes*", SEEN, (WRONG,)), Result("fine", SEEN))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if not isinstance(value, str):
            yield from texts(inner)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, {"a": "passed"}, []),
        (None, {"a": "failed"}, [("a", "", "failed")]),
        ({"a": "failed"}, {"a": "failed"}, []),
        ({"a": "failed"}, {"a": "passed"}, [("a", "failed", "passed")]),
        ({"a": "passed"}, {"b": "passed"}, [("a", "passed", ""), ("b", "", "passed")]),
    ],
)
def test_a_change_is_another_verdict_than_before(
    before: dict[str, str] | None, after: dict[str, str], told: list[tuple[str, str, str]]
) -> None:
    found = compare_verdicts(before, after)
    assert [(each.subject, each.before, each.after) for each in found] == told


def test_the_text_names_what_changed_and_what_is_wrong() -> None:
    broken = report(Result("s", Breakdown(Reason.TIMEOUT, "no answer")))
    assert verdicts_by_subject(broken) == {"s": "broken"}
    lines = message_text(FAILED, [VerdictChange("fine", "broken", "passed")]).splitlines()
    assert lines == [
        "cn-validator: the checkout needs a look. 1 passed, 1 failed.",
        "• fine: broken → passed",
        "• Guest <b>pays</b> & *goes*: decimal-format",
    ]


def test_the_text_says_why_a_scenario_broke_and_names_the_gravest_first() -> None:
    advice = Finding("cart-id-missing", Severity.WARNING, "none")
    broken = Result("gone", Breakdown(Reason.TIMEOUT, "no answer"))
    lines = message_text(report(Result("s", SEEN, (advice, WRONG)), broken), []).splitlines()
    assert lines[1:] == ["• s: decimal-format, cart-id-missing", "• gone: timeout"]


def test_slack_is_sent_text_in_which_nothing_is_a_mention() -> None:
    text = PAYLOAD_BUILDERS["slack"](FAILED, [])["text"]
    assert "Guest &lt;b&gt;pays&lt;/b&gt; &amp; *goes*" in text


def test_teams_is_sent_a_card_that_shows_text_as_it_is() -> None:
    body = PAYLOAD_BUILDERS["teams"](FAILED, [])
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert {block["type"] for block in attachment["content"]["body"]} == {"RichTextBlock"}
    assert "• Guest <b>pays</b> & *goes*: decimal-format" in set(texts(body))


def test_programs_are_sent_verdicts_findings_and_what_changed() -> None:
    body = PAYLOAD_BUILDERS["json"](FAILED, [VerdictChange("fine", "broken", "passed")])
    assert json.loads(json.dumps(body)) == body
    assert body["exit_code"] == 1
    assert body["counts"] == {"passed": 1, "flaky": 0, "failed": 1, "broken": 0}
    assert body["changed"] == [{"subject": "fine", "before": "broken", "after": "passed"}]
    assert body["results"][0]["findings"][0]["rule"] == "decimal-format"


def test_one_that_arrives_has_nothing_to_say(site: Site) -> None:
    site.page("/hook", "ok")
    assert send_webhook(Webhook("slack", f"{site.url}/hook"), FAILED, []) == ""
    assert site.headers_of("/hook")["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (lambda url: f"{url}/secret-path", "HTTP 404"),
        (lambda _url: "http://127.0.0.1:9/secret-path", "ConnectError"),
    ],
    ids=["refused", "nobody there"],
)
def test_why_one_did_not_arrive_is_said_without_its_address(
    address: Callable[[str], str], reason: str, site: Site
) -> None:
    webhook = Webhook("slack", address(site.url))
    assert send_webhook(webhook, FAILED, []) == reason
    assert "secret" not in f"{webhook.name} {webhook!r}"
