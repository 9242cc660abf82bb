"""Fields whose text no evidence may show: secrets, and whatever is typed to pay."""

from __future__ import annotations

import re

from playwright.async_api import Locator as PageLocator

from validator.browser.journey import Journey
from validator.scenario.model.actions import Step
from validator.scenario.model.template import Locator, Secret, Template

_CARD_FIELD = re.compile(
    r"card.?(?:num|holder|code|name)|\bcc-|\bcv[cv]2?\b|\bcsc\b|security.?code|expir|\biban\b"
    r"|tarjeta|caduc|password|contraseña",
    re.IGNORECASE,
)
"""What locators of fields for cards and passwords say, in English and Spanish."""

_AS_DOTS = "field => field.style.setProperty('-webkit-text-security', 'disc', 'important')"


def holds_secret(template: Template) -> bool:
    return any(isinstance(part, Secret) for part in template.parts)


async def find_field(journey: Journey, step: Step, target: Locator, value: Template) -> PageLocator:
    """Find a field to type into, and remember it where evidence must not show what is typed."""
    field = journey.find(target)
    if holds_secret(value) or journey.is_paying or _CARD_FIELD.search(str(target)):
        journey.typed_secrets.append(field)
        journey.typed.add(value.render(journey.saved))
        if journey.is_filmed:
            await field.evaluate(_AS_DOTS, timeout=journey.timeout(step))
    return field
