"""A network backend that dials public addresses only.

The check stands where the connection is made: the name is resolved once, every answer
must be public, and the address that was checked is the one that is dialled. Redirects,
odd spellings of an address and names that change their answer between check and use
(DNS rebinding) are covered by that, because nothing else opens a connection.

Which network addresses a fetcher may dial: a decision without any network.

`ipaddress.is_global` alone is wrong for multicast, NAT64, 6to4 and a few old blocks, so
an IPv6 address that carries an IPv4 address is judged by that one too, and what is
reserved is refused. Registry: IANA IPv4 and IPv6 Special-Purpose Address Registries.
"""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

Resolve = Callable[[str, int], Awaitable[list[str]]]

_VETTED_KEPT = 10_000


class PrivateAddressError(Exception):
    """A name leads to an address that is not public."""


class NameLookupError(Exception):
    """A name has no address; `is_temporary` where the name server may answer later."""

    def __init__(self, host: str, detail: str, *, is_temporary: bool) -> None:
        super().__init__(host, detail)
        self.host, self.detail, self.is_temporary = host, detail, is_temporary


class Lookups:
    """Looks names up in threads of its own, so that a few dead names hold up no other."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="lookup")

    async def __call__(self, host: str, port: int) -> list[str]:
        """Return the addresses of `host`, best first; raises OSError where it has none."""
        look_up = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def close(self) -> None:
        """Let the threads go; a lookup under way ends when the system gives it up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class ConnectGuard(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses and to the hosts that are allowed by name.

    Attributes:
        allow_hosts: `host` or `host:port` as an address writes them ("127.0.0.1:8080",
            "[::1]:8080", "intranet.example"); these may be private.
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
        """Connect to the first address of `host` that answers.

        Raises:
            PrivateAddressError: One of its addresses is not public.
            NameLookupError: It has no address.
            httpcore.ConnectError: None of its addresses accepts a connection.
            httpcore.ConnectTimeout: None does so within `timeout` seconds each.
        """
        addresses = await self._checked(host, port)
        last: Exception | None = None
        for address in addresses:
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                last = exc
        if last is None:
            raise NameLookupError(host, "no address", is_temporary=False)
        raise last

    def has_vetted(self, host: str, port: int) -> bool:
        """Whether `vet` would have nothing to say."""
        return host in self._vetted or self._allows(host, port)

    async def vet(self, host: str, port: int) -> None:
        """Raise what connecting to `host` would raise for its name's sake; connect nowhere.

        A name is looked up for it once. That spares whoever asks the wait for a turn: the
        check that counts is still the one of each connection.
        """
        if self.has_vetted(host, port):
            return
        await self._checked(host, port)
        if len(self._vetted) >= _VETTED_KEPT:
            self._vetted.clear()
        self._vetted.add(host)

    async def sleep(self, seconds: float) -> None:
        """Wait; the pool asks its backend for it."""
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolve(host, port)
        except socket.gaierror as exc:
            is_temporary = exc.errno in {socket.EAI_AGAIN, socket.EAI_FAIL}
            raise NameLookupError(host, exc.strerror or "", is_temporary=is_temporary) from exc
        except (UnicodeError, OSError) as exc:
            raise NameLookupError(host, str(exc), is_temporary=False) from exc
        if not self._allows(host, port):
            for address in addresses:
                if not is_public(address):
                    raise PrivateAddressError(f"{host} leads to {address}")
        return addresses

    def _allows(self, host: str, port: int) -> bool:
        name = f"[{host}]" if ":" in host else host.lower()
        return name in self.allow_hosts or f"{name}:{port}" in self.allow_hosts


# Blocks that `is_global` calls public although nothing public answers there: the old
# 6to4 relay anycast, documentation and benchmarking, IPv6 site-local, local-use NAT64.
_REFUSED = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "100::/64", "64:ff9b:1::/48", "2001::/23", "2001:db8::/32",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")  # deprecated, still routed to the IPv4 host by some stacks


def is_public(address: str) -> bool:
    """Return whether `address`, an IP address in text, is one of the open internet.

    What cannot be read as an address is not public.

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        carried = _carried(ip)
        if carried is not None:
            return _is_public(carried)
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    return not any(ip.version == block.version and ip in block for block in _REFUSED)


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a packet for `ip` ends up at, None for plain IPv6."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip in _NAT64 or ip in _COMPATIBLE:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
