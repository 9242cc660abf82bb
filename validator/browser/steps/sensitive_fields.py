"""Finds fields whose text evidence must not show: secrets, and all texts typed to pay."""

from __future__ import annotations

import re

from playwright.async_api import Locator as PageLocator

from validator.browser.journey import Journey
from validator.scenario.model.actions import Step
from validator.scenario.model.template import Locator, Secret, Template

_SENSITIVE_LOCATOR = re.compile(
    r"card.?(?:num|holder|code|name)|\bcc-|\bcv[cv]2?\b|\bcsc\b|security.?code|expir|\biban\b"
    r"|tarjeta|caduc|password|contraseña",
    re.IGNORECASE,
)
"""Words in locators of fields for cards and passwords, in English and Spanish."""

_MASK_TEXT_JS = "field => field.style.setProperty('-webkit-text-security', 'disc', 'important')"


def contains_secret(template: Template) -> bool:
    return any(isinstance(part, Secret) for part in template.parts)


async def find_field(journey: Journey, step: Step, target: Locator, value: Template) -> PageLocator:
    """Find a field to type in; if its text is sensitive, hide it in all evidence."""
    field = journey.find(target)
    if contains_secret(value) or journey.is_paying or _SENSITIVE_LOCATOR.search(str(target)):
        journey.secret_fields.append(field)
        journey.typed.add(value.render(journey.saved))
        if journey.has_video:
            await field.evaluate(_MASK_TEXT_JS, timeout=journey.timeout(step))
    return field
