"""Which network addresses a fetcher may dial: a decision without any network.

`ipaddress.is_global` alone is wrong for multicast, NAT64, 6to4 and a few old blocks, so
an IPv6 address that carries an IPv4 address is judged by that one too, and what is
reserved is refused. Registry: IANA IPv4 and IPv6 Special-Purpose Address Registries.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

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
