"""Reads the settings of the browser from all layers into PageOptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from validator.core.document import Json
from validator.core.page_options import (
    LANGUAGE_TAG,
    MAX_PIXELS,
    UNSAFE_HEADER,
    ClientCertificate,
    Geolocation,
    PageOptions,
    Proxy,
)
from validator.core.urls import is_web_url
from validator.scenario.expand.scope import Scope
from validator.scenario.settings.setting_layers import SettingLayers, resolve_path
from validator.scenario.syntax.node import Node
from validator.scenario.syntax.schema_messages import did_you_mean

_LANGUAGE_TAG = re.compile(LANGUAGE_TAG, re.ASCII)
_VIEWPORT = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", re.ASCII)
_HEADER_VALUE = re.compile(r"[\x20-\x7e\x80-\xff]*")


def parse_page_options(layers: SettingLayers, scope: Scope) -> PageOptions:
    """Read all settings of the browser context that some layer has."""
    read: Mapping[str, Callable[[Node, Scope], Any]] = {
        "device": _text,
        "viewport": _viewport,
        "user_agent": _text,
        "locale": parse_locale,
        "timezone": _timezone,
        "geolocation": _geolocation,
        "storage_state": _path,
        "proxy": _proxy,
        "http_auth": _parse_credentials,
        "ignore_https_errors": lambda node, _scope: node.data is True,
        "client_certificate": _client_certificate,
    }
    said = {key: reader(node, scope) for key, reader in read.items() if (node := layers.get(key))}
    return PageOptions(
        permissions=tuple(dict.fromkeys(each.text for each in layers.listed("permissions"))),
        block=tuple(dict.fromkeys(scope.resolve_now(each) for each in layers.listed("block"))),
        headers=_parse_mapping(layers.merged("headers"), scope, _header),
        cookies=_parse_mapping(layers.merged("cookies"), scope, Scope.resolve_secret),
        credentials=said.pop("http_auth", None),
        **said,
    )


def parse_base_url(node: Node | None, scope: Scope) -> str | None:
    if node is None:
        return None
    url = scope.resolve_now(node)
    if url and not is_web_url(url):
        message = f'"base_url" must be an http(s) URL, not "{url}"'
        hint = "Such as: base_url: https://shop.example"
        scope.context.problems.add("bad-url", message, node, hint)
    return url


def parse_locale(node: Node, scope: Scope) -> str:
    tag = scope.resolve_now(node)
    if tag and not _LANGUAGE_TAG.fullmatch(tag):
        message = f'"{tag}" is not a valid language tag'
        scope.context.problems.add("bad-locale", message, node, "Write it as in: locale: es-ES")
    return tag


def _text(node: Node, scope: Scope) -> str:
    return scope.resolve_now(node)


def _path(node: Node, scope: Scope) -> Any:
    return resolve_path(node, scope.resolve_now(node))


def _parse_mapping(
    nodes: Mapping[str, Node], scope: Scope, read: Callable[[Scope, Node], str]
) -> Mapping[str, str]:
    return MappingProxyType({name: read(scope, node) for name, node in nodes.items()})


def _header(scope: Scope, node: Node) -> str:
    value, name = scope.resolve_secret(node), node.at.rpartition("/")[2]
    if UNSAFE_HEADER.fullmatch(name):
        message, hint = f"{name} is set by the browser itself", "Remove it."
        scope.context.problems.add("bad-header", message, node, hint, by_key=True)
    if not _HEADER_VALUE.fullmatch(value):
        # The value may be a secret: the message does not repeat it.
        message = f"the value of {name} has characters that are not allowed in an HTTP header"
        scope.context.problems.add(
            "bad-header", message, node, "Write it on one line of Latin text."
        )
    return value


def _viewport(node: Node, scope: Scope) -> tuple[int, int]:
    text = scope.resolve_now(node)
    found = _VIEWPORT.fullmatch(text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 0 < max(width, height) <= MAX_PIXELS:
        message = f'"{text}" is not a valid viewport'
        hint = "Write width and height as in: viewport: 1280x720"
        scope.context.problems.add("bad-viewport", message, node, hint)
    return width, height


def _timezone(node: Node, scope: Scope) -> str:
    # Imported here: few scenarios have a time zone.
    from zoneinfo import ZoneInfo, available_timezones

    name = scope.resolve_now(node)
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # On a machine without a list of time zones, the browser reports it.
        if name and (known := available_timezones()):
            message = f'there is no time zone "{name}"{did_you_mean(name, known)}'
            hint = "Write it as in: timezone: Europe/Madrid"
            scope.context.problems.add("bad-timezone", message, node, hint)
    return name


def _geolocation(node: Node, _scope: Scope) -> Geolocation:
    return Geolocation(**{name: _number(value.data) for name, value in node.items().items()})


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _parse_credentials(node: Node, scope: Scope) -> tuple[str, str]:
    return scope.resolve_secret(node["user"]), scope.resolve_secret(node["password"])


def _client_certificate(node: Node, scope: Scope) -> ClientCertificate:
    def path(name: str) -> Path | None:
        each = node.get(name)
        if each is None:
            return None
        found = resolve_path(each, scope.resolve_now(each))
        if not found.is_file():
            message = f"there is no file {found}"
            hint = "Name the file relative to the folder of this one."
            scope.context.problems.add("bad-client-certificate", message, each, hint)
        return found

    passphrase = node.get("passphrase")
    return ClientCertificate(
        path("cert"),
        path("key"),
        path("pfx"),
        scope.resolve_secret(passphrase) if passphrase else None,
    )


def _proxy(node: Node, scope: Scope) -> Proxy:
    address = node.get("server") or node
    server, bypass = scope.resolve_now(address), node.get("bypass")
    if not _is_proxy(server):
        message = f'"{server}" is not a valid proxy address'
        hint = "Such as: proxy: http://proxy.example:3128"
        scope.context.problems.add("bad-proxy", message, address, hint)
    return Proxy(
        server,
        ",".join(scope.resolve_now(each) for each in bypass or ()),
        _parse_credentials(node, scope) if "user" in node else None,
    )


def _is_proxy(text: str) -> bool:
    scheme, mark, rest = text.partition("://")
    if scheme not in ("http", "https", "socks5") or not mark:
        return False
    address = f"http://{rest}"
    return is_web_url(address) and "@" not in rest and urlsplit(address).path in ("", "/")
