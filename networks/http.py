"""Outgoing HTTP: deadlines, limits, and errors by what they ask of the caller.

Addresses are checked by :mod:`.pinning`. Nothing that leaves this module, exceptions
and logs included, holds a secret.
"""

from __future__ import annotations

import json
import logging
import math
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPException
from urllib.parse import quote, quote_plus, urljoin, urlsplit

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
)
from urllib3.exceptions import TimeoutError as HTTPTimeout

from .errors import Consequence, NetworkError
from .pinning import AddressGuard, Deadline, PinnedAdapter, refused

_NEVER_SENT = (requests.ConnectTimeout, requests.exceptions.InvalidURL)
_CHUNK = 64 * 1024
_MASK = "***"
#: longest pause in seconds that a server may ask for
_LONGEST_PAUSE = 86400.0
#: levels of JSON that are kept
_DEEPEST = 200
_SECRET_PARAMETER = re.compile(
    r"(?i)\b((?:access_|service_)?token|key|secret|client_secret|app_secret"
    r"|application_secret_key|sig|hash)(['\"]?\s*[=:]\s*['\"]?)[^\s&'\",;)}\]]+"
)
_AUTHORIZATION = re.compile(r"(?i)\b(authorization['\"]?\s*[=:]\s*['\"]?)[^\r\n'\"]+")
_BOT_PATH = re.compile(r"/bot\d+:[\w-]+")


def mask_parameters(text: str) -> str:
    """``text`` without the values of parameters and headers that hold secrets."""
    text = _AUTHORIZATION.sub(rf"\1{_MASK}", text)
    text = _BOT_PATH.sub(f"/bot{_MASK}", text)
    return _SECRET_PARAMETER.sub(rf"\1\2{_MASK}", text)


