"""Rules on the installation of the Connectif script: present, once, loaded and allowed to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from validator.core.capture import ConnectifRequest, PageActivity
from validator.core.finding import Consequence, Severity
from validator.core.urls import shorten_url
from validator.rules.references import CLIENT_SCRIPT_SOURCE, WEB_CHANNEL_DOCS
from validator.rules.rule import Rule, RuleContext, Violation
from validator.rules.script.sent_purchases import (
    find_blocked_requests,
    find_script_requests,
    find_sent_purchases,
    is_blocked_by_policy,
    is_purchase_due,
    is_script_unrequested,
    sends_no_purchase,
)

_BLOCKED_ERRORS = frozenset(
    f"net::ERR_BLOCKED_BY_{who}" for who in ("CLIENT", "ADMINISTRATOR", "INSPECTOR")
)


def script_missing(context: RuleContext) -> Iterator[Violation]:
    script = context.capture.script
    is_known = (
        script.present
        or script.waits_as
        or is_blocked_by_policy(context)
        or _failed_script_request(context)
    )
    if sends_no_purchase(context) and not is_known:
        yield Violation(
            "The page does not load the Connectif script: nothing reads its tags, and nothing is "
            f"sent.{describe_watch(context.capture.activity)}",
            expected="the script of the store, from cdn.connectif.cloud",
            actual="no such script",
        )


MAX_NAMED_CAUSES = 3


def describe_watch(activity: PageActivity) -> str:
    """Return a sentence on what a page was watched for after it was complete, or ""."""
    if activity.left:
        return " The page led on to another one before anything was loaded."
    named = activity.pending or activity.waited_for
    if not named:
        return ""
    causes = ", ".join(named[:MAX_NAMED_CAUSES]) + (", …" if len(named) > MAX_NAMED_CAUSES else "")
    if activity.pending:
        return f" At the end of the time, this was still pending: {causes}."
    return f" It was waited for what the page still had to do: {causes}."


def script_not_loaded(context: RuleContext) -> Iterator[Violation]:
    script = context.capture.script
    request = _failed_script_request(context)
    is_failed = script.failed or (request is not None and not script.loads)
    if not sends_no_purchase(context) or is_blocked_by_policy(context):
        return
    if not is_failed:
        yield from _find_unrequested(context)
        return
    if request is None and (arrived := _arrived_script_request(context)):
        yield Violation(
            f"{shorten_url(arrived.url)} answered HTTP {arrived.status}, but the browser refused "
            "to run the file: its content does not match the integrity attribute, or its "
            "Content-Type is not that of a script.",
            expected="a file that the browser runs as a script",
            actual="a file that the browser refuses",
            recorded="nothing",
            hint="Remove integrity from the element of the script, whose file changes with the "
            "settings of the store, and look at the browser's console for the reason.",
        )
        return
    url = shorten_url(request.url if request else script.address)
    if request and (request.status or 0) >= 400:
        yield Violation(
            f"The file of the Connectif script could not be loaded: {url} answered "
            f"HTTP {request.status}.",
            expected="HTTP 200",
            actual=f"HTTP {request.status}",
            recorded="nothing",
        )
        return
    failure = request.failure if request else ""
    if failure == "net::ERR_BLOCKED_BY_ORB":
        # The browser hides from the page what another origin sends instead of a script.
        yield Violation(
            f"{url} does not answer with a script: is it an error page, such as 404?",
            expected="the file of the Connectif script",
            actual="something else",
            recorded="nothing",
        )
        return
    is_blocked = failure in _BLOCKED_ERRORS
    because = "something in this browser blocks it" if is_blocked else failure or "no reason given"
    yield Violation(
        f"The file of the Connectif script did not load here: {because} ({url}). It is not "
        "known whether it loads for customers.",
        expected="the file of the script",
        actual=failure or "nothing",
        hint="Check that this machine reaches the address: a proxy, a firewall or a blocker may "
        "be in the way. The script cannot record customers with an ad blocker: synchronise "
        "purchases through the API as well.",
        severity=Severity.WARNING,
        consequence=Consequence.ADVICE,
    )


def _find_unrequested(context: RuleContext) -> Iterator[Violation]:
    """Report an element of the script whose file the browser never asked for."""
    script = context.capture.script
    if not is_script_unrequested(context):
        return
    yield Violation(
        "The page has the element of the Connectif script, but the browser never requested "
        f"{shorten_url(script.address)}: it does not run an element that is inserted as HTML text "
        "(innerHTML), has nomodule, or stands in a sandboxed document.",
        expected="an element that the browser runs",
        actual="an element whose file was not requested",
        recorded="nothing",
        hint="Put the element into the HTML that the server sends, or add it with "
        'document.createElement("script").',
    )


def _arrived_script_request(context: RuleContext) -> ConnectifRequest | None:
    found = find_script_requests(context)
    return next((each for each in found if not each.failure and each.status), None)


def _failed_script_request(context: RuleContext) -> ConnectifRequest | None:
    found = find_script_requests(context)
    return next((each for each in found if each.failure or (each.status or 0) >= 400), None)


def script_blocked_by_csp(context: RuleContext) -> Iterator[Violation]:
    if not sends_no_purchase(context):
        yield from _blocked_beside_a_purchase(context)
        return
    directives = {
        each.directive: each.blocked for each in reversed(context.capture.script.violations)
    }
    for directive, blocked in directives.items():
        what = "the inline snippet of the Connectif script" if blocked == "inline" else blocked
        yield Violation(
            f"The page's Content-Security-Policy forbids {shorten_url(what)}: see its {directive}.",
            expected=f"a {directive} that allows it",
            actual=f"{directive} forbids {shorten_url(blocked)}",
            recorded="nothing",
        )
    if blocked := _blocked_without_violation(context, directives):
        yield Violation(
            f"The browser blocked {blocked} because of the page's Content-Security-Policy, but "
            "did not report the directive that forbids it.",
            expected="a policy that allows it",
            actual="a request that the browser blocked (csp)",
            recorded="nothing",
        )


def _blocked_beside_a_purchase(context: RuleContext) -> Iterator[Violation]:
    """Report data that the policy forbids on a page that still sends a purchase.

    The browser reports a blocked ``fetch`` or beacon only to the page, without its data.
    """
    if not (context.capture.rendered and is_purchase_due(context)):
        return
    known = {each.url for each in find_blocked_requests(context)}
    for each in context.capture.script.violations:
        if each.directive == "connect-src" and each.blocked not in known:
            yield Violation(
                f"The page's Content-Security-Policy forbids {shorten_url(each.blocked)}: see its "
                "connect-src. The blocked request may have contained a purchase.",
                expected="a connect-src that allows it",
                actual=f"connect-src forbids {shorten_url(each.blocked)}",
                severity=Severity.WARNING,
                consequence=Consequence.ADVICE,
            )
            return


_DIRECTIVES = {"script": "script-src", "data": "connect-src"}


def _blocked_without_violation(context: RuleContext, directives: Iterable[str]) -> str:
    """Return what was blocked without a matching violation report; "" where nothing was.

    The violation is reported after the request fails, and not to the page if the policy is that of
    an iframe.
    """
    reported = tuple(directives)
    for each in find_blocked_requests(context):
        if not any(name.startswith(_DIRECTIVES[each.kind]) for name in reported):
            return shorten_url(each.url)
    # Only the last requests are kept, but all purchases.
    blocked = [
        each
        for each in find_sent_purchases(context)
        if each.event.here and each.is_blocked_by_policy
    ]
    return f"the request with {blocked[0].name}" if blocked and not reported else ""


def script_held_back(context: RuleContext) -> Iterator[Violation]:
    script = context.capture.script
    if sends_no_purchase(context) and script.waits_as and not script.present:
        yield Violation(
            f'The Connectif script is on the page as "{script.waits_as}", which a browser does '
            "not run: it waits for something, such as consent.",
            expected="a script that runs",
            actual=f"a script of type {script.waits_as}",
        )


def script_twice(context: RuleContext) -> Iterator[Violation]:
    script, capture = context.capture.script, context.capture
    if (
        not capture.rendered
        or not is_purchase_due(context)
        or max(script.loads, script.elements) < 2
    ):
        return
    counts = [each.id for each in find_sent_purchases(context) if each.event.here and each.arrived]
    again = next((each for each in counts if counts.count(each) > 1), None)
    times = max(script.loads, script.elements)
    effect = (
        f'the purchase "{again}" is sent {counts.count(again)} times'
        if again is not None
        else "each reads the tags, and sends what it has read"
    )
    yield Violation(
        f"The Connectif script is on the page {times} times: {effect}.",
        expected="one script",
        actual=f"{script.elements} script elements, {script.loads} started",
        severity=Severity.ERROR if again is not None else Severity.WARNING,
        consequence=Consequence.RECORDED_WRONG if again is not None else Consequence.ADVICE,
    )


RULES = (
    Rule(
        "script-missing",
        "The page does not load the Connectif script",
        Severity.WARNING,
        Consequence.ADVICE,
        "Without the script a tag is only text. Customers may still get the script, where a "
        "consent banner or a tag manager loads it, or where only the live shop has it.",
        "Load the store's script on every page. If a consent banner holds it back, let the "
        "scenario accept the banner: add a step that clicks its button.",
        WEB_CHANNEL_DOCS,
        script_missing,
        before="<head> … </head>",
        after='<head> … <script async id="__cn_generic_script__{storeId}"> … </script></head>',
        recorded_if="if the page loaded the Connectif script",
    ),
    Rule(
        "script-not-loaded",
        "The file of the Connectif script does not load",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "Without its file the script reads no tag and sends nothing.",
        "Compare the address with the one that Connectif gives for the store. It contains the "
        "environment and the store's id.",
        CLIENT_SCRIPT_SOURCE,
        script_not_loaded,
        before='<script src="https://cdn.connectif.cloud/eu1/client-script/wrong-id"></script>',
        after='<script src="https://cdn.connectif.cloud/eu1/client-script/{storeId}"></script>',
        recorded_if="if the Connectif script were loaded",
    ),
    Rule(
        "script-blocked-by-csp",
        "The page's Content-Security-Policy forbids Connectif",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "The browser then does not load the script, or does not send what the script has read.",
        "Allow Connectif in the policy: https://*.connectif.cloud in script-src and connect-src, "
        "and the inline snippet by a nonce or its hash.",
        CLIENT_SCRIPT_SOURCE,
        script_blocked_by_csp,
        before="Content-Security-Policy: script-src 'self'",
        after="Content-Security-Policy: script-src 'self' https://*.connectif.cloud; "
        "connect-src 'self' https://*.connectif.cloud",
        recorded_if="if the page's policy allowed it",
    ),
    Rule(
        "script-held-back",
        "The Connectif script waits for consent, or for an action of the customer",
        Severity.WARNING,
        Consequence.ADVICE,
        "Consent banners and speed plugins give scripts another type until they may run. A "
        "customer who does not accept, or leaves before, is not recorded.",
        "Let the scenario accept the banner: add a step that clicks its button. If a speed plugin "
        "holds the script back, exclude the Connectif script from it.",
        CLIENT_SCRIPT_SOURCE,
        script_held_back,
        before='<script type="text/plain" id="__cn_generic_script__{storeId}"> … </script>',
        after='<script async id="__cn_generic_script__{storeId}"> … </script>',
        recorded_if="if the Connectif script ran",
    ),
    Rule(
        "script-twice",
        "The Connectif script is on the page twice",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Each copy reads the tags and sends the purchase.",
        "Load it once. Look for a theme, a module and a tag manager that each load it.",
        CLIENT_SCRIPT_SOURCE,
        script_twice,
        before='<script id="__cn_client_script_{storeId}" src="…"></script>\n'
        '<script src="https://cdn.connectif.cloud/eu1/client-script/{storeId}"></script>',
        after='<script id="__cn_client_script_{storeId}" src="…"></script>',
    ),
)
