"""Messages, posts of channels and their comments."""

import re

from . import wire
from .call import LARGEST
from .errors import MaxError
from .world import COMMENT, MESSAGE, POST, TEXT_LIMIT, dialog_id

DAY_MS = 24 * 3600 * 1000
#: How long a bot may change its comment, and its message in a dialogue.
EDIT_COMMENT_MS = 26 * 3600 * 1000
EDIT_MESSAGE_MS = 7 * DAY_MS


def listed(call):
    """GET /messages: of a chat, newest first, or by their ids."""
    place = call.place
    if call.query.get("message_ids"):
        names = call.query["message_ids"].split(",")
        records = [place.find(one.strip()) for one in names]
        found = [
            one
            for one in records
            if one and one["group"] == call.group and one["kind"] != COMMENT
        ]
        if any(place.stopped(one) for one in found):
            raise MaxError(403, "User suspended bot", "dialog.suspended")
    else:
        number, _dialog = call.chat(call.required("chat_id"))
        latest = call.integer("from", LARGEST, 0, LARGEST)
        earliest = call.integer("to", 0, 0, LARGEST)
        count = call.integer("count", 50, 1, 100)
        found = [
            one for one in place.of_chat(number) if earliest <= one["at"] <= latest
        ]
        found = sorted(found, key=lambda one: one["seq"], reverse=True)[:count]
    return {"messages": [wire.message(place, one) for one in found]}


def _own(call, mid, kinds=(POST, MESSAGE)):
    """Return a message of the bot's chats that is still there."""
    record = call.place.find(mid)
    known = record and record["group"] == call.group and record["kind"] in kinds
    # As described: not found, or not the bot's to see.
    if not known or call.place.stopped(record):
        raise MaxError(404, f"Message {mid} not found")
    return record


def message(call):
    """GET /messages/{messageId}."""
    return wire.message(call.place, _own(call, call.path[0]))


def _text(call):
    text = call.body.get("text")
    if text is not None and not isinstance(text, str):
        raise MaxError(400, "text: not a text")
    text = text or ""
    if len(text) > TEXT_LIMIT:
        raise MaxError(400, f"text: size must be between 0 and {TEXT_LIMIT}")
    return text


def _link(call, kind, within):
    link = call.body.get("link")
    if not link:
        return None
    if not isinstance(link, dict) or link.get("type") != "reply":
        raise MaxError(400, "link: only reply")
    found = call.place.find(str(link.get("mid") or ""), kind)
    if not found or within not in (found["chat_id"], found["post"]):
        raise MaxError(404, "The linked message is not found")
    return found["mid"]


def _files(call):
    """Return the ids of the uploaded files of a new message."""
    found = []
    for one in call.body.get("attachments") or ():
        kind = one.get("type") if isinstance(one, dict) else None
        payload = one.get("payload") if isinstance(one, dict) else None
        if kind not in ("image", "file") or not isinstance(payload, dict):
            raise MaxError(400, "attachments: image or file with a payload")
        tokens = [payload.get("token")]
        if isinstance(payload.get("photos"), dict):
            tokens = [
                photo.get("token")
                for photo in payload["photos"].values()
                if isinstance(photo, dict)
            ]
        found += [_file(call, token) for token in tokens]
    return found


def _file(call, token):
    number, _dash, key = str(token or "").partition("-")
    if not re.fullmatch(r"\d+", number) or not call.place.world.file(number, key):
        raise MaxError(400, "Attachment token is invalid", "attachment.invalid")
    return int(number)


