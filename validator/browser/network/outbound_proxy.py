"""A proxy on this machine that lets a browser's context reach allowed hosts only.

Everything that a context sends goes through its proxy: documents, fetch, WebSockets, beacons,
workers. The proxy resolves names itself, so that a name cannot be checked as one address and used
as another.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address
from urllib.parse import urlsplit

_CHUNK_BYTES = 65_536
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_UNREACHABLE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_CONNECTED = b"HTTP/1.1 200 Connection Established\r\n\r\n"
_OF_CONNECTION = ("connection:", "proxy-connection:", "proxy-authorization:", "keep-alive:")
_PORTS = {"http": 80, "https": 443}


class HostRefusedError(Exception):
    """A host, or the address that its name leads to, is not allowed."""


@dataclass(slots=True)
class _OutboundProxy:
    """``trusted`` names the shop's host, which may be on a private address."""

    allow: Callable[[str], bool]
    trusted: str
    hosts: Mapping[str, str]
    pinned: dict[str, frozenset[str]] = field(default_factory=dict)
    """Host → the addresses of its first resolution: a later one leads nowhere else."""
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self.connections.add(task)
            task.add_done_callback(self.connections.discard)
        try:
            await self._answer(reader, writer)
        except HostRefusedError:
            writer.write(_REFUSED)
        except ValueError:  # not a request, or one with a head that is too long
            writer.write(_REFUSED)
        except (OSError, asyncio.IncompleteReadError):
            if not writer.is_closing():
                writer.write(_UNREACHABLE)
        finally:
            await _close(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.LimitOverrunError as error:
            raise ValueError from error
        request, *headers = head.removesuffix("\r\n\r\n").split("\r\n")
        method, target, version = request.split(" ", 2)
        is_tunnel = method == "CONNECT"
        url = urlsplit(f"https://{target}" if is_tunnel else target)
        if not url.hostname or url.scheme not in _PORTS:
            raise ValueError
        port = url.port or _PORTS[url.scheme]
        from_server, to_server = await self._connect(url.hostname.lower(), port)
        try:
            if is_tunnel:
                writer.write(_CONNECTED)
            else:
                path = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
                path = path if path.startswith("/") else f"/{path}"
                kept = [each for each in headers if not each.lower().startswith(_OF_CONNECTION)]
                # Without keep-alive, each request has a connection that leads to its own host.
                lines = (f"{method} {path} {version}", *kept, "Connection: close", "", "")
                to_server.write("\r\n".join(lines).encode("latin-1"))
            await _pump_both(reader, writer, from_server, to_server)
        finally:
            await _close(to_server)

    async def _connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not self.allow(host):
            raise HostRefusedError
        address, port, is_certain = self._map(host, port)
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(address, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not is_certain:
            pinned = self.pinned.setdefault(host, frozenset(addresses))
            addresses = [
                each
                for each in addresses
                if ip_address(each).is_global or (host == self.trusted and each in pinned)
            ]
        if not addresses:
            raise HostRefusedError
        errors = []
        for each in addresses:
            try:
                return await asyncio.open_connection(each, port)
            except OSError as error:
                errors.append(error)
        raise errors[0]

    def _map(self, host: str, port: int) -> tuple[str, int, bool]:
        """Return address and port of a host, and whether the user has named the address."""
        for name, mapped in self.hosts.items():
            if fnmatchcase(host, name.lower()):
                parts = urlsplit(f"//{mapped}")
                return parts.hostname or host, parts.port or port, True
        with suppress(ValueError):
            return str(ip_address(host)), port, True
        return host, port, False


@asynccontextmanager
async def outbound_proxy(
    allow: Callable[[str], bool], trusted: str, hosts: Mapping[str, str]
) -> AsyncIterator[str]:
    """Run a proxy; yield its address, such as ``http://127.0.0.1:41234``.

    ``allow`` tells of a host in lower case whether it may be reached. A name that leads to a
    private address is refused, except for ``trusted`` at the addresses that it first had; an
    address that is a host itself, or is in ``hosts``, is the user's own choice.
    """
    proxy = _OutboundProxy(allow, trusted, hosts)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tuple(proxy.connections):
            task.cancel()
        await asyncio.gather(*proxy.connections, return_exceptions=True)


async def _pump_both(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    from_server: asyncio.StreamReader,
    to_server: asyncio.StreamWriter,
) -> None:
    """Pass on bytes both ways until the server has ended."""
    sending = asyncio.create_task(_pump(reader, to_server))
    try:
        await _pump(from_server, writer)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):  # either side may have moved on
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.close()
        await writer.wait_closed()
