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
from validator.report import wording
from validator.report.sanitize import visible

TIMEOUT_S = 10
SHOWN = 20
"""Scenarios that a message names; the rest are counted."""
WRONG = (Verdict.FAILED, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Webhook:
    """``kind`` is one of KINDS. The address lets anybody write there: it is never shown."""

    kind: str
    url: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.kind} at {urlsplit(self.url).hostname}"


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict that is another one than in the run before; "" where there was none."""

    subject: str
    before: str
    after: str


def changes(before: Mapping[str, str] | None, after: Mapping[str, str]) -> tuple[Change, ...]:
    """Compare the verdicts by subject of two runs; of a first one, what did not pass is told."""
    if before is None:
        news = {each: verdict for each, verdict in after.items() if verdict != Verdict.PASSED}
        return tuple(Change(each, "", verdict) for each, verdict in news.items())
    subjects = dict.fromkeys([*before, *after])
    told = (Change(each, before.get(each, ""), after.get(each, "")) for each in subjects)
    return tuple(each for each in told if each.before != each.after)


def verdicts(report: Report) -> Mapping[str, str]:
    """Return what is compared: subject → verdict."""
    return {result.subject: str(result.verdict) for result in report.results}


def send(webhook: Webhook, report: Report, changed: Sequence[Change]) -> str:
    """Send a message; return why it did not arrive, or nothing. Never raises for that."""
    try:
        answer = httpx.post(
            webhook.url, json=KINDS[webhook.kind](report, changed), timeout=TIMEOUT_S
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__  # its text may hold the address
    return f"HTTP {answer.status_code}" if answer.status_code >= 300 else ""


def text_of(report: Report, changed: Sequence[Change]) -> str:
    """Say in a few lines what came of a run: what changed first, then all that is wrong."""
    ended = "is right" if report.exit_code is ExitCode.OK else "needs a look"
    lines = [f"cn-validator: the checkout {ended}. {wording.counts(report)}."]
    for change in changed[:SHOWN]:
        before, after = change.before or "not run", change.after or "not run"
        lines.append(f"• {visible(change.subject, 100)}: {before} → {after}")
    for result in [each for each in report.results if each.verdict in WRONG][:SHOWN]:
        lines.append(f"• {visible(result.subject, 100)}: {', '.join(_reasons(result))}")
    return "\n".join(lines)


def _reasons(result: Result) -> Iterator[str]:
    """Name why it broke, and what is wrong, the gravest first."""
    if isinstance(result.outcome, Breakdown):
        yield str(result.outcome.reason)
    rules = dict.fromkeys(finding.rule for finding in wording.gravest_first(result.findings))
    yield from (visible(rule) for rule in list(rules)[:5])


def _slack(report: Report, changed: Sequence[Change]) -> Any:
    # https://docs.slack.dev/messaging/formatting-message-text: these three are control characters.
    return {"text": html.escape(text_of(report, changed), quote=False)}


def _teams(report: Report, changed: Sequence[Change]) -> Any:
    """Make an Adaptive Card, as the webhooks of Teams' workflows take it."""
    blocks = [
        # A RichTextBlock shows text as it is; a TextBlock would read Markdown in it.
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]}
        for line in text_of(report, changed).splitlines()
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _json(report: Report, changed: Sequence[Change]) -> Any:
    return {
        "run_id": report.run_id,
        "started": report.started,
        "exit_code": report.exit_code.value,
        "counts": {str(verdict): report.count(verdict) for verdict in Verdict},
        "text": text_of(report, changed),
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


KINDS: Mapping[str, Callable[[Report, Sequence[Change]], Any]] = MappingProxyType(
    {"slack": _slack, "teams": _teams, "json": _json}
)
"""What a webhook is → the body it takes."""
