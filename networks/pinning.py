"""Connections that go to the very address that was checked.

The address of a photo, of a long poll server or of an upload server comes from
somebody else, so each connection resolves its host once, refuses addresses that are
not public (unless the server's configuration lists them) and connects to the one it
checked: a name that resolves differently a moment later gains nothing. Host header,
SNI and the check of the certificate keep the name.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .errors import Consequence, NetworkError


def refused(host: str, why: str) -> NetworkError:
    return NetworkError(
        f"Connection to {host} refused: {why}",
        consequence=Consequence.PERSON,
        code="address_refused",
    )


class AddressGuard:
    """Decides to which addresses a connection may go.

    :param allowed: CIDR networks, single addresses or host names that may be
        reached though they are not public.
    :param resolve: like ``socket.getaddrinfo``.
    """

    def __init__(
        self, allowed: Iterable[str] = (), resolve: Callable = socket.getaddrinfo
    ):
        self._networks = []
        self._hosts = set()
        self._resolve = resolve
        for entry in filter(None, map(str.strip, allowed)):
            try:
                self._networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                self._hosts.add(entry.lower().rstrip("."))

    def addresses(self, host: str, port: int) -> list[str]:
        """The checked addresses of ``host``, in the resolver's order.

        Raises ``OSError`` if it does not resolve, and NetworkError if any of its
        addresses is not to be reached: a name that points both outside and inside
        is not an honest one.
        """
        found = self._resolve(host, port, 0, socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(entry[4][0] for entry in found))
        if host.lower().rstrip(".") not in self._hosts:
            for address in addresses:
                if not self._reachable(address):
                    raise refused(host, "its address is not a public one")
        return addresses

    def _reachable(self, address: str) -> bool:
        ip = ipaddress.ip_address(address.split("%")[0])
        # Addresses that only wrap an IPv4 one are judged by what they lead to.
        if ip.version == 6:
            ip = ip.ipv4_mapped or ip.sixtofour or ip
        if any(ip in network for network in self._networks):
            return True
        nat64 = ip.version == 6 and ip in ipaddress.ip_network("64:ff9b::/96")
        return ip.is_global and not ip.is_multicast and not nat64


def _pinned_connect(connection, guard: AddressGuard) -> socket.socket:
    """A socket to a checked address, with urllib3's own exceptions.

    They matter: both mean that no request has been sent.
    """
    host, port, timeout = connection.host, connection.port, connection.timeout
    host = host.strip("[]")
    try:
        addresses = guard.addresses(host, port)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"{host} not resolved: {error}") from None
    failure: OSError | None = None
    for address in addresses:
        try:
            connected = socket.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
        else:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"{host} did not answer in time")
    raise NewConnectionError(connection, f"{host} not connected: {failure}")


class PinnedAdapter(HTTPAdapter):
    """Connects only where the guard allows."""

    def __init__(self, guard: AddressGuard):
        self._guard = guard
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        guard = self._guard

        class PinnedHTTP(HTTPConnection):
            def _new_conn(self):
                return _pinned_connect(self, guard)

        class PinnedHTTPS(HTTPSConnection):
            def _new_conn(self):
                return _pinned_connect(self, guard)

        class HTTPPool(HTTPConnectionPool):
            ConnectionCls = PinnedHTTP

        class HTTPSPool(HTTPSConnectionPool):
            ConnectionCls = PinnedHTTPS

        self.poolmanager.pool_classes_by_scheme = {
            "http": HTTPPool,
            "https": HTTPSPool,
        }
