"""Checks the arguments of Python functions: all faults of a call at once, as one InputError.

A message names the argument and what is accepted. It does not repeat long values, which may be
pages or secrets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.core.page_options import (
    LANGUAGE_TAG,
    MAX_PIXELS,
    UNSAFE_HEADER,
    Geolocation,
    PageOptions,
    Proxy,
)

MAX_MS = 24 * 60 * 60 * 1000
"""A longer time is taken for a mistake."""
_MAX_SHOWN_CHARS = 60
_CREDENTIALS = "a pair of texts: user and password"
_VIEWPORT = f"a pair of whole numbers from 1 to {MAX_PIXELS}: width and height"
_TEXTS_BY_NAME = "a mapping of names to texts"


class Arguments:
    """Collects the faults in the arguments of one call."""

    def __init__(self) -> None:
        self._faults: list[Finding] = []

    def raise_faults(self) -> None:
        """Raise InputError with all faults, if there are any."""
        if self._faults:
            raise InputError(self._faults)

    def reject(self, name: str, message: str, hint: str = "") -> None:
        place = Location(name)
        self._faults.append(
            Finding("argument-invalid", Severity.ERROR, message, location=place, hint=hint)
        )

    def require(self, name: str, value: object, accepted: str, *, when: bool) -> None:
        """Reject a value unless ``when``; ``accepted`` says what is accepted."""
        if not when:
            self.reject(name, f"{describe_value(value)} is not {accepted}")

    def html(self, name: str, value: object) -> None:
        hint = "Give the text or the bytes of a page, such as Path('thanks.html').read_bytes()."
        if not isinstance(value, str | bytes):
            self.reject(name, f"{describe_value(value)} is not HTML as text or bytes", hint)
        elif not value.strip():
            self.reject(name, "it is empty, so there is nothing to check", hint)
        elif (b"<" if isinstance(value, bytes) else "<") not in value:  # type: ignore[operator]
            # UTF-16 has the byte of "<" as well.
            self.reject(name, f"{describe_value(value)} is not HTML: it has no tag", hint)

    def text(self, name: str, value: object, *, optional: bool = False) -> None:
        is_text = isinstance(value, str) and bool(value)
        self.require(name, value, "a text", when=is_text or (optional and value is None))

    def class_name(self, name: str, value: object) -> None:
        is_name = isinstance(value, str) and re.fullmatch(r"[A-Za-z_][\w-]*", value, re.ASCII)
        self.require(name, value, "a class name, such as cn_purchase", when=bool(is_name))

    def path(self, name: str, value: object, *, optional: bool = True) -> None:
        is_path = isinstance(value, Path | str) and bool(str(value)) and "\0" not in str(value)
        self.require(
            name, value, "a path, as text or Path", when=is_path or (optional and value is None)
        )

    def flag(self, name: str, value: object) -> None:
        self.require(name, value, "True or False", when=isinstance(value, bool))

    def whole_number(
        self, name: str, value: object, *, least: int = 0, most: int | None = None
    ) -> None:
        """Check a whole number; None is accepted."""
        is_number = isinstance(value, int) and not isinstance(value, bool)
        end = f"of {least} or more" if most is None else f"from {least} to {most}"
        is_right = is_number and least <= int(value) <= (math.inf if most is None else most)  # type: ignore[call-overload]
        self.require(name, value, f"a whole number {end}", when=value is None or is_right)

    def milliseconds(self, name: str, value: object, *, positive: bool) -> None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        number = float(value) if is_number else math.nan  # type: ignore[arg-type]
        is_right = (number > 0 if positive else number >= 0) and number <= MAX_MS
        end = "more than 0" if positive else "0 or more"
        self.require(
            name, value, f"a number of milliseconds, {end}, and at most a day", when=is_right
        )

    def choice(self, name: str, value: object, choices: Collection[str]) -> None:
        is_right = isinstance(value, str) and value in choices
        self.require(name, value, f"one of {', '.join(choices)}", when=is_right)

    def texts_by_name(self, name: str, value: object) -> None:
        is_right = isinstance(value, Mapping) and all(
            isinstance(each, str) for pair in value.items() for each in pair
        )
        self.require(name, value, _TEXTS_BY_NAME, when=is_right)

    def texts(self, name: str, value: object) -> tuple[str, ...]:
        """Return an iterable of texts; a lone text is one."""
        if isinstance(value, str):
            return (value,)
        found = tuple(value) if isinstance(value, Iterable) else None
        if found is None or not all(isinstance(each, str) for each in found):
            self.reject(name, f"{describe_value(value)} is not a text or a list of texts")
            return ()
        return found

    def expected_values(self, name: str, value: object) -> Mapping[str, str]:
        """Return the texts of expected values by field."""
        if not isinstance(value, Mapping):
            self.reject(name, f"{describe_value(value)} is not a mapping of fields to values")
            return {}
        for field, each in value.items():
            is_number = isinstance(each, int | float | Decimal) and not isinstance(each, bool)
            is_right = isinstance(each, str) or (is_number and math.isfinite(each))
            accepted = "a text or a finite number"
            self.require(f"{name}[{str(field)!r}]", each, accepted, when=is_right)
            self.require(name, field, "the name of a field", when=isinstance(field, str))
        kinds = str | int | float | Decimal
        return {str(f): str(each) for f, each in value.items() if isinstance(each, kinds)}

    def page_options(self, name: str, value: object) -> None:
        """Check the settings of the browser; None is accepted."""
        if value is None:
            return
        if not isinstance(value, PageOptions):
            self.require(name, value, "a PageOptions", when=False)
            return
        for field, (is_right, accepted) in _PAGE_OPTION_FORMS.items():
            each = getattr(value, field)
            if each is not None and not is_right(each):
                said = "it" if field in _SECRET_OPTIONS else describe_value(each)
                self.reject(f"{name}.{field}", f"{said} is not {accepted}")


def describe_value(value: object) -> str:
    """Return a short value as Python writes it, and the type of any other."""
    if value is None or isinstance(value, bool | int | float | str | Decimal):
        text = repr(value)
        if len(text) <= _MAX_SHOWN_CHARS:
            return text
    return f"a value of type {type(value).__name__}"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_locale(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(LANGUAGE_TAG, value, re.ASCII))


def _is_time_zone(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        # On a machine without a list of time zones, the browser reports it.
        return bool(value) and not available_timezones()
    return True


def _is_pair_of(kind: type, value: object) -> bool:
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and all(isinstance(each, kind) and not isinstance(each, bool) for each in value)
    )


def _is_viewport(value: object) -> bool:
    return _is_pair_of(int, value) and all(0 < side <= MAX_PIXELS for side in value)  # type: ignore[attr-defined]


def _is_geolocation(value: object) -> bool:
    if not isinstance(value, Geolocation):
        return False
    numbers = (value.latitude, value.longitude, value.accuracy)
    return (
        all(isinstance(each, int | float) and math.isfinite(each) for each in numbers)
        and abs(value.latitude) <= 90
        and abs(value.longitude) <= 180
        and value.accuracy >= 0
    )


def _is_sequence_of_texts(value: object) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(each, str) for each in value)


def _are_headers(value: object) -> bool:
    return _are_texts_by_name(value) and not any(map(UNSAFE_HEADER.fullmatch, value))  # type: ignore[call-overload]


def _are_texts_by_name(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(each, str) for pair in value.items() for each in pair
    )


def _is_proxy(value: object) -> bool:
    return isinstance(value, Proxy) and _is_text(value.server)


_PAGE_OPTION_FORMS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "device": (_is_text, 'the name of a device, such as "Pixel 7"'),
    "viewport": (_is_viewport, _VIEWPORT),
    "user_agent": (_is_text, "a text"),
    "locale": (_is_locale, "a language tag, such as es-ES"),
    "timezone": (_is_time_zone, "a time zone, such as Europe/Madrid"),
    "geolocation": (_is_geolocation, "a Geolocation on the earth"),
    "permissions": (_is_sequence_of_texts, "a tuple of texts"),
    "storage_state": (
        lambda value: isinstance(value, str | Path) and Path(value).is_file(),
        "a file that exists",
    ),
    "proxy": (_is_proxy, "a Proxy with a server"),
    "block": (_is_sequence_of_texts, "a tuple of texts"),
    "headers": (_are_headers, f"{_TEXTS_BY_NAME}, without those that only the browser sets"),
    "cookies": (_are_texts_by_name, _TEXTS_BY_NAME),
    "credentials": (lambda value: _is_pair_of(str, value), _CREDENTIALS),
}
_SECRET_OPTIONS = frozenset({"headers", "cookies", "credentials", "proxy"})
