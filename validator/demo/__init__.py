"""The bundled shop, its payment page and a stand-in for Connectif, on three origins.

Importing this costs nothing; Flask (the extra ``demo``) is needed to start the servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from validator.demo.faults import FAULTS, PaymentReturn, label_that_shows
from validator.demo.settings import Demo, DemoOptions
from validator.demo.way import parse_way
from validator.errors import InputError

__all__ = ["FAULTS", "Demo", "PaymentReturn", "demo_servers", "label_that_shows"]


@contextmanager
def demo_servers(  # noqa: PLR0913 - options of one command, each with a default
    *,
    fault: str | None = None,
    payment_return: PaymentReturn = "automatic",
    shop_port: int = 0,
    payment_port: int = 0,
    collector_port: int = 0,
    database: Path | None = None,
    way: str = "",
) -> Iterator[Demo]:
    """Serve the shop on 127.0.0.1 until the block is left; port 0 is any free one.

    ``fault`` is a name from FAULTS; ``way`` says how payments go, as in ``out:tab,back:form``,
    and each order may say otherwise. Orders go to ``database``, or to a file that is deleted.
    Raises InputError for an unknown fault, a port that cannot be used, or no Flask.
    """
    try:
        from validator.demo import servers
    except ModuleNotFoundError as error:
        raise InputError.single(
            "demo-not-installed",
            f"the bundled shop needs {error.name}, which is not installed",
            hint="pip install 'cn-tag-validator[demo]'",
        ) from error
    try:
        chosen = parse_way(way)
    except ValueError as error:
        raise InputError.single(
            "unknown-way", str(error), hint="such as out:tab,back:form"
        ) from error
    ports = (shop_port, payment_port, collector_port)
    with servers.serving(DemoOptions(fault, payment_return, ports, database, chosen)) as demo:
        yield demo
