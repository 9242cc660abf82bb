"""Sends how a run ended to a chat or another program, by webhook."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpx

from validator.core.capture import Breakdown
from validator.core.exit_code import ExitCode
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.incidents import has_only_known_errors
from validator.report.sanitize import sanitize

TIMEOUT_S = 10
MAX_SHOWN = 20
"""Scenarios that a message names; the rest are counted."""
UNSUCCESSFUL_VERDICTS = (Verdict.FAILED, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Webhook:
    """``kind`` is a key of ``PAYLOAD_BUILDERS``. Whoever has the URL can write: never show it."""

    kind: str
    url: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.kind} at {urlsplit(self.url).hostname}"


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A verdict that differs from the run before; "" for a run without the subject."""

    subject: str
    before: str
    after: str


def compare_verdicts(
    before: Mapping[str, str] | None, after: Mapping[str, str]
) -> tuple[VerdictChange, ...]:
    """Return the verdicts, by subject, that differ between two runs.

    Without a run before, these are all that did not pass.
    """
    if before is None:
        news = {each: verdict for each, verdict in after.items() if verdict != Verdict.PASSED}
        return tuple(VerdictChange(each, "", verdict) for each, verdict in news.items())
    subjects = dict.fromkeys([*before, *after])
    changes = (VerdictChange(each, before.get(each, ""), after.get(each, "")) for each in subjects)
    return tuple(each for each in changes if each.before != each.after)


def verdicts_by_subject(report: Report) -> Mapping[str, str]:
    """Return the verdicts that ``compare_verdicts`` compares."""
    return {result.subject: str(result.verdict) for result in report.results}


def is_notification_due(notify_on: str, report: Report, changed: Sequence[VerdictChange]) -> bool:
    """Return whether a run is notified of. ``notify_on`` is "change", "failure" or "always"."""
    is_failure = report.exit_code is not ExitCode.OK
    return {"change": bool(changed), "failure": is_failure, "always": True}[notify_on]


def send_webhook(webhook: Webhook, report: Report, changed: Sequence[VerdictChange]) -> str:
    """Send a message. Returns why it did not arrive, or ""; does not raise for that."""
    try:
        answer = httpx.post(
            webhook.url, json=PAYLOAD_BUILDERS[webhook.kind](report, changed), timeout=TIMEOUT_S
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__  # its text may contain the URL
    return f"HTTP {answer.status_code}" if answer.status_code >= 300 else ""


def message_text(report: Report, changed: Sequence[VerdictChange]) -> str:
    """Return the message for people: how the run ended, where, what changed and what is wrong.

    The first line says what the last lines of the terminal report say.
    """
    ended = formatting.format_exit_code(report).partition(": ")[2]
    counts = f" {formatting.format_counts(report)}." if report.results else ""
    lines = [f"cn-validator: {ended}.{counts}"]
    if place := " · ".join(f"{name} {text}" for name, text in _place_facts(report)):
        lines.append(place)
    if report.context.ci_url:
        lines.append(f"CI run: {sanitize(report.context.ci_url)}")
    if not report.results:
        lines += [sanitize(note, formatting.MAX_PROSE_CHARS) for note in report.notes]
    for change in changed[:MAX_SHOWN]:
        before, after = change.before or "not run", change.after or "not run"
        lines.append(f"• {sanitize(change.subject, 100)}: {before} → {after}")
    wrong = [each for each in report.results if each.verdict in UNSUCCESSFUL_VERDICTS]
    for result in wrong[:MAX_SHOWN]:
        known = " (known)" if has_only_known_errors(result) else ""
        reasons = ", ".join(_failure_reasons(result))
        lines.append(f"• {sanitize(result.subject, 100)}: {reasons}{known}")
    if (more := len(wrong) - MAX_SHOWN) > 0:
        lines.append(f"and {more} more that did not pass")
    return "\n".join(lines)


def _place_facts(report: Report) -> Iterator[tuple[str, str]]:
    return (fact for fact in formatting.context_facts(report.context) if fact[0] != "CI")


def _failure_reasons(result: Result) -> Iterator[str]:
    """Yield the reason of a breakdown, then the rules, most severe first."""
    if isinstance(result.outcome, Breakdown):
        yield str(result.outcome.reason)
    rules = dict.fromkeys(finding.rule for finding in formatting.sort_by_severity(result.findings))
    yield from (sanitize(rule) for rule in list(rules)[:5])


def _slack_payload(report: Report, changed: Sequence[VerdictChange]) -> Any:
    # https://docs.slack.dev/messaging/formatting-message-text: these three are control characters.
    return {"text": html.escape(message_text(report, changed), quote=False)}


def _teams_payload(report: Report, changed: Sequence[VerdictChange]) -> Any:
    """Return an Adaptive Card, which the webhooks of Teams workflows expect."""
    blocks = [
        # A RichTextBlock shows plain text; a TextBlock would interpret Markdown.
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
        "warnings": report.warnings,
        "context": {**asdict(report.context), "shops": list(report.context.shops)},
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
                    {
                        "rule": each.rule,
                        "severity": str(each.severity),
                        "message": each.message,
                        "known": each.is_known,
                    }
                    for each in result.findings
                ],
            }
            for result in report.results
        ],
    }


PAYLOAD_BUILDERS: Mapping[str, Callable[[Report, Sequence[VerdictChange]], Any]] = MappingProxyType(
    {"slack": _slack_payload, "teams": _teams_payload, "json": _json_payload}
)
"""Kind of webhook → function that builds the JSON body."""
