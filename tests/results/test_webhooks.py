"""What a webhook is told of a run, and when it does not hear it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result
from validator.core.run_context import RunContext
from validator.report.terminal import terminal_report
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
        "cn-validator: the shop's tag or checkout is wrong. 1 passed, 1 failed.",
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


PASSED = Result("fine", SEEN)
KNOWN = replace(WRONG, is_known=True)
BROKEN = Result("gone", Breakdown(Reason.TIMEOUT, "no answer"))
ADVICE = Finding("cart-id-missing", Severity.WARNING, "none")


@pytest.mark.parametrize(
    ("run", "lines"),
    [
        (
            report(PASSED),
            ["cn-validator: everything that was checked is right. 1 passed."],
        ),
        (
            report(Result("s", SEEN, (ADVICE,))),
            ["cn-validator: no errors, but 1 warning. 1 passed, 1 warning."],
        ),
        (
            report(Result("s", SEEN, (WRONG,))),
            [
                "cn-validator: the shop's tag or checkout is wrong. 1 failed.",
                "• s: decimal-format",
            ],
        ),
        (
            replace(
                report(Result("a", SEEN, (KNOWN,)), Result("b", SEEN, (KNOWN,))), new_findings=0
            ),
            [
                "cn-validator: nothing is wrong that was not in the baseline already "
                "(--fail-on new). 2 failed.",
                "• a: decimal-format (known)",
                "• b: decimal-format (known)",
            ],
        ),
        (
            report(BROKEN, PASSED),
            [
                "cn-validator: a page was not reached: its tag could not be checked. "
                "1 passed, 1 broken.",
                "• gone: timeout",
            ],
        ),
        (
            report(Result("s", SEEN, earlier=(Breakdown(Reason.TIMEOUT, "no answer"),))),
            [
                "cn-validator: everything that was checked is right, some of it only at a second "
                "attempt. 1 flaky.",
            ],
        ),
        (
            replace(report(), notes=("guest.yaml:3:1: error: not a step",)),
            ["cn-validator: nothing was checked.", "guest.yaml:3:1: error: not a step"],
        ),
    ],
    ids=["passed", "warnings", "failed", "known failures", "broken", "flaky", "nothing"],
)
def test_the_text_says_what_the_last_line_of_the_terminal_says(
    run: Report, lines: list[str]
) -> None:
    assert message_text(run, []).splitlines() == lines
    ended = terminal_report(run, width=200, color=False).splitlines()[-1].partition(": ")[2]
    assert ended in lines[0]


def test_the_text_names_the_shop_the_release_and_the_page_of_the_ci_run() -> None:
    where = RunContext(
        ("https://shop.example",), "staging", "4.2", "1a2b3c", "https://ci.example/runs/7"
    )
    assert message_text(replace(report(PASSED), context=where), []).splitlines()[1:] == [
        "shop https://shop.example · environment staging · release 4.2 · commit 1a2b3c",
        "CI run: https://ci.example/runs/7",
    ]
    assert PAYLOAD_BUILDERS["json"](replace(report(), context=where), [])["context"] == {
        "shops": ["https://shop.example"],
        "environment": "staging",
        "release": "4.2",
        "commit": "1a2b3c",
        "ci_url": "https://ci.example/runs/7",
    }


def test_results_that_the_text_has_no_room_for_are_counted() -> None:
    many = report(*(Result(f"s{number}", SEEN, (WRONG,)) for number in range(25)))
    assert message_text(many, []).splitlines()[-1] == "and 5 more that did not pass"
