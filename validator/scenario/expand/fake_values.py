"""``${fake.…}``: made-up people and addresses by locale; the same seed gives the same values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import ascii_lowercase
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

FAKE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "a person's full name",
        "first_name": "a first name",
        "last_name": "a last name",
        "email": "an e-mail address at example.com, which nobody owns",
        "phone_number": "a telephone number",
        "street_address": "a street and a number",
        "postcode": "a postcode",
        "city": "a city",
        "company": "the name of a company",
        "password": "a password of 16 characters, with a capital, a digit and a special character",
        "word": "a word",
        "sentence": "a sentence, such as a note to the courier",
        "number": "a whole number of six digits",
        "uuid": "a random UUID",
    }
)
"""Name after ``fake.`` → description."""

_KIND = re.compile(r"(\w+?)(?:\.([1-9][0-9]?))?", re.ASCII)
_DEFAULT_LOCALE = "en_US"


class UnsupportedLocale(Exception):  # noqa: N818 - reported as a finding
    """Faker has no values in a language."""


def is_fake(name: str) -> bool:
    """Tell whether a name is a known kind, such as ``name``, or a numbered one: ``name.2``."""
    found = _KIND.fullmatch(name)
    return found is not None and found[1] in FAKE_KINDS


class FakeValues:
    """The made-up values of one scenario instance: each name has one value.

    ``seed`` is the run's; ``subject`` identifies the instance. A value depends on its own name
    alone, so adding a value to a scenario does not change the others.
    """

    def __init__(self, seed: int, subject: str, locale: Callable[[], str]) -> None:
        self._seed = f"{seed}/{subject}"
        self._locale = locale
        self._faker: Faker | None = None

    @property
    def used(self) -> bool:
        return self._faker is not None

    def value(self, name: str) -> str:
        """Make the value of a name that ``is_fake`` accepts. Raises UnsupportedLocale."""
        faker = self._seeded(name)
        kind = name.partition(".")[0]
        if kind == "email":
            # Names alone repeat, and shops refuse an address that they know.
            person = faker.ascii_safe_email().partition("@")[0]
            return f"{person}.{faker.bothify('????##', ascii_lowercase)}@example.com"
        if kind == "number":
            return str(faker.random_int(100_000, 999_999))
        if kind == "password":
            return str(faker.password(16))
        if kind == "uuid":
            return str(faker.uuid4())
        made = str(getattr(faker, kind)())
        return " ".join(made.split())

    def _seeded(self, name: str) -> Faker:
        if self._faker is None:
            # Imported here: most scenarios need no made-up values, and the import is slow.
            from faker import Faker

            self._faker = Faker(_find_faker_locale(self._locale()))
        self._faker.seed_instance(f"{self._seed}/{name}")
        return self._faker


def _find_faker_locale(wanted: str) -> str:
    """Return Faker's locale for a language tag, or another locale of the same language."""
    from faker.config import AVAILABLE_LOCALES

    if not wanted:
        return _DEFAULT_LOCALE
    name = wanted.replace("-", "_")
    known = sorted(AVAILABLE_LOCALES)
    language = name.partition("_")[0].lower()
    usual = [f"{language}_{language.upper()}", _DEFAULT_LOCALE, *known]
    for each in (name, *usual):
        same = [one for one in known if one.lower() == each.lower()]
        if same and same[0].partition("_")[0] == language:
            return same[0]
    raise UnsupportedLocale(wanted)
