"""The bundled shop, its payment page and a stand-in for Connectif, on three origins.

Importing this costs nothing; Flask (the extra ``demo``) is needed to start the servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from validator.core.errors import InputError
from validator.demo.api.options import ApiOptions
from validator.demo.faults import FAULTS, PaymentReturn, find_scenario_label
from validator.demo.payment_flow import parse_flow
from validator.demo.server_settings import Api, Demo, DemoOptions

__all__ = [
    "FAULTS",
    "Api",
    "ApiOptions",
    "Demo",
    "PaymentReturn",
    "api_server",
    "demo_servers",
    "find_scenario_label",
]


@contextmanager
def demo_servers(  # noqa: PLR0913 - each is an option of its own, by keyword
    *,
    fault: str | None = None,
    payment_return: PaymentReturn = "automatic",
    shop_port: int = 0,
    payment_port: int = 0,
    collector_port: int = 0,
    database: Path | None = None,
    api: ApiOptions | None = None,
    way: str = "",
) -> Iterator[Demo]:
    """Serve the shop on 127.0.0.1 until the block is left; port 0 is any free one.

    ``fault`` is a name from FAULTS; ``way`` says how payments go, as in ``out:tab,back:form``,
    and each order may say otherwise. Orders go to ``database``, or to a file that is deleted.
    With ``api``, a local Connectif API knows the purchases that the stand-in receives.
    Raises InputError for an unknown fault, a port that cannot be used, or no Flask.
    """
    servers = _servers()
    try:
        chosen = parse_flow(way)
    except ValueError as error:
        raise InputError.single(
            "unknown-way", str(error), hint="such as out:tab,back:form"
        ) from error
    ports = (shop_port, payment_port, collector_port)
    options = DemoOptions(fault, payment_return, ports, database, api, chosen)
    with servers.serving(options) as demo:
        yield demo


@contextmanager
def api_server(options: ApiOptions) -> Iterator[Api]:
    """Serve the local Connectif API alone. Raises InputError likewise."""
    with _servers().serving_api(options) as api:
        yield api


def _servers() -> ModuleType:
    try:
        from validator.demo import servers
    except ModuleNotFoundError as error:
        raise InputError.single(
            "demo-not-installed",
            f"the bundled shop needs {error.name}, which is not installed",
            hint="pip install 'cn-tag-validator[demo]'",
        ) from error
    return servers
