"""Requests that the training ground sends by itself, as networks do with webhooks.

Only this machine is called, unless a setting names other hosts: an address somebody
typed in must not make the ground knock at doors of a network.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

#: Bytes read of an answer: networks expect a few letters.
ANSWER_LIMIT = 4096


class NotAllowed(Exception):
    """An address that the ground does not call."""


@dataclass(frozen=True)
class Answer:
    """What a server answered; `headers` with lower case names."""

    status: int
    body: bytes
    headers: dict


def resolve(host, port, allowed):
    """Return an IP address to connect to; `allowed` are names that may be anywhere.

    The name is resolved once and the caller connects to the result, so that a name
    cannot point elsewhere a moment later.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [entry[4][0] for entry in found]
    if host not in allowed and f"{host}:{port}" not in allowed:
        for address in addresses:
            if not ipaddress.ip_address(address.partition("%")[0]).is_loopback:
                raise NotAllowed(f"{host} is not this machine")
    return addresses[0]


def post(url, body, headers, timeout, allowed=(), wait=True):
    """Send `body` (bytes) and return the Answer; redirects are not followed.

    :param timeout: seconds for everything
    :param allowed: hosts (or `host:port`) that may be called besides this machine
    :param wait: False hangs up before the answer and returns None
    :raise OSError: no connection, no answer in time, or an answer that is no HTTP
    :raise NotAllowed: another machine
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotAllowed("no http address")
    port = parts.port or (443 if secure else 80)
    deadline = time.monotonic() + timeout
    address = resolve(parts.hostname, port, allowed)
    raw = socket.create_connection((address, port), timeout)
    try:
        if secure:
            context = ssl.create_default_context()
            raw = context.wrap_socket(raw, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(parts.hostname, port)
        connection.sock = raw
        target = parts.path or "/"
        if parts.query:
            target += f"?{parts.query}"
        raw.settimeout(max(deadline - time.monotonic(), 0.01))
        connection.request("POST", target, body, headers)
        if not wait:
            return None
        raw.settimeout(max(deadline - time.monotonic(), 0.01))
        response = connection.getresponse()
        data = response.read(ANSWER_LIMIT)
        if time.monotonic() > deadline:
            raise TimeoutError("answered too late")
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, data, names)
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP answer: {error!r}") from error
    finally:
        raw.close()
