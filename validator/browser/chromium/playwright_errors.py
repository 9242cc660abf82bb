"""Playwright's errors in words for the author of a scenario: what is wrong, what to do."""

from __future__ import annotations

from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeout

from validator.browser.page_values import first_line, page_text
from validator.core.capture import Reason

MAX_ERROR_CHARS = 20_000

_TIMEOUT_MESSAGES = (
    (
        "intercepts pointer events",
        "something else covers the element and takes the click",
        "close what covers it first: a cookie banner or dialog, by an `optional` click",
    ),
    (
        "element is not visible",
        "the element is on the page but was not visible",
        "open what hides it first, or use the locator of the visible one",
    ),
    (
        "element is not enabled",
        "the element was disabled and did not become enabled",
        "fill what the page wants before this step",
    ),
    (
        "did not find some options",
        "the list has no such option",
        "use an option's text or its value as the page has it",
    ),
)

NAVIGATION_ERRORS = (
    (
        "ERR_TOO_MANY_REDIRECTS",
        Reason.REDIRECT_LOOP,
        "the page redirects without end",
        "open it with curl -IL to see the loop; a missing cookie or a wrong base URL is usual",
    ),
    (
        "ERR_CONNECTION_REFUSED",
        Reason.UNREACHABLE,
        "nothing answers there: the connection was refused",
        "start the shop, or correct the address",
    ),
    (
        "ERR_NAME_NOT_RESOLVED",
        Reason.UNREACHABLE,
        "no host has that name",
        "correct the host name, or connect to the network that knows it",
    ),
    (
        "ERR_CERT",
        Reason.UNREACHABLE,
        "its TLS certificate is not trusted",
        "give staging a certificate this machine trusts; or accept it as it is, for staging only: "
        "--insecure, or ignore_https_errors: true in the configuration",
    ),
    (
        "ERR_BAD_SSL_CLIENT_AUTH_CERT",
        Reason.UNREACHABLE,
        "it wants a client certificate",
        "give one: client_certificate in the configuration, or --client-cert of check",
    ),
    (
        "ERR_INVALID_HTTP_RESPONSE",
        Reason.UNREACHABLE,
        "what answers there is no valid HTTP: its status line or its headers are malformed",
        "compare with curl -i; an https address opened as http is usual",
    ),
    (
        "ERR_EMPTY_RESPONSE",
        Reason.UNREACHABLE,
        "the server closed the connection without an answer",
        "see the server's log",
    ),
    (
        "ERR_CONTENT_DECODING_FAILED",
        Reason.UNREACHABLE,
        "the page is not compressed as its Content-Encoding says",
        "fix the compression of the server or the proxy before it",
    ),
    (
        "ERR_UNSAFE_PORT",
        Reason.UNREACHABLE,
        "browsers refuse to connect to that port",
        "serve the shop on another port",
    ),
)


def is_page_closed(error: Error) -> bool:
    """Tell whether the page or the whole browser closed or crashed under a step."""
    return any(sign in error.message for sign in ("has been closed", "crashed"))


def describe_error(error: Error, timeout_ms: float) -> tuple[str, str]:
    """Say in one line what Playwright's error means, and what to do: (message, hint)."""
    text = page_text(error.message, MAX_ERROR_CHARS)
    seconds = f"{timeout_ms / 1000:g} s"
    if "strict mode violation" in text:
        count = text.partition("resolved to ")[2].partition(" ")[0]
        return (
            f"{count} elements match, and one is meant",
            "make the locator narrower: a longer name, `exact: true`, `within` or `nth: 0`",
        )
    if isinstance(error, PlaywrightTimeout):
        for sign, message, hint in _TIMEOUT_MESSAGES:
            if sign in text:
                return f"{message} within {seconds}", hint
        return (
            f"no such element appeared within {seconds}",
            "compare the locator with the page (screenshot and HTML are beside the results)",
        )
    # "Locator.click: …" names a call of Playwright's that the author never wrote.
    line = first_line(error.message)
    reason = line.partition(": ")[2] or line
    if "while parsing" in reason:
        return f"the locator is no valid selector: {reason}", "see playwright.dev/docs/locators"
    return reason, ""


_STATUSES_WITHOUT_PAGE = frozenset({204, 205, 304})


def describe_navigation_error(
    error: Error, timeout_ms: float, status: int | None = None
) -> tuple[Reason, str, str]:
    """Say why a page could not be opened: (reason, message, hint).

    ``status`` is that of the last document which the server answered with.
    """
    if isinstance(error, PlaywrightTimeout):
        return (
            Reason.TIMEOUT,
            f"the page did not finish loading its document within {timeout_ms / 1000:g} s",
            "see why the server keeps the page open, or give it more time with `timeout`",
        )
    for sign, reason, message, hint in NAVIGATION_ERRORS:
        if sign in error.message:
            return reason, message, hint
    if "ERR_ABORTED" in error.message and status in _STATUSES_WITHOUT_PAGE:
        message = f"it answered HTTP {status}, which has no page, so browsers stay where they are"
        return Reason.NOT_A_PAGE, message, "answer with the page itself, or with a redirect to it"
    if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
        return Reason.NOT_A_PAGE, "it is a download or no page at all, so no tag can be in it", ""
    code = error.message.partition("net::")[2].partition(" ")[0]
    if code:
        return Reason.UNREACHABLE, f"the browser could not open it ({code})", ""
    return Reason.UNREACHABLE, first_line(error.message), ""
