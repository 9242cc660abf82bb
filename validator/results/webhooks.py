"""Tells a chat or another program how a run ended, by webhook."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpx

from validator.core.capture import Breakdown
from validator.core.result import ExitCode, Report, Result, Verdict
from validator.report import formatting
from validator.report.sanitize import sanitize

TIMEOUT_S = 10
MAX_SHOWN = 20
"""Scenarios that a message names; the rest are counted."""
UNSUCCESSFUL_VERDICTS = (Verdict.FAILED, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Webhook:
    """``kind`` is one of KINDS. The address lets anybody write there: it is never shown."""

    kind: str
    url: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.kind} at {urlsplit(self.url).hostname}"


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A verdict that is another one than in the run before; "" where there was none."""

    subject: str
    before: str
    after: str


def compare_verdicts(
    before: Mapping[str, str] | None, after: Mapping[str, str]
) -> tuple[VerdictChange, ...]:
    """Compare the verdicts by subject of two runs; of a first one, what did not pass is told."""
    if before is None:
        news = {each: verdict for each, verdict in after.items() if verdict != Verdict.PASSED}
        return tuple(VerdictChange(each, "", verdict) for each, verdict in news.items())
    subjects = dict.fromkeys([*before, *after])
    told = (VerdictChange(each, before.get(each, ""), after.get(each, "")) for each in subjects)
    return tuple(each for each in told if each.before != each.after)


def verdicts_by_subject(report: Report) -> Mapping[str, str]:
    """Return what is compared: subject → verdict."""
    return {result.subject: str(result.verdict) for result in report.results}


def send_webhook(webhook: Webhook, report: Report, changed: Sequence[VerdictChange]) -> str:
    """Send a message; return why it did not arrive, or nothing. Never raises for that."""
    try:
        answer = httpx.post(
            webhook.url, json=PAYLOAD_BUILDERS[webhook.kind](report, changed), timeout=TIMEOUT_S
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__  # its text may hold the address
    return f"HTTP {answer.status_code}" if answer.status_code >= 300 else ""


def message_text(report: Report, changed: Sequence[VerdictChange]) -> str:
    """Say in a few lines what came of a run: what changed first, then all that is wrong."""
    ended = "is right" if report.exit_code is ExitCode.OK else "needs a look"
    lines = [f"cn-validator: the checkout {ended}. {formatting.format_counts(report)}."]
    for change in changed[:MAX_SHOWN]:
        before, after = change.before or "not run", change.after or "not run"
        lines.append(f"• {sanitize(change.subject, 100)}: {before} → {after}")
    for result in [each for each in report.results if each.verdict in UNSUCCESSFUL_VERDICTS][
        :MAX_SHOWN
    ]:
        lines.append(f"• {sanitize(result.subject, 100)}: {', '.join(_failure_reasons(result))}")
    return "\n".join(lines)


def _failure_reasons(result: Result) -> Iterator[str]:
    """Name why it broke, and what is wrong, the gravest first."""
    if isinstance(result.outcome, Breakdown):
        yield str(result.outcome.reason)
    rules = dict.fromkeys(finding.rule for finding in formatting.sort_by_severity(result.findings))
    yield from (sanitize(rule) for rule in list(rules)[:5])


def _slack_payload(report: Report, changed: Sequence[VerdictChange]) -> Any:
    # https://docs.slack.dev/messaging/formatting-message-text: these three are control characters.
    return {"text": html.escape(message_text(report, changed), quote=False)}


def _teams_payload(report: Report, changed: Sequence[VerdictChange]) -> Any:
    """Make an Adaptive Card, as the webhooks of Teams' workflows take it."""
    blocks = [
        # A RichTextBlock shows text as it is; a TextBlock would read Markdown in it.
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]}
        for line in message_text(report, changed).splitlines()
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _json_payload(report: Report, changed: Sequence[VerdictChange]) -> Any:
    return {
        "run_id": report.run_id,
        "started": report.started,
        "exit_code": report.exit_code.value,
        "counts": {str(verdict): report.count(verdict) for verdict in Verdict},
        "text": message_text(report, changed),
        "changed": [
            {"subject": each.subject, "before": each.before, "after": each.after}
            for each in changed
        ],
        "results": [
            {
                "subject": result.subject,
                "verdict": str(result.verdict),
                "findings": [
                    {"rule": each.rule, "severity": str(each.severity), "message": each.message}
                    for each in result.findings
                ],
            }
            for result in report.results
        ],
    }


PAYLOAD_BUILDERS: Mapping[str, Callable[[Report, Sequence[VerdictChange]], Any]] = MappingProxyType(
    {"slack": _slack_payload, "teams": _teams_payload, "json": _json_payload}
)
"""What a webhook is → the body it takes."""
