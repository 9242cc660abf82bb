"""Starts the servers in threads and stops them."""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from validator.core.document import Location
from validator.core.errors import InputError
from validator.demo.api.app import create_api
from validator.demo.api.fault_injector import FaultInjector
from validator.demo.api.options import FULL_ACCESS_KEY, ApiOptions
from validator.demo.api.received_purchases import record_purchases
from validator.demo.api.store import ApiStore
from validator.demo.bank import BankSettings, create_bank
from validator.demo.card_issuer import create_issuer
from validator.demo.collector import create_collector
from validator.demo.faults import find_fault
from validator.demo.inbox import Inbox, Payload
from validator.demo.orders import Orders
from validator.demo.server_settings import Api, Demo, DemoOptions, ShopSettings
from validator.demo.shop import create_shop

_HOST = "127.0.0.1"
_PORT_OPTIONS = ("--shop-port", "--payment-port", "--collector-port")


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Log nothing: the terminal is for the report."""


@contextmanager
def serving(options: DemoOptions) -> Iterator[Demo]:
    """Serve as ``demo_servers`` describes. All ports are open before the applications start."""
    fault = find_fault(options.fault)
    with ExitStack() as stack:
        listeners = [
            stack.enter_context(closing(_open_port(port, option)))
            for port, option in zip(options.ports, _PORT_OPTIONS, strict=True)
        ]
        # The issuer of the card has an origin of its own, on any free port.
        listeners.append(stack.enter_context(closing(_open_port(0, ""))))
        shop, payment, collector, issuer = (listener.getsockname()[1] for listener in listeners)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cn-shop-")))
        orders, inbox = Orders(options.database or folder / "orders.sqlite"), Inbox()
        api = stack.enter_context(serving_api(options.api)) if options.api else None
        demo = Demo(
            shop_url=f"http://{_HOST}:{shop}",
            # For a browser and its cookies, another name of the machine is another site.
            payment_url=f"http://localhost:{payment}",
            collector_url=f"http://{_HOST}:{collector}",
            _orders=orders,
            _inbox=inbox,
            api=api,
        )
        settings = ShopSettings(
            orders=orders,
            fault=fault,
            payment_url=demo.payment_url,
            collector_url=demo.collector_url,
            session_secret=secrets.token_hex(),
            bank_secret=secrets.token_hex(),
            way=options.way,
        )
        bank = BankSettings(
            fault.payment_return or options.payment_return,
            settings.bank_secret,
            own_url=demo.payment_url,
            issuer_url=f"http://{_HOST}:{issuer}",
        )
        apps = (
            create_shop(settings),
            create_bank(bank),
            create_collector(
                inbox, fault.configuration, *([_record_payloads_in(api)] if api else [])
            ),
            create_issuer(),
        )
        for listener, app in zip(listeners, apps, strict=True):
            stack.enter_context(_run_server(app, listener))
        yield demo


@contextmanager
def serving_api(options: ApiOptions) -> Iterator[Api]:
    """Serve the local API. Raises InputError for a port or a file that cannot be used."""
    with ExitStack() as stack:
        listener = stack.enter_context(closing(_open_port(options.port, "--api-port")))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cn-api-")))
        path = options.state or folder / "api.sqlite"
        try:
            store = ApiStore(path)
        except sqlite3.Error as error:
            raise InputError.single(
                "api-state",
                f"the API cannot store its state in this file: {error}",
                Location(str(path)),
                hint="name a new file, or a state file of the API, in a folder you may write to",
            ) from error
        misbehaviour = FaultInjector(options.trouble)
        stack.enter_context(_run_server(create_api(options, store, misbehaviour), listener))
        stack.callback(misbehaviour.stop)
        url = f"http://{_HOST}:{listener.getsockname()[1]}"
        yield Api(url, FULL_ACCESS_KEY, store, misbehaviour.wait_for_request)


def _record_payloads_in(api: Api) -> Callable[[Payload], None]:
    return lambda payload: record_purchases(payload, api.store)


def _open_port(port: int, option: str) -> socket.socket:
    """Open a port. Connections from now on wait until the server accepts them."""
    if not 0 <= port <= 65_535:
        raise _port_error(port, option, "ports are numbers from 0 to 65535")
    try:
        return socket.create_server((_HOST, port))
    except OSError as error:
        raise _port_error(port, option, os.strerror(error.errno or 0)) from error


def _port_error(port: int, option: str, reason: str) -> InputError:
    return InputError.single(
        "port-unusable",
        f"port {port} of {_HOST} cannot be used: {reason}",
        hint=f"choose another port with {option}, or 0 for any free one",
    )


@contextmanager
def _run_server(app: Flask, listener: socket.socket) -> Iterator[None]:
    server = make_server(
        _HOST, 0, app, threaded=True, request_handler=_QuietHandler, fd=listener.fileno()
    )
    # To stop takes at most this interval, in seconds.
    thread = Thread(target=server.serve_forever, args=(0.03,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
