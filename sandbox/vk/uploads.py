"""Uploads: an address from a method, a file sent there, a method that saves it.

What the upload address answers is opaque to the client: it is signed, so that only
what was uploaded here can be saved, and only by the community that asked.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from urllib.parse import urlencode

from .. import constants, pictures
from . import wire
from .errors import ApiError, invalid

#: Files uploaded and not yet saved: code -> (owner id, title, bytes).
_waiting = {}
_waiting_lock = threading.Lock()
_WAITING_LIMIT = 50
_secret = secrets.token_bytes(32)


def _sign(*parts):
    text = "|".join(str(part) for part in parts)
    return hmac.new(_secret, text.encode(), hashlib.sha256).hexdigest()[:32]


def _owner(call):
    """Return the owner of what is uploaded: the community, or the person."""
    if call.token.kind == constants.COMMUNITY:
        return -call.token.owner
    group_id = call.parameters.integer("group_id", 0, minimum=0)
    return -group_id if group_id else call.token.owner


def _upload_url(kind, owner_id):
    query = {"act": "add", "owner": owner_id, "hash": _sign(kind, owner_id)}
    return f"{wire.BASE}/upload/{kind}?{urlencode(query)}"


def photo_server(call):
    """photos.getMessagesUploadServer: `peer_id` may be any, 0 included."""
    call.parameters.integer("peer_id", 0)
    owner_id = _owner(call)
    answer = {
        "upload_url": _upload_url("photo", owner_id),
        "album_id": wire.PHOTO_ALBUM["message_photo"],
        "user_id": 0 if owner_id < 0 else owner_id,
    }
    if owner_id < 0:
        answer["group_id"] = -owner_id
    return answer


def doc_server(call):
    """docs.getWallUploadServer."""
    group_id = call.parameters.integer("group_id", 0, minimum=0)
    if call.token.kind == constants.COMMUNITY and group_id not in (
        0,
        call.token.owner,
    ):
        raise ApiError(15, "group_id does not belong to this token")
    return {"upload_url": _upload_url("doc", _owner(call))}


def wall_photo_server(call):
    """photos.getWallUploadServer: only people can put photos on a wall."""
    owner_id = _owner(call)
    return {
        "upload_url": _upload_url("photo", owner_id),
        "album_id": wire.PHOTO_ALBUM["photo"],
        "user_id": call.token.owner,
    }


def messages_doc_server(call):
    """docs.getMessagesUploadServer."""
    call.parameters.integer("peer_id", 0)
    call.parameters.choice("type", "doc", ("doc", "audio_message", "graffiti"))
    return {"upload_url": _upload_url("doc", _owner(call))}


def receive(kind, owner, signature, title, data):
    """Take an uploaded file; returns what the upload address answers."""
    if not hmac.compare_digest(signature, _sign(kind, owner)):
        return {"error": "bad_hash", "error_descr": "Invalid upload hash"}
    if not data:
        if kind == "doc":
            return {"error": "no_file", "error_descr": "no_file"}
        return {"server": 1, "photo": "[]", "hash": _sign("[]")}
    is_picture = pictures.inspect(data)[0].startswith("image/")
    if kind == "photo" and not is_picture:
        return {"server": 1, "photo": "[]", "hash": _sign("[]")}
    code = secrets.token_hex(8)
    with _waiting_lock:
        while len(_waiting) >= _WAITING_LIMIT:
            _waiting.pop(next(iter(_waiting)))
        _waiting[code] = (int(owner), title, data)
    if kind == "doc":
        tail = base64.urlsafe_b64encode(b'{"disk":1}').decode()
        return {"file": f"{owner}|0|0|1|{code}|{_sign('doc', code)}||||{tail}"}
    photo = json.dumps([{"photo": code, "sizes": [], "kid": "sandbox"}])
    return {"server": 1, "photo": photo, "hash": _sign(photo)}


def _take(code, owner_id):
    """Return `(title, bytes)` of a file that waits; it can be saved once."""
    with _waiting_lock:
        found = _waiting.get(code)
        if not found or found[0] != owner_id:
            return None
        del _waiting[code]
        return found[1:]


def save_photo(call):
    """photos.saveMessagesPhoto."""
    return _save_photo(call, "message_photo")


def save_wall_photo(call):
    """photos.saveWallPhoto."""
    return _save_photo(call, "photo")


def _save_photo(call, kind):
    photo = call.parameters.required("photo")
    signature = call.parameters.text("hash")
    if not hmac.compare_digest(signature.encode(), _sign(photo).encode()):
        raise ApiError(121)
    parts = json.loads(photo)
    if not parts:
        raise invalid("photo is undefined")
    owner_id = _owner(call)
    found = _take(parts[0]["photo"], owner_id)
    if not found:
        raise ApiError(129)
    record = call.world.add_file(
        found[1], owner_id, kind, uploader_id=constants.PAGE_EDITOR
    )
    return [wire.photo(record)]


def save_doc(call):
    """docs.save: gives `{"type": "doc", "doc": …}`."""
    parts = call.parameters.required("file").split("|")
    if len(parts) < 6 or parts[5] != _sign("doc", parts[4]):
        raise ApiError(105)
    # The address knew whose the file is; a token that may use it also may save it.
    owner_id = int(parts[0])
    if call.token.kind == constants.COMMUNITY and owner_id != -call.token.owner:
        raise ApiError(105)
    found = _take(parts[4], owner_id)
    if not found:
        raise ApiError(105)
    title = call.parameters.text("title") or found[0]
    record = call.world.add_file(
        found[1], owner_id, "doc", title, constants.PAGE_EDITOR
    )
    return {"type": "doc", "doc": wire.document(record)}


METHODS = {
    "photos.getMessagesUploadServer": photo_server,
    "photos.saveMessagesPhoto": save_photo,
    "photos.getWallUploadServer": wall_photo_server,
    "photos.saveWallPhoto": save_wall_photo,
    "docs.getMessagesUploadServer": messages_doc_server,
    "docs.getWallUploadServer": doc_server,
    "docs.save": save_doc,
}
