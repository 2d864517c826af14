"""A network backend that connects only to public IP addresses.

The check happens where connections are opened: the host name is resolved once, all of its
addresses must be public, and the checked address is the one that is dialled. Nothing else
opens a connection, so this also covers redirects, unusual spellings of an address and
names whose address changes between check and use (DNS rebinding).

`ipaddress.is_global` alone is wrong for multicast, NAT64, 6to4 and a few old blocks. So
reserved addresses are refused, and an IPv6 address that contains an IPv4 address is judged
by that. The blocks come from IANA's IPv4 and IPv6 Special-Purpose Address Registries.
"""

from __future__ import annotations

import asyncio
import functools
import select
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

from transforms.errors import OnrecordError

Resolve = Callable[[str, int], Awaitable[list[str]]]

_MAX_VETTED = 10_000
# Blocks that are not public although `is_global` may say so: the old 6to4 relay anycast,
# documentation and benchmarking, IPv6 site-local, local-use NAT64.
_REFUSED_BLOCKS = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "100::/64", "64:ff9b:1::/48", "2001::/23", "2001:db8::/32",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = IPv6Network("::/96")  # deprecated; some stacks still route it to the IPv4 host


class PrivateAddressError(OnrecordError):
    """A host name resolves to an address that is not public."""

    def __init__(self, host: str, address: str, port: int) -> None:
        super().__init__(host, address, port)
        self.host, self.address, self.port = host, address, port

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            f"{self.host} resolves to {self.address}, which is not public; to allow it, add "
            f"{host}:{self.port} to ONRECORD_ALLOW_HOSTS"
        )


class NameLookupError(OnrecordError):
    """A host name cannot be resolved; `is_temporary` if a later lookup may succeed."""

    def __init__(self, host: str, detail: str, *, is_temporary: bool = False) -> None:
        super().__init__(host, detail)
        self.host, self.detail, self.is_temporary = host, detail, is_temporary

    def __str__(self) -> str:
        return f"{self.host}: {self.detail}"


class Lookups:
    """Resolves host names in its own threads, so slow lookups block nothing else."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="lookup")

    async def __call__(self, host: str, port: int) -> list[str]:
        """Return the addresses of `host`, best first; raises OSError if it has none."""
        look_up = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def close(self) -> None:
        """Release the threads; lookups in progress end when the system gives up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that says at little cost whether there is something to read.

    The pool asks each idle connection whenever a request begins or ends. The library's own
    stream collects everything it knows about its socket each time.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._socket = stream.get_extra_info("socket")
        self._poll = select.poll()
        if self._socket is not None:
            self._poll.register(self._socket, select.POLLIN)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info != "is_readable":
            return self._stream.get_extra_info(info)
        is_open = self._socket is not None and self._socket.fileno() >= 0
        return bool(self._poll.poll(0)) if is_open else True  # to read a closed one ends at once


class ConnectGuard(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses and to explicitly allowed hosts.

    Attributes:
        allow_hosts: Hosts that may resolve to private addresses, as `host` or `host:port`
            in URL spelling ("127.0.0.1:8080", "[::1]:8080", "intranet.example").
    """

    def __init__(self, allow_hosts: Iterable[str] = (), *, resolve: Resolve) -> None:
        self.allow_hosts = frozenset(host.strip().lower() for host in allow_hosts)
        self._resolve = resolve
        self._backend = httpcore.AnyIOBackend()
        self._vetted: set[str] = set()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that accepts a connection.

        Raises:
            PrivateAddressError: One of its addresses is not public.
            NameLookupError: The host has no address.
            httpcore.ConnectError: No address accepts a connection.
            httpcore.ConnectTimeout: No address accepts one within `timeout` seconds each.
        """
        addresses = await self._resolve_and_check(host, port)
        last: Exception | None = None
        for address in addresses:
            try:
                return _Stream(
                    await self._backend.connect_tcp(
                        address, port, timeout, local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                last = exc
        if last is None:
            raise NameLookupError(host, "no address")
        raise last

    def has_vetted(self, host: str, port: int) -> bool:
        """Return whether `vet` would return without a lookup."""
        return host in self._vetted or self._allows(host, port)

    async def vet(self, host: str, port: int) -> None:
        """Check the name of `host` without connecting; raises as `connect_tcp` does.

        Each name is looked up once. This lets a request to a bad name fail before it waits
        for its turn; every connection is still checked when it is opened.
        """
        if self.has_vetted(host, port):
            return
        await self._resolve_and_check(host, port)
        if len(self._vetted) >= _MAX_VETTED:
            self._vetted.clear()
        self._vetted.add(host)

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds`, as the pool requires of its backend."""
        await asyncio.sleep(seconds)

    async def _resolve_and_check(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolve(host, port)
        except socket.gaierror as exc:
            is_temporary = exc.errno in {socket.EAI_AGAIN, socket.EAI_FAIL}
            raise NameLookupError(host, exc.strerror or "", is_temporary=is_temporary) from exc
        except (UnicodeError, OSError) as exc:
            raise NameLookupError(host, str(exc)) from exc
        if not self._allows(host, port):
            for address in addresses:
                if not is_public(address):
                    raise PrivateAddressError(host, address, port)
        return addresses

    def _allows(self, host: str, port: int) -> bool:
        name = f"[{host}]" if ":" in host else host.lower()
        return name in self.allow_hosts or f"{name}:{port}" in self.allow_hosts


def is_public(address: str) -> bool:
    """Return whether `address`, an IP address as text, is on the public internet.

    Text that is not an IP address is not public.

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public_ip(ip)


def _is_public_ip(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        carried = _embedded_ipv4(ip)
        if carried is not None:
            return _is_public_ip(carried)
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    return not any(ip.version == block.version and ip in block for block in _REFUSED_BLOCKS)


def _embedded_ipv4(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to `ip` reach, or None for plain IPv6."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip in _NAT64 or ip in _IPV4_COMPATIBLE:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