class _MaskingFilter(logging.Filter):
    """urllib3 logs the path of every request at DEBUG, a long poll key included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask_parameters(record.getMessage())
        record.args = ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_MaskingFilter())


def decoded(body: bytes) -> object:
    """JSON as it can be stored; ValueError for what is none.

    Left out is what a database refuses: NUL, halves of characters, numbers without
    end, and what lies deeper than anything a network means.
    """
    try:
        return _storable(json.loads(body, parse_constant=lambda _: None))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _storable(value: object, depth: int = 0) -> object:
    """``value`` without what a database refuses: NUL, halves of characters, numbers
    without end, and what lies deeper than anything a network means."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, dict)) and depth >= _DEEPEST:
        return None
    if isinstance(value, list):
        return [_storable(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {
            _storable(name): _storable(entry, depth + 1)
            for name, entry in value.items()
        }
    return value


def decoded_or_none(body: bytes) -> object:
    """Like :func:`decoded`, None for what is not JSON."""
    try:
        return decoded(body)
    except ValueError:
        return None


class Transport:
    """HTTP for one client; not shared between threads.

    :param connect_timeout: seconds to connect.
    :param read_timeout: seconds between two pieces of an answer.
    :param total_timeout: seconds for one call altogether, headers included. With
        what connecting and a last piece may take, a call lasts at most
        ``longest_call`` seconds; a lease must be longer.
    :param max_bytes: largest answer of an interface.
    :param allowed_networks: see :class:`AddressGuard`.
    :param ca_bundle: path of the certificates to trust, in place of the usual ones.
    :param proxies: as in ``requests``; never taken from the environment. Behind a
        proxy it is the proxy that resolves and connects, so no address is checked
        here, and the proxy must be trusted to refuse private ones.
    """

    MAX_REDIRECTS = 3
    #: Seconds to wait where a network refuses calls as too many and does not say for
    #: how long; a network that counts by the second sets less.
    untold_pause = 60.0
    #: Called before each call.  What it raises goes through, and nothing is sent: so
    #: whoever works under a claim keeps it, or stops when it is lost.
    before_call: Callable[[], None] | None = None

    def __init__(
        self,
        *,
        connect_timeout: float = 5,
        read_timeout: float = 15,
        total_timeout: float = 30,
        max_bytes: int = 8 * 1024 * 1024,
        allowed_networks: Iterable[str] = (),
        ca_bundle: str | None = None,
        proxies: Mapping[str, str] | None = None,
        resolve: Callable = socket.getaddrinfo,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._timeout = (connect_timeout, read_timeout)
        self._total = total_timeout
        self._max_bytes = max_bytes
        self._clock = clock
        self._hidden: list[str] = []
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = dict(proxies or {})
        self._session.verify = ca_bundle or True
        # An answer that inflates is one more thing to bound, and the answers are
        # small: they are asked for as they are.
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.headers["User-Agent"] = "helpdesk_mgmt_social"
        self._deadline = Deadline(clock)
        guard = AddressGuard(allowed_networks, resolve)
        adapter = PinnedAdapter(guard, self._deadline)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    @property
    def longest_call(self) -> float:
        """Seconds no single call exceeds."""
        return self._total + sum(self._timeout)

    def close(self) -> None:
        self._session.close()

    def hide(self, secrets: Iterable[str]) -> None:
        """Never let these values out, whatever text they appear in."""
        for value in secrets:
            for form in (value, quote(value, safe=""), quote_plus(value)):
                if len(form) >= 4 and form not in self._hidden:
                    self._hidden.append(form)
        self._hidden.sort(key=len, reverse=True)

    def redact(self, text: object) -> str:
        """``text`` without secrets, and not longer than a log line should be."""
        text = str(text)
        for value in self._hidden:
            text = text.replace(value, _MASK)
        return mask_parameters(text)[:500]

    def post_form(
        self, url: str, data: Mapping, *, write: bool, method: str | None = None
    ) -> object:
        """POST a form, return the decoded JSON. ``write``: see :meth:`_call`."""
        body, _ = self._call("POST", url, write=write, method=method, data=data)
        return self._json(body, write, method)

    def get_json(self, url: str, params: Mapping, *, method: str | None = None):
        """GET, return the decoded JSON."""
        body, _ = self._call("GET", url, write=False, method=method, params=params)
        return self._json(body, False, method)

    def request_json(
        self,
        verb: str,
        url: str,
        params: Mapping | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        write: bool,
        method: str | None = None,
    ) -> object:
        """Exchange JSON by any verb, return the decoded answer.

        ``json``: the body, None for none. ``headers`` may hold a token: no error and
        no log repeats it. ``write``: see :meth:`_call`. What the network says with a
        status that refuses stands, decoded, in the error's ``answer``.
        """
        body, response = self._call(
            verb,
            url,
            write=write,
            method=method,
            judge=False,
            params=params,
            json=json,
            headers=headers,
        )
        try:
            self._refuse_status(response, write, method, download=False)
        except NetworkError as error:
            error.answer = decoded_or_none(body)
            raise
        return self._json(body, write, method)

    def upload(
        self,
        url: str,
        field: str,
        name: str,
        content: bytes,
        content_type: str,
        *,
        method: str | None = None,
    ) -> object:
        """POST a file as multipart form, return the decoded JSON.

        Not a write in the sense of :meth:`_call`: an uploaded file is not yet
        published, and uploading it twice does no harm.
        """
        files = {field: (name, content, content_type)}
        body, _ = self._call("POST", url, write=False, method=method, files=files)
        return self._json(body, False, method)

    def download(self, url: str, limit_bytes: int) -> tuple[bytes, str]:
        """Content and content type (lower case, no parameters) of a file.

        Follows at most three redirects, each checked as the first address was.
        Raises ``content`` (code ``too_large``) for a file over ``limit_bytes``.
        """
        # One for all: each redirect would have the whole time anew.
        self._deadline.set(self._total)
        for _hop in range(self.MAX_REDIRECTS + 1):
            body, response = self._call("GET", url, write=False, limit=limit_bytes)
            target = response.headers.get("Location")
            if not (response.is_redirect and target):
                kind = response.headers.get("Content-Type", "")
                return body, kind.split(";")[0].strip().lower()
            url = urljoin(url, target)
        raise NetworkError(
            f"More than {self.MAX_REDIRECTS} redirects from {self._place(url)}",
            consequence=Consequence.GONE,
            code="redirects",
        )

    def _call(
        self,
        verb: str,
        url: str,
        *,
        write: bool,
        method: str | None = None,
        limit: int | None = None,
        judge: bool = True,
        **arguments,
    ) -> tuple[bytes, requests.Response]:
        """One exchange: the whole body and the response, or NetworkError.

        ``write``: the call publishes something, so whatever goes wrong after the
        request may have arrived is ``unknown`` and not ``retry``. ``limit`` marks a
        download, the only kind of call whose redirects the caller follows. Without
        ``judge`` the caller looks at the status.
        """
        if urlsplit(url).scheme not in ("http", "https"):
            raise refused(self._place(url), "not a web address")
        if self.before_call:
            self.before_call()
        if write:
            # A kept connection may just be closing at the other end, which would
            # look as if the request had been received. A new one cannot.
            self._session.close()
        started = self._clock()
        if limit is None:
            self._deadline.set(self._total)
        failure = None
        try:
            with self._session.request(
                verb,
                url,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                **arguments,
            ) as response:
                body = self._body(response, started, limit or self._max_bytes)
        except NetworkError as error:
            failure = error
            if write and error.code != "address_refused":
                failure.consequence = Consequence.UNKNOWN
            failure.method = method
        except (
            requests.RequestException,
            HTTPError,
            HTTPException,
            OSError,
            ValueError,
        ) as error:
            failure = self._connection_failure(error, url, write, method)
        # Raised here and not inside ``except``: the original exception holds the
        # request, and with it the token, and would stay attached as context.
        if failure is not None:
            raise failure
        if judge:
            self._refuse_status(response, write, method, download=limit is not None)
        return body, response

    def _body(self, response: requests.Response, started: float, limit: int) -> bytes:
        declared = response.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared) > limit:
            raise self._too_large(limit)
        # ``read1`` returns what has arrived; ``read`` would wait for a full piece,
        # and a server that drips would keep us past every deadline.
        raw = response.raw
        read = getattr(raw, "read1", None) or raw._fp.read1
        pieces, size = [], 0
        while piece := read(_CHUNK):
            size += len(piece)
            if size > limit:
                raise self._too_large(limit)
            if self._clock() - started > self._total:
                raise NetworkError(
                    f"No complete answer within {self._total:g} s",
                    consequence=Consequence.RETRY,
                    code="timeout",
                )
            pieces.append(piece)
        if declared.isdigit() and size < int(declared):
            raise NetworkError(
                "The answer broke off",
                consequence=Consequence.RETRY,
                code="connection",
            )
        return b"".join(pieces)

    @staticmethod
    def _too_large(limit: int) -> NetworkError:
        return NetworkError(
            f"The answer is larger than {limit} bytes",
            consequence=Consequence.CONTENT,
            code="too_large",
        )

    def _connection_failure(
        self, error: Exception, url: str, write: bool, method: str | None
    ) -> NetworkError:
        reason = getattr(error.args[0], "reason", None) if error.args else None
        # A broken encryption that shows later says nothing of what was done before.
        handshake = getattr(reason, "args", None) or (None,)
        never_sent = (
            isinstance(error, _NEVER_SENT)
            or isinstance(reason, (NewConnectionError, ConnectTimeoutError))
            or getattr(handshake[0], "before_request", False)
        )
        code = "connection"
        if isinstance(error, (requests.Timeout, HTTPTimeout, TimeoutError)):
            code = "timeout"
        elif isinstance(error, requests.exceptions.SSLError):
            code = "certificate"
        consequence = Consequence.RETRY
        if write and not never_sent:
            consequence = Consequence.UNKNOWN
        return NetworkError(
            f"{self._place(url)}: {type(error).__name__}: {self.redact(error)}",
            consequence=consequence,
            code=code,
            method=method,
        )

    def _refuse_status(
        self,
        response: requests.Response,
        write: bool,
        method: str | None,
        download: bool,
    ) -> None:
        status = response.status_code
        if status < 300 or (download and response.is_redirect):
            return
        retry_after = None
        if status == 429:
            consequence = Consequence.SLOW_DOWN
            retry_after = self._told_pause(response.headers.get("Retry-After", ""))
        elif status >= 500:
            consequence = Consequence.UNKNOWN if write else Consequence.RETRY
        elif status == 401:
            consequence = Consequence.CREDENTIALS
        elif status == 403:
            consequence = Consequence.PERMISSION
        elif status in (404, 410):
            consequence = Consequence.GONE
        elif status == 413:
            consequence = Consequence.CONTENT
        elif status == 408:
            consequence = Consequence.RETRY
        else:
            # A redirect of an interface, or a request it does not understand: the
            # address in the settings is most likely wrong.
            consequence = Consequence.PERSON
        raise NetworkError(
            f"{self._place(response.url)} answered HTTP {status}",
            consequence=consequence,
            code=f"http_{status}",
            retry_after=retry_after,
            method=method,
        )

    def _told_pause(self, header: str) -> float:
        # The other form of the header is a date, or there is none at all.
        if not (header.isascii() and header.isdigit()):
            return self.untold_pause
        return min(float(header), _LONGEST_PAUSE)

    @staticmethod
    def _json(body: bytes, write: bool, method: str | None) -> object:
        try:
            return decoded(body)
        except ValueError:
            pass
        raise NetworkError(
            "The answer is not JSON",
            consequence=Consequence.UNKNOWN if write else Consequence.RETRY,
            code="not_json",
            method=method,
        )

    @staticmethod
    def _place(url: str) -> str:
        """Host of an address: all of it that is safe and useful in a message."""
        try:
            return urlsplit(url).netloc.rpartition("@")[2] or "address without host"
        except ValueError:
            return "malformed address"
