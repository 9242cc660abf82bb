"""PageOptions → what Playwright's ``new_context`` takes."""

from __future__ import annotations

from typing import Any

from validator.core.page_options import Geolocation, PageOptions, Proxy


def context_settings(page: PageOptions) -> dict[str, Any]:
    """Return the settings that are the same for every origin."""
    settings = {
        "viewport": page.viewport and {"width": page.viewport[0], "height": page.viewport[1]},
        "user_agent": page.user_agent,
        "locale": page.locale,
        "timezone_id": page.timezone,
        "geolocation": page.geolocation and _position(page.geolocation),
        "storage_state": page.storage_state,
        "ignore_https_errors": page.ignore_https_errors,
        "proxy": page.proxy and _proxy(page.proxy),
    }
    return {name: value for name, value in settings.items() if value}


def build_client_certificates(page: PageOptions, origin: str) -> list[dict[str, Any]]:
    """Return the certificate for an origin, as Playwright takes it; [] without one."""
    if page.client_certificate is None:
        return []
    certificate = page.client_certificate
    said = {
        "origin": origin,
        "certPath": certificate.cert,
        "keyPath": certificate.key,
        "pfxPath": certificate.pfx,
        "passphrase": certificate.passphrase,
    }
    return [{name: value for name, value in said.items() if value}]


def build_permissions(page: PageOptions) -> list[str]:
    """Return what the shop may do without asking: where it is told the place, it may know it."""
    asked = [*page.permissions, *(["geolocation"] if page.geolocation else [])]
    return list(dict.fromkeys(asked))


def _position(position: Geolocation) -> dict[str, float]:
    return {
        "latitude": position.latitude,
        "longitude": position.longitude,
        "accuracy": position.accuracy,
    }


def _proxy(proxy: Proxy) -> dict[str, str]:
    user, password = proxy.credentials or ("", "")
    said = {
        "server": proxy.server,
        "bypass": proxy.bypass,
        "username": user,
        "password": password,
    }
    return {name: value for name, value in said.items() if value}
