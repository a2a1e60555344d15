"""Links in general: the host, and a normal form for links no network claims."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

# Parameters that tell where a reader came from and never what is shown.
_NOISE = re.compile(r"^(utm_\w+|fbclid|gclid|yclid|ysclid|_openstat|igshid)$", re.I)


def split_link(url: str) -> SplitResult | None:
    """``url`` taken apart, with or without a scheme; None if it is not a web link."""
    text = (url or "").strip()
    # "mailto:x@y" has a scheme, "example.org:8080" a port.
    if re.match(r"^[a-z]+:(?!//|\d)", text, re.I):
        return None
    if not re.match(r"^[a-z][a-z0-9+.-]*://", text, re.I):
        text = "https://" + text.lstrip("/")
    try:
        parts = urlsplit(text)
        usable = parts.scheme.lower() in ("http", "https") and parts.hostname
        _ = parts.port
    except ValueError:
        return None
    return parts if usable else None


def host_of(url: str) -> str:
    """Lower-case host without ``www.``; empty if ``url`` is not a web link."""
    parts = split_link(url)
    if not parts:
        return ""
    host = parts.hostname.rstrip(".")
    return host[4:] if host.startswith("www.") else host


def generic_link(url: str) -> str:
    """Normal form of any web link: no scheme, fragment, ``www.`` or campaign noise.

    >>> generic_link("HTTPS://www.Example.org/News/7/?utm_source=x&b=2&a=1#top")
    'example.org/News/7?a=1&b=2'
    """
    parts = split_link(url)
    if not parts:
        return (url or "").strip()
    host = host_of(url)
    if parts.port and parts.port not in (80, 443):
        host = f"{host}:{parts.port}"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _NOISE.match(name)
    )
    path = parts.path.rstrip("/")
    return host + path + ("?" + urlencode(query) if query else "")
