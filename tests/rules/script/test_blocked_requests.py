"""A request to Connectif that failed is reported, whichever of its reports has come by then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rules.test_rule_cases import CASES, seen
from validator.core.capture import (
    Capture,
    ConnectifRequest,
    CspViolation,
    RequestOutcome,
)
from validator.core.finding import Finding, Severity
from validator.rules.evaluate import evaluate_capture

DATA = "https://eu3-api.connectif.cloud:443/integration-type/system/scrippet-notification/x"
PAGE = (CASES / "purchase-not-through/pass/answered.html").read_text(encoding="utf-8")
WHERE = "script-blocked-by-csp", "purchase-not-through", "script-not-loaded"


def sending(failure: str, *, here: bool = True) -> Capture:
    """A page whose purchase was sent in a request that failed."""
    sent = {"as_tag": True, "event": {"outcome": "failed", "failure": failure, "here": here}}
    capture = seen(PAGE, "page.html", {"rendered": True, "read_ms": 90, "sent": [sent]})
    request = ConnectifRequest("data", "POST", DATA, RequestOutcome.FAILED, failure=failure)
    return replace(capture, requests=(replace(request, here=here),))


def findings(capture: Capture) -> list[Finding]:
    result = evaluate_capture(capture, subject="page")
    return [each for each in result.findings if each.rule in WHERE]


def test_the_violation_names_the_directive() -> None:
    capture = sending("csp")
    violated = replace(capture.script, violations=(CspViolation("connect-src", DATA),))
    (finding,) = findings(replace(capture, script=violated))
    assert (finding.rule, finding.severity) == ("script-blocked-by-csp", Severity.ERROR)
    assert finding.message.endswith("see its connect-src.")


@pytest.mark.parametrize("violations", [(), (CspViolation("img-src", DATA),)])
def test_without_its_violation_the_failed_request_is_enough(
    violations: tuple[CspViolation, ...],
) -> None:
    capture = sending("csp")
    script = replace(capture.script, violations=violations)
    *_, finding = findings(replace(capture, script=script))
    assert (finding.rule, finding.severity) == ("script-blocked-by-csp", Severity.ERROR)
    assert "blocked https://eu3-api.connectif.cloud" in finding.message
    assert "because of the page's Content-Security-Policy" in finding.message


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize(
    ("failure", "severity"),
    [
        ("csp", Severity.ERROR),
        ("mixed-content", Severity.ERROR),
        ("net::ERR_ABORTED", Severity.WARNING),
        ("net::ERR_FAILED", Severity.ERROR),
        ("net::ERR_BLOCKED_BY_CLIENT", Severity.ERROR),
        ("net::ERR_BLOCKED_BY_RESPONSE", Severity.ERROR),
        ("net::ERR_NAME_NOT_RESOLVED", Severity.ERROR),
        ("net::ERR_CONNECTION_RESET", Severity.ERROR),
        ("net::ERR_CERT_AUTHORITY_INVALID", Severity.ERROR),
        ("inspector", Severity.ERROR),
        ("no reason given", Severity.ERROR),
    ],
)
def test_whatever_a_request_fails_for_is_one_finding(
    failure: str, severity: Severity, *, here: bool
) -> None:
    (finding,) = findings(sending(failure, here=here))
    assert finding.severity is severity


@pytest.mark.parametrize("failure", ["csp", "mixed-content", "net::ERR_FAILED"])
def test_a_failed_request_that_is_not_read_is_reported(failure: str) -> None:
    unread = replace(sending(failure), sent_events=(), watched=False)
    (finding,) = findings(unread)
    assert failure in finding.message or finding.rule == "script-blocked-by-csp"
