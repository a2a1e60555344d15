"""Connections that go to the very address that was checked.

The address of a photo, of a long poll server or of an upload server comes from
somebody else, so each connection resolves its host once, refuses addresses that are
not public (unless the server's configuration lists them) and connects to the one it
checked: a name that resolves differently a moment later gains nothing. Host header,
SNI and the check of the certificate keep the name.
"""

from __future__ import annotations

import io
import ipaddress
import math
import socket
import ssl
from collections.abc import Callable, Iterable
from http.client import HTTPResponse

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


class Deadline:
    """When the call that is going on must be over; none before the first call.

    :param clock: like ``time.monotonic``.
    """

    def __init__(self, clock: Callable[[], float]):
        self._clock = clock
        self._end = math.inf

    def set(self, seconds: float) -> None:
        self._end = self._clock() + seconds

    def bounded(self, timeout: float | None) -> float:
        """``timeout``, or what is left of the call if that is less.

        Raises TimeoutError where nothing is left.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError("the call took too long")
        return left if timeout is None else min(timeout, left)


class _TimedFile(io.RawIOBase):
    """What a server answers, waited for no longer than the call may last.

    A socket's own timeout begins anew with each byte: a server that drips its headers
    would hold us for as long as it likes.
    """

    def __init__(self, connected: socket.socket, deadline: Deadline):
        self._connected = connected
        self._deadline = deadline
        self._file = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int | None:
        timeout = self._connected.gettimeout()
        self._connected.settimeout(self._deadline.bounded(timeout))
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def _response_class(deadline: Deadline) -> type[HTTPResponse]:
    class TimedResponse(HTTPResponse):
        def __init__(self, sock, *args, **kwargs):
            super().__init__(sock, *args, **kwargs)
            self.fp.close()
            self.fp = io.BufferedReader(_TimedFile(sock, deadline))

    return TimedResponse


def _pinned_connect(connection, guard: AddressGuard, deadline: Deadline):
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
            connected = socket.create_connection(
                (address, port), deadline.bounded(timeout)
            )
        except OSError as error:
            failure = error
        else:
            connected.settimeout(timeout)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"{host} did not answer in time")
    raise NewConnectionError(connection, f"{host} not connected: {failure}")


class PinnedAdapter(HTTPAdapter):
    """Connects only where the guard allows, and waits only until the deadline.

    An ``ssl.SSLError`` from making a connection gets the attribute ``before_request``:
    later ones may come after the request has been understood.
    """

    def __init__(self, guard: AddressGuard, deadline: Deadline):
        self._guard = guard
        self._deadline = deadline
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        guard, deadline = self._guard, self._deadline

        class PinnedHTTP(HTTPConnection):
            response_class = _response_class(deadline)

            def _new_conn(self):
                return _pinned_connect(self, guard, deadline)

        class PinnedHTTPS(HTTPSConnection):
            response_class = _response_class(deadline)

            def _new_conn(self):
                return _pinned_connect(self, guard, deadline)

            def connect(self):
                try:
                    super().connect()
                except ssl.SSLError as error:
                    error.before_request = True
                    raise

        class HTTPPool(HTTPConnectionPool):
            ConnectionCls = PinnedHTTP

        class HTTPSPool(HTTPSConnectionPool):
            ConnectionCls = PinnedHTTPS

        self.poolmanager.pool_classes_by_scheme = {
            "http": HTTPPool,
            "https": HTTPSPool,
        }
