"""HTTP that only reaches the public internet: a URL in a journey must not open a door to what stands beside us (SSRF).

Names are looked up first, every address is checked, and the connection goes to a checked address: what a name means cannot
change in between.
"""

import asyncio
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA gives out for the public internet. What lies outside is local, or wraps an IPv4 address in some other way."""

_SPECIAL = (IPv6Network("3fff::/20"), IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"))
"""Not public although Python says so: documentation (RFC 9637), 6to4 relays (RFC 7526), the host of a machine at Azure."""


class PrivateAddress(httpx.RequestError):
    """The host has an address that is not public, and is not trusted."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also as an IPv4 address wrapped in IPv6."""
    found = ip_address(address.partition("%")[0])
    wrapped = _wrapped(found)
    if isinstance(found, IPv6Address) and found not in _GLOBAL_UNICAST and not wrapped:
        return False
    return all(_is_global(ip) for ip in (found, *wrapped))


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _SPECIAL)


def _wrapped(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [ip for ip in inner if ip is not None]


class PublicInternet(httpx.AsyncBaseTransport):
    """Connects to hosts of which every address is public, and to `trusted` ones. Raises PrivateAddress for all others.

    Connections are not kept: over one to a shared address a request could go to a host whose certificate was not checked.
    """

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._trusted = frozenset(host.lower() for host in trusted)
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to the first of the host's addresses that can be connected to."""
        host = request.url.raw_host.decode()
        addresses = await self._look_up(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        if host.lower() not in self._trusted and not all(is_public(address) for address in addresses):
            raise PrivateAddress(f"{host} has a private address", request=request)
        request.extensions = {**request.extensions, "sni_hostname": host}
        for address in addresses[:-1]:
            try:
                return await self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._send(request, addresses[-1])

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def _look_up(self, host: str, port: int) -> list[str]:
        name = (
            host.removesuffix(".") if host[-2:-1].isdigit() else host
        )  # only addresses end in a digit, not all resolvers know
        try:
            found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} cannot be looked up") from error
        return list(dict.fromkeys(str(address[0]) for *_, address in found))
