"""The bundled shop, its payment page and a stand-in for Connectif, on three origins.

To import this package is cheap; only the servers need Flask (the extra ``demo``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from validator.core.errors import InputError
from validator.core.installation import install_command
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
    """Serve the shop on 127.0.0.1 until the block ends; port 0 is any free port.

    ``fault`` is a name from FAULTS. ``way`` is the flow of payments, such as
    ``out:tab,back:form``, which an order may override. Orders are stored in ``database``, or in a
    file that is deleted at the end. With ``api``, a local Connectif API records the purchases
    that the stand-in receives. Raises InputError for an unknown fault or flow, a port that cannot
    be used, or without Flask.
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
    """Serve the local Connectif API alone. Raises InputError as ``demo_servers`` does."""
    with _servers().serving_api(options) as api:
        yield api


def _servers() -> ModuleType:
    try:
        from validator.demo import servers
    except ModuleNotFoundError as error:
        raise InputError.single(
            "demo-not-installed",
            f"the bundled shop needs {error.name}, which is not installed",
            hint=install_command("demo"),
        ) from error
    return servers