def send(call):
    """POST /messages."""
    place = call.place
    user_id = call.integer("user_id", None, 1, LARGEST)
    if user_id is not None:
        number = dialog_id(call.group, user_id)
        if str(number) not in place.state["dialogs"]:
            # A bot cannot begin: the person has to.
            raise MaxError(403, "No dialog with this user", "chat.denied")
    else:
        number = call.integer("chat_id", None, -(2**63), LARGEST)
        if number is None:
            raise MaxError(400, "chat_id or user_id is required")
    number, dialog = call.chat(number)
    text, files = _text(call), _files(call)
    link = _link(call, None, number)
    _limit(call, number)
    if dialog:
        record = place.add_message(
            call.group, dialog["user_id"], text, files, out=True, link=link
        )
    else:
        record = place.add_post(call.group, text, files)
    return {"message": wire.message(place, record)}


def _limit(call, chat_id):
    if call.place.settings["rate_limit"]:
        call.limiter.check(chat_id)


def edit(call):
    """PUT /messages?message_id=…"""
    record = _own(call, call.required("message_id"))
    _editable(call, record, EDIT_MESSAGE_MS if record["kind"] == MESSAGE else None)
    files = None
    if call.body.get("attachments") is not None:
        files = _files(call)
    text = _text(call) if call.body.get("text") is not None else record["text"]
    call.place.edit(record["mid"], text, files)
    return {"success": True}


def _editable(call, record, longest):
    author = record["author"]
    if author is not None and author != -call.group:
        raise MaxError(403, "Only own messages can be edited")
    if longest and call.place.now() - record["at"] > longest:
        code = "comments.timeout_exceeded" if record["post"] else "timeout.exceeded"
        raise MaxError(422, "The time to edit is over", code)


def delete(call):
    """DELETE /messages?message_id=…"""
    record = _own(call, call.required("message_id"))
    own = record["author"] is None or record["author"] == -call.group
    if record["kind"] == MESSAGE and not own:
        raise MaxError(403, "Only own messages can be deleted in a dialog")
    call.place.delete(record["mid"], wire.user_number(None, call.group))
    return {"success": True}


def comments(call):
    """GET /messages/{messageId}/comments: the latest of a time, or by their ids."""
    place = call.place
    post = _own(call, call.path[0], (POST,))
    found = place.comments_of(post["mid"])
    if call.query.get("comment_ids"):
        names = call.query["comment_ids"].split(",")
        found = [one for one in found if one["mid"] in names]
    else:
        after = call.integer("after", 0, 0, LARGEST)
        before = call.integer("before", LARGEST, 0, LARGEST)
        count = call.integer("count", 50, 1, 100)
        found = [one for one in found if after <= one["at"] <= before]
        found.sort(key=lambda one: one["seq"])
        if not place.settings["comments_oldest_first"]:
            found.reverse()
        found = found[:count]
    return {"messages": [wire.message(place, one) for one in found]}


def _comment(call, mid):
    post = _own(call, call.path[0], (POST,))
    record = _own(call, mid, (COMMENT,))
    if record["post"] != post["mid"]:
        raise MaxError(404, f"Comment {mid} not found")
    return record


def comment(call):
    """GET /messages/{messageId}/comments/{commentId}."""
    return wire.message(call.place, _comment(call, call.path[1]))


def send_comment(call):
    """POST /messages/{messageId}/comments."""
    post = _own(call, call.path[0], (POST,))
    if call.body.get("attachments"):
        raise MaxError(400, "Comments have no attachments")
    text = _text(call)
    if not text.strip():
        raise MaxError(400, "text is required")
    link = _link(call, COMMENT, post["mid"])
    _limit(call, post["chat_id"])
    record = call.place.add_comment(post["mid"], -call.group, text, link)
    return {"message": wire.message(call.place, record)}


def edit_comment(call):
    """PUT /messages/{messageId}/comments?comment_id=…"""
    record = _comment(call, call.required("comment_id"))
    _editable(call, record, EDIT_COMMENT_MS)
    call.place.edit(record["mid"], _text(call))
    return {"success": True}


def delete_comment(call):
    """DELETE /messages/{messageId}/comments?comment_id=…"""
    record = _comment(call, call.required("comment_id"))
    call.place.delete(record["mid"], wire.user_number(None, call.group))
    return {"success": True}
