"""Types of option values. A value may be a secret: messages on such a value name its form only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from validator.core.page_options import LANGUAGE_TAG, MAX_PIXELS, UNSAFE_HEADER
from validator.core.suggestion import find_similar
from validator.core.urls import is_web_url
from validator.scenario.syntax.durations import parse_duration

if TYPE_CHECKING:
    from validator.run.shards import Shard

MAX_DURATION_MS = 24 * 60 * 60 * 1000
"""A longer duration is taken for a mistake."""


class DurationType(click.ParamType[Any]):
    """``500ms``, ``5s``, ``1m``, as in scenarios; converted to milliseconds."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        parsed = parse_duration(value)
        if not parsed:
            self.fail(f'"{value}" is not a duration: write 500ms, 5s or 1m', param, ctx)
        if parsed > MAX_DURATION_MS:
            self.fail(f'"{value}" is more than a day: write 500ms, 5s or 1m', param, ctx)
        return parsed


class HeaderPairType(click.ParamType[Any]):
    """Two texts with a separator between them, in characters that HTTP headers may have.

    ``first`` and ``second`` are the regular expressions of the texts.
    """

    def __init__(self, separator: str, example: str, first: str, second: str) -> None:
        self.separator = separator
        self.forms = (re.compile(first, re.ASCII), re.compile(second))
        self.name = example

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        first, found, second = (text.strip(" ") for text in str(value).partition(self.separator))
        is_first, is_second = self.forms
        if not (found and is_first.fullmatch(first) and is_second.fullmatch(second)):
            self.fail(f"expected {self.name}, in characters that HTTP headers may have", param, ctx)
        return first, second


class HeaderType(HeaderPairType):
    """A header that may be added: not one that only Chromium itself may write."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        pair = super().convert(value, param, ctx)
        if UNSAFE_HEADER.fullmatch(pair[0]):
            self.fail(f"{pair[0]} is written by the browser itself: leave it out", param, ctx)
        return pair


_HEADER_NAME = r"[!#$%&'*+.^_`|~\w-]+"
HEADER = HeaderType(":", "NAME: VALUE", _HEADER_NAME, r"[\x20-\x7e\x80-\xff]*")
COOKIE = HeaderPairType(
    "=", "NAME=VALUE", _HEADER_NAME, r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"
)
CREDENTIALS = HeaderPairType(":", "USER:PASSWORD", r"[^:]+", r".*")


class NameValueType(click.ParamType[Any]):
    """``NAME=VALUE``; ``first`` and ``second`` are the regular expressions of the two sides."""

    def __init__(self, name: str, first: str = r"[^=]+", second: str = r".+") -> None:
        self.name = name
        self.form = re.compile(f"({first})=({second})", re.ASCII | re.DOTALL)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        found = self.form.fullmatch(str(value))
        if found is None:
            self.fail(f'"{value}" is not written as {self.name}', param, ctx)
        return found[1], found[2]


class PatternType(click.ParamType[Any]):
    """A text that matches a regular expression; ``example`` is one."""

    def __init__(self, name: str, form: str, example: str) -> None:
        self.name = name
        self.form = re.compile(form, re.ASCII)
        self.example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not self.form.fullmatch(value):
            self.fail(f'"{value}" is not a {self.name}: write it as in {self.example}', param, ctx)
        return str(value)


TAG = PatternType("class name", r"[A-Za-z_][\w-]*", "cn_purchase")
LOCALE = PatternType("language tag", LANGUAGE_TAG, "es-ES")
USER_AGENT = PatternType("user agent", r"[\x20-\x7e]+", '"my-tests/1.0"')


class UrlType(click.ParamType[Any]):
    """An http(s) URL."""

    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_web_url(value):
            self.fail(f'"{value}" is not a URL: write it as in https://shop.example', param, ctx)
        return str(value)


class TimeZoneType(click.ParamType[Any]):
    """A name of the time zone database, such as ``Europe/Madrid``."""

    name = "zone"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        if isinstance(value, ZoneInfo):
            return value
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f'there is no time zone "{value}": write Europe/Madrid or UTC', param, ctx)


class ShardType(click.ParamType[Any]):
    """``2/3``: the second of three parts."""

    name = "shard"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        return "I/N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Shard:
        # Imported here: only ``run`` has this option, and others share this module.
        from validator.run.shards import Shard

        if isinstance(value, Shard):
            return value
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", value)
        number, count = map(int, found.groups()) if found else (0, 0)
        if not 1 <= number <= count:
            self.fail(f'"{value}" is not a part of a run: write 1/3, 2/3 or 3/3', param, ctx)
        return Shard(number, count)


class LongChoice(click.Choice[Any]):
    """A choice with many values: a message suggests the nearest value instead of listing all."""

    def __init__(self, noun: str, choices: Iterable[str]) -> None:
        super().__init__(list(choices))
        self.noun = noun

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.choices:
            near = find_similar(str(value), map(str, self.choices))
            hint = f": did you mean {near}?" if near else "; --help lists them."
            self.fail(f'there is no {self.noun} "{value}"{hint}', param, ctx)
        return super().convert(value, param, ctx)


class ViewportType(click.ParamType[Any]):
    """``1280x720``: width and height in CSS pixels."""

    name = "viewport"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        return "WIDTHxHEIGHT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        width, _, height = str(value).lower().partition("x")
        sides = [int(side) if re.fullmatch(r"[0-9]{1,5}", side) else 0 for side in (width, height)]
        if not all(0 < side <= MAX_PIXELS for side in sides):
            self.fail(f'"{value}" is not a viewport: write 1280x720', param, ctx)
        return sides[0], sides[1]
