"""The methods of the MAX bot interface, by HTTP verb and path."""

import hashlib
import hmac
import re
import secrets
import time
from urllib.parse import urlsplit

from . import messages, wire
from .call import LARGEST
from .errors import MaxError
from .world import channel_id

#: Seconds a request for events may wait here (MAX itself allows 90).
WAIT_LIMIT = 25

_secret = secrets.token_bytes(32)


def signature(kind, group_id):
    """Return the signature of an upload address."""
    text = f"{kind}|{group_id}".encode()
    return hmac.new(_secret, text, hashlib.sha256).hexdigest()[:32]


def me(call):
    """GET /me."""
    return wire.bot(call.place, call.group, full=True)


def chats(call):
    """GET /chats."""
    place = call.place
    dialogs = [d for d in place.state["dialogs"].values() if d["group"] == call.group]
    own = wire.channel(place, call.group, channel_id(call.group))
    found = [own, *(wire.dialog(place, one) for one in dialogs)]
    return {"chats": found, "marker": None}


def chat(call):
    """GET /chats/{chatId}."""
    number, dialog = call.chat(call.path[0])
    if dialog:
        return wire.dialog(call.place, dialog)
    return wire.channel(call.place, call.group, number)


def membership(call):
    """GET /chats/{chatId}/members/me."""
    call.chat(call.path[0])
    return wire.member(call.place, call.group)


def updates(call):
    """GET /updates: waits up to `timeout` seconds for an event."""
    place = call.place
    if place.state["subscriptions"].get(str(call.group)):
        raise MaxError(405, "Long polling is off while a webhook is on")
    limit = call.integer("limit", 100, 1, 1000)
    timeout = call.integer("timeout", 30, 0, 90)
    marker = call.integer("marker", None, 0, LARGEST)
    types = {one for one in call.query.get("types", "").split(",") if one}
    deadline = time.monotonic() + min(timeout, WAIT_LIMIT)
    while True:
        found, following = place.updates(call.group, marker, limit, types)
        pause = deadline - time.monotonic()
        if found or pause <= 0 or place.world.closed:
            return {"updates": found, "marker": following}
        marker = following
        place.world.lock.wait(pause)


def uploads(call):
    """POST /uploads?type=…"""
    kind = call.required("type")
    if kind not in ("image", "video", "audio", "file"):
        raise MaxError(400, "type: image, video, audio, file")
    if kind in ("video", "audio"):
        raise MaxError(400, "The training ground takes images and files")
    return {"url": wire.upload_url(kind, call.group, signature(kind, call.group))}


def subscriptions(call):
    """GET /subscriptions."""
    found = call.place.state["subscriptions"].get(str(call.group), [])
    hidden = ("secret",)
    return {
        "subscriptions": [
            {k: v for k, v in one.items() if k not in hidden} for one in found
        ]
    }


def subscribe(call):
    """POST /subscriptions; the same address again replaces what was."""
    url, secret = call.body.get("url"), call.body.get("secret")
    parts = urlsplit(url) if isinstance(url, str) else None
    if not parts or not parts.hostname or parts.scheme not in ("http", "https"):
        raise MaxError(400, "url: an https address")
    if call.place.settings["https_only"] and parts.scheme != "https":
        raise MaxError(400, "url: must begin with https://")
    if secret is not None and not re.fullmatch(r"[a-zA-Z0-9_-]{5,256}", str(secret)):
        raise MaxError(400, "secret: 5 to 256 of A-Z, a-z, 0-9, _ and -")
    types = call.body.get("update_types")
    if types is not None and not isinstance(types, list):
        raise MaxError(400, "update_types: a list")
    with call.place.world.lock:
        shelf = call.place.state["subscriptions"].setdefault(str(call.group), [])
        shelf[:] = [one for one in shelf if one["url"] != url]
        shelf.append(
            {
                "url": url,
                "time": call.place.now(),
                "update_types": types,
                "secret": secret,
            }
        )
        call.place.world.changed()
    return {"success": True}


def unsubscribe(call):
    """DELETE /subscriptions?url=…"""
    url = call.required("url")
    with call.place.world.lock:
        shelf = call.place.state["subscriptions"].get(str(call.group), [])
        kept = [one for one in shelf if one["url"] != url]
        if len(kept) == len(shelf):
            return {"success": False, "message": "No such subscription"}
        shelf[:] = kept
        call.place.world.changed()
    return {"success": True}


#: (pattern of the path with `*` for its variable parts, verb) -> method
ROUTES = {
    ("me", "GET"): me,
    ("chats", "GET"): chats,
    ("chats/*", "GET"): chat,
    ("chats/*/members/me", "GET"): membership,
    ("updates", "GET"): updates,
    ("messages", "GET"): messages.listed,
    ("messages", "POST"): messages.send,
    ("messages", "PUT"): messages.edit,
    ("messages", "DELETE"): messages.delete,
    ("messages/*", "GET"): messages.message,
    ("messages/*/comments", "GET"): messages.comments,
    ("messages/*/comments", "POST"): messages.send_comment,
    ("messages/*/comments", "PUT"): messages.edit_comment,
    ("messages/*/comments", "DELETE"): messages.delete_comment,
    ("messages/*/comments/*", "GET"): messages.comment,
    ("uploads", "POST"): uploads,
    ("subscriptions", "GET"): subscriptions,
    ("subscriptions", "POST"): subscribe,
    ("subscriptions", "DELETE"): unsubscribe,
}

PATTERNS = {pattern: pattern.split("/") for pattern, _verb in ROUTES}


def route(verb, path):
    """Return `(pattern, method, variable parts)` of a path, None for what is not."""
    parts = path.strip("/").split("/")
    for pattern, wanted in PATTERNS.items():
        if len(wanted) == len(parts) and all(
            want in ("*", part) for want, part in zip(wanted, parts, strict=True)
        ):
            variable = tuple(
                part for want, part in zip(wanted, parts, strict=True) if want == "*"
            )
            return pattern, ROUTES.get((pattern, verb)), variable
    return None, None, ()
