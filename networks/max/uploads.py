"""Files for messages: uploaded once, attached by the token MAX gives for them.

MAX prepares a file after the upload, and refuses a message that names one which is
not ready yet. The message is then tried again later, by another client object, so the
tokens of a process are remembered: a file uploaded anew each time would never be ready.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from urllib.parse import urlsplit

from ..errors import Consequence, NetworkError
from ..values import Upload
from .api import TOKEN, MAXApi
from .items import mapping_or_empty, string

_MOST = 64
_known: OrderedDict[str, Mapping] = OrderedDict()
_lock = threading.Lock()


class Uploads(MAXApi):
    """What turns files into attachments."""

    def attachment(self, file: Upload) -> dict:
        """The attachment of a message for ``file``, uploading it where needed."""
        kind = "image" if file.content_type.startswith("image/") else "file"
        key = self._key(kind, file)
        with _lock:
            payload = _known.get(key)
        if payload is None:
            payload = self._uploaded(kind, file)
            with _lock:
                _known[key] = payload
                while len(_known) > _MOST:
                    _known.popitem(last=False)
        return {"type": kind, "payload": dict(payload)}

    def forget(self, files: tuple[Upload, ...]) -> None:
        """Upload these anew the next time: what was uploaded is not accepted."""
        with _lock:
            for file in files:
                for kind in ("image", "file"):
                    _known.pop(self._key(kind, file), None)

    def _key(self, kind: str, file: Upload) -> str:
        parts = (self.secrets.get(TOKEN, ""), self.api_url, kind, file.name)
        known = hashlib.sha256("\0".join(parts).encode("utf-8", "replace"))
        known.update(hashlib.sha256(file.content).digest())
        return known.hexdigest()

    def _uploaded(self, kind: str, file: Upload) -> Mapping:
        where = self.call("POST", "uploads", {"type": kind})
        url = string(where, "url")
        own = urlsplit(self.api_url).scheme
        if own == "https" and not url.lower().startswith("https://"):
            raise NetworkError(
                "The upload server is not encrypted, the interface is",
                consequence=Consequence.PERSON,
                code="address_refused",
            )
        # The address carries its own permission; our token goes to MAX alone.
        given = mapping_or_empty(
            self.transport.upload(
                url, "data", file.name, file.content, file.content_type, method="upload"
            )
        )
        photos = given.get("photos")
        if kind == "image" and isinstance(photos, Mapping) and photos:
            return {"photos": dict(photos)}
        token = string(given, "token") or string(where, "token")
        if token:
            return {"token": token}
        raise NetworkError(
            f"MAX did not take the file {file.name}",
            consequence=Consequence.CONTENT,
            code="upload_refused",
        )
