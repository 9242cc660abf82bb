"""What a page itself says is wrong, for a customer to read: it often explains a breakdown."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from playwright.async_api import Error

from validator.browser.capture.snapshot import PageUnresponsive
from validator.browser.journey import Journey
from validator.browser.page_values import page_text
from validator.core.capture import Breakdown, Reason

MAX_ALERT_CHARS = 200
_EXPLAINED = (Reason.STEP_FAILED, Reason.NOT_CONFIRMED, Reason.TIMEOUT)
_ALERT_JS = """most => {
  const kinds = '[role=alert], [role=alertdialog], [aria-live=assertive], .alert-danger, '
    + '.alert-error, .woocommerce-error, .message-error, .error-message, .field-error, '
    + '.form-error, .invalid-feedback, .mage-error, .errorlist, .has-error .help-block';
  const found = [...document.querySelectorAll(kinds)]
    .filter((e) => e.checkVisibility?.({visibilityProperty: true, opacityProperty: true}) ?? true)
    .map((e) => e.innerText.replace(/\\s+/g, ' ').trim())
    .find((text) => text);
  if (found) return found.slice(0, most);
  const field = document.querySelector('input:user-invalid, select:user-invalid, '
    + 'textarea:user-invalid');
  const label = field?.labels?.[0]?.innerText.trim() || field?.name || '';
  return field?.validationMessage ? `${label}: ${field.validationMessage}`.slice(0, most) : '';
}"""
"""The first alert that is seen, or why the browser itself refuses a field of a form."""


async def quote_alert(journey: Journey, breakdown: Breakdown) -> Breakdown:
    """Add what the page says to the message of a breakdown, unless the message has it already."""
    if breakdown.reason not in _EXPLAINED or journey.page.is_closed():
        return breakdown
    text = ""
    with suppress(Error, PageUnresponsive):  # a page that does not answer says nothing
        given = await journey.answered(journey.page.evaluate(_ALERT_JS, MAX_ALERT_CHARS))
        text = page_text(given, MAX_ALERT_CHARS).strip()
    if not text or text in breakdown.message:
        return breakdown
    return replace(breakdown, message=f'{breakdown.message}; the page says: "{text}"')
