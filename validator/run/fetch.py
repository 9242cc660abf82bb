"""A page as the server sends it, fetched without a browser and without running scripts."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import httpx

from validator.core.capture import (
    Breakdown,
    Capture,
    Reason,
    describe_non_page,
    hint_for_status,
    reason_for_status,
    utc_timestamp,
)
from validator.core.page_options import PageOptions
from validator.core.urls import parse_origin, split_credentials
from validator.html.encoding import decode_html
from validator.page.static_capture import capture_html

MAX_BYTES = 20_000_000


def fetch_page(
    url: str, options: PageOptions, timeout_ms: float, names: Sequence[str]
) -> Capture | Breakdown:
    """Fetch a page and capture its tags. Headers, cookies and credentials stay on its origin.

    ``timeout_ms`` is for the whole answer, including redirects. Not for use in an event loop.
    """
    return asyncio.run(_fetch_page(url, options, timeout_ms / 1000, names))


async def _fetch_page(
    url: str, options: PageOptions, timeout: float, names: Sequence[str]
) -> Capture | Breakdown:
    try:
        # The timeout of httpx is for each read, so a slow server would never exceed it.
        async with (
            asyncio.timeout(timeout),
            _client(url, options) as client,
            client.stream("GET", url) as response,
        ):
            if broken := _http_error_breakdown(response):
                return broken
            content = await _read_limited(response)
    except httpx.TooManyRedirects:
        message = "the page redirects without end"
        return Breakdown(Reason.REDIRECT_LOOP, f"{url}: {message}", url=url)
    except TimeoutError:
        message = f"no whole answer within {timeout:g} s"
        return Breakdown(Reason.TIMEOUT, f"{url}: {message}", url=url)
    # UnicodeError: a redirect to a host with an empty or too long label.
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return Breakdown(Reason.UNREACHABLE, f"{url}: {error}", url=url)
    address, _ = split_credentials(str(response.url))
    if reason := describe_non_page(response.headers.get("content-type"), is_empty=not content):
        return Breakdown(Reason.NOT_A_PAGE, f"{address} {reason}", url=url)
    html = decode_html(content, response.charset_encoding)
    capture = capture_html(html, address, names=names, status=response.status_code)
    return replace(capture, seen_at=utc_timestamp())


def _client(url: str, options: PageOptions) -> httpx.AsyncClient:
    headers = dict(options.headers)
    if options.user_agent:
        headers["user-agent"] = options.user_agent
    if options.locale:
        headers["accept-language"] = options.locale
    return httpx.AsyncClient(
        verify=_tls_context(options),
        headers=headers,
        cookies=dict(options.cookies),
        auth=options.credentials_for(parse_origin(url)),
        follow_redirects=True,
        timeout=None,  # noqa: S113 - asyncio.timeout limits the whole request
        event_hooks={
            "request": [_strip_private_headers_off_origin(url, {*options.headers, "cookie"})]
        },
    )


def _tls_context(options: PageOptions) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if options.ignore_https_errors:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    certificate = options.client_certificate
    if certificate and certificate.cert:
        context.load_cert_chain(certificate.cert, certificate.key, certificate.passphrase)
    return context


async def _read_limited(response: httpx.Response) -> bytes:
    """Read the body up to a size that no order confirmation has, to limit the memory used."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        if len(content) + len(chunk) > MAX_BYTES:
            break
        content += chunk
    return bytes(content)


def _strip_private_headers_off_origin(
    home: str, private: set[str]
) -> Callable[[httpx.Request], Awaitable[None]]:
    """Return a hook that removes private headers from requests to other origins."""

    async def strip(request: httpx.Request) -> None:
        if parse_origin(str(request.url)) != parse_origin(home):
            for name in private:
                request.headers.pop(name, None)

    return strip


def _http_error_breakdown(response: httpx.Response) -> Breakdown | None:
    reason = reason_for_status(response.status_code)
    url, _ = split_credentials(str(response.url))
    if reason is None:
        return None
    return Breakdown(
        reason,
        f"{url} answered HTTP {response.status_code}",
        url=url,
        hint=hint_for_status(response.status_code),
    )
