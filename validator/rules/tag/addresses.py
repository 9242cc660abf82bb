"""Rules on the addresses (URLs) in a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from validator.core.finding import Consequence, Severity
from validator.core.urls import find_site, is_local_host, is_web_url, split_credentials
from validator.rules.message_text import field_name
from validator.rules.references import API_ERROR_DOCS, CLIENT_SCRIPT_SOURCE, PRODUCT_DOCS
from validator.rules.rule import (
    ANY_TAG,
    NotEvaluable,
    Rule,
    RuleContext,
    Violation,
    iter_valid_texts,
    merge_per_tag,
)

_ODD_CHARACTER = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    r"<>\"\\]"
)
_CHARACTER_NAMES = {" ": "a space", "\n": "a line break", "\r": "a line break", "\t": "a tab"}


def _iter_urls(context: RuleContext) -> Iterator[tuple[int, str, str]]:
    for index, field, each in iter_valid_texts(context):
        if field.format == "cn-url":
            yield index, each.pointer, each.text


def url_odd_character(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_odd_characters(context))


def _find_odd_characters(context: RuleContext) -> Iterator[Violation]:
    for index, at, url in _iter_urls(context):
        if found := _ODD_CHARACTER.search(url):
            yield Violation(
                f'{field_name(at)} "{_strip_login(url)}" contains {_describe_character(found[0])}.',
                tag=index,
                pointer=at,
                expected="an address with only the characters that addresses may have",
                actual=_strip_login(url),
                severity=Severity.WARNING,
            )


def _describe_character(character: str) -> str:
    if character in _CHARACTER_NAMES:
        return _CHARACTER_NAMES[character]
    return f'"{character}"' if character.isprintable() else f"U+{ord(character):04X}"


def url_with_login(context: RuleContext) -> Iterator[Violation]:
    for index, at, url in _iter_urls(context):
        if split_credentials(url)[1]:
            bare = _strip_login(url)
            yield Violation(
                f"{field_name(at)} contains a user name or password before {bare}.",
                tag=index,
                pointer=at,
                expected=bare,
                actual="the address with a user name or password",
            )


def _strip_login(url: str) -> str:
    return split_credentials(url)[0]


def url_begins_twice(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_second_beginnings(context))


def _find_second_beginnings(context: RuleContext) -> Iterator[Violation]:
    for index, at, url in _iter_urls(context):
        if start := _find_second_beginning(url, is_page=at.rpartition("/")[2] == "url"):
            bare = _strip_login(url)
            yield Violation(
                f'{field_name(at)} "{bare}" has the beginning of an address twice.',
                tag=index,
                pointer=at,
                expected=_strip_login(start),
                actual=bare,
                severity=Severity.ERROR,
            )


def _find_second_beginning(url: str, *, is_page: bool) -> str:
    """Return the address that an address has inside, in place of its path; "" for none.

    Services that resize images have addresses of other hosts as their path.
    """
    host = _host(url)
    rest = url.partition("://")[2]
    path = rest[len(re.split(r"[/?#]", rest, maxsplit=1)[0]) :]
    if host in ("http", "https") or (host.endswith(("http", "https")) and "//" in path):
        scheme = "https" if host.endswith("https") else "http"
        return f"{scheme}://{path.lstrip('/:')}"
    if found := re.search(r"/https?:/+", unquote(path.partition("?")[0]), re.IGNORECASE):
        inner = unquote(path.partition("?")[0])[found.start() :].lstrip("/")
        is_again = _same_host(_host_of_text(inner), host)
        return inner if is_again or (is_page and not found.start()) else ""
    half = host[: len(host) // 2]
    if host == half * 2 and "." in half.strip("."):
        return f"{url.partition('://')[0]}://{half}{path}"
    if found := re.match(r"/+([^/?#]+)", path):
        is_again = _same_host(found[1].lower(), host) and "." in host
        return f"{url.partition('://')[0]}://{path.lstrip('/')}" if is_again else ""
    return ""


def _host_of_text(url: str) -> str:
    return re.split(r"[/?#:]", re.sub(r"^\w+:/+", "", url), maxsplit=1)[0].lower()


def _same_host(one: str, other: str) -> bool:
    return one.removeprefix("www.") == other.removeprefix("www.")


def url_only_local(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_local_urls(context))


def _find_local_urls(context: RuleContext) -> Iterator[Violation]:
    for index, at, url in _iter_urls(context):
        if is_local_host(host := _host(url)) and not is_local_host(_page_host(context)):
            yield Violation(
                f'{field_name(at)} "{_strip_login(url)}" is on {host}, which only '
                "the shop's own network knows.",
                tag=index,
                pointer=at,
                expected="an address on the public web",
                actual=_strip_login(url),
                severity=Severity.WARNING,
            )


def url_of_another_site(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_other_site_urls(context))


def _find_other_site_urls(context: RuleContext) -> Iterator[Violation]:
    for index, at, url in _iter_urls(context):
        # Images often come from another host.
        if at.rpartition("/")[2] != "url":
            continue
        page, host = _page_host(context), _host(url)
        if is_local_host(page):
            return
        if not is_local_host(host) and find_site(url) != find_site(context.capture.url):
            yield Violation(
                f"{field_name(at)} is on {host}, but the page is on {page}.",
                tag=index,
                pointer=at,
                expected=f"an address on {page}, or on another domain the store has authorised",
                actual=_strip_login(url),
                severity=Severity.INFO,
            )


def _page_host(context: RuleContext) -> str:
    """Return the host of the page. Raises NotEvaluable for a file or standard input."""
    if not is_web_url(context.capture.url):
        raise NotEvaluable("the web address of the page is not known")
    return _host(context.capture.url)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


RULES = (
    Rule(
        "url-odd-character",
        "An address contains a space or another character that addresses do not have",
        Severity.WARNING,
        Consequence.ADVICE,
        "The address is recorded as it is. Browsers repair it, but an e-mail program may end the "
        "link there. Letters such as é need no encoding: Connectif wants addresses unencoded.",
        "Write the address on one line, with a hyphen or %20 instead of each space.",
        PRODUCT_DOCS,
        url_odd_character,
        before='<span class="url">https://example.org/my mug</span>',
        after='<span class="url">https://example.org/my-mug</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "url-begins-twice",
        "An address has its beginning twice",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The shop's own address was put before an address that is complete already. The link in "
        "an e-mail leads nowhere.",
        "Put the shop's address only before paths, or build the address by a function that knows "
        "both.",
        PRODUCT_DOCS,
        url_begins_twice,
        before='<span class="url">https://example.orghttps://example.org/mug</span>',
        after='<span class="url">https://example.org/mug</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "url-with-login",
        "An address contains a user name or password",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The address is recorded, and sent to customers in links.",
        "Leave the user name and password out of the addresses that the shop builds.",
        CLIENT_SCRIPT_SOURCE,
        url_with_login,
        before='<span class="url">https://shop:s3cret@example.org/mug</span>',
        after='<span class="url">https://example.org/mug</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "url-only-local",
        "An address leads to a machine that only the shop's own network knows",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The page is on the public web, and so are its customers: they cannot open this address.",
        "Build addresses from the shop's public host name, not from the server's internal one.",
        CLIENT_SCRIPT_SOURCE,
        url_only_local,
        before='<span class="url">http://localhost:8080/mug</span>',
        after='<span class="url">https://example.org/mug</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "url-of-another-site",
        "A product is on another domain than the page",
        Severity.INFO,
        Consequence.ADVICE,
        "Connectif's API refuses products whose address is on a domain that the store has not "
        "authorised (E0103). A test shop that writes addresses of the live shop is a frequent "
        "cause.",
        "Check that the domain is one of the store's authorised domains. If it is, this is fine.",
        API_ERROR_DOCS,
        url_of_another_site,
        before='<span class="url">https://example.com/mug</span> on https://example.org/thanks',
        after='<span class="url">https://example.org/mug</span> on https://example.org/thanks',
        tags=ANY_TAG,
    ),
)
