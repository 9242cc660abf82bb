"""Why a page was not reached, in words for whoever can change it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a page was not reached."""

    UNREACHABLE = "unreachable"
    HTTP_ERROR = "http-error"
    REDIRECT_LOOP = "redirect-loop"
    BLOCKED = "blocked"
    NOT_A_PAGE = "not-a-page"
    TIMEOUT = "timeout"
    STEP_FAILED = "step-failed"
    NOT_CONFIRMED = "confirmation-not-reached"
    BROWSER = "browser"
    REFUSED = "refused"
    """The scenario's own limits kept it from going on: its hosts, or how many orders."""


def reason_of_status(status: int) -> Reason | None:
    """Say what an HTTP status of 400 or more means for a run; None for one that is fine."""
    if status < 400:
        return None
    return Reason.BLOCKED if status in (403, 429) else Reason.HTTP_ERROR


def hint_of_status(status: int) -> str:
    """Say what to do about an HTTP status of 400 or more."""
    if status == 401:
        return "give the user and password of the staging shop: --auth or CN_VALIDATOR_AUTH"
    if reason_of_status(status) is Reason.BLOCKED:
        return "let this machine or user agent through the shop's bot protection"
    return "open the page in a browser and mend it, or correct the address"


def not_a_page(content_type: str | None, *, is_empty: bool) -> str:
    """Say why an answer is no page that could hold a tag; empty where it may be one."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind and kind not in ("text/html", "application/xhtml+xml"):
        return f"is {kind}, not an HTML page"
    return "answered with an empty page" if is_empty else ""
