"""The graph: private chats of the page, and subscriptions to what happens there.

`me` is the page that the token belongs to; nothing is signed.
"""

import hmac
from urllib.parse import urlsplit

from ..errors import WorldError
from . import constants, wire
from .errors import ApiError, invalid

PAGE = 100


def execute(ground, http_method, path, parameters, body):
    """Answer `/graph/<path>`; returns `(name for the log, answer)`."""
    parts = [part for part in path.split("/") if part]
    if parts and parts[0].startswith("chat:"):
        # The other spelling: chat:C3…/messages.
        parts = ["me", *parts[1:], parts[0]]
    name = f"{http_method.lower()}_{parts[1] if len(parts) > 1 else ''}"
    action = ACTIONS.get(name)
    if parts[:1] != ["me"] or not action:
        raise ApiError(3, f"Unknown method: {path}")
    if http_method == "POST" and not isinstance(body, dict):
        raise invalid("send application/json")
    target = parts[2] if len(parts) > 2 else parameters.get("chat_id", "")
    with ground.lock:
        return action(ground, target, parameters, body)


def check_token(ground, parameters):
    """Refuse a call without the token of the page."""
    token = parameters.get("access_token", "")
    if not token:
        raise ApiError(453)
    if not ground.state["settings"]["token_valid"]:
        raise ApiError(102)
    if not hmac.compare_digest(token.encode(), constants.TOKEN.encode()):
        raise ApiError(103)


def _chat(ground, chat_id):
    try:
        return ground.chat(chat_id)
    except WorldError:
        raise ApiError(300) from None


def _count(parameters, default):
    text = parameters.get("count") or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= PAGE:
        raise invalid(f"count : {text}")
    return int(text)


def _time(parameters, name, default):
    text = parameters.get(name) or str(default)
    if not text.isdecimal():
        raise invalid(f"{name} : {text}")
    return int(text)


def info(ground, _target, _parameters, _body):
    """GET me/info."""
    return {"name": ground.state["name"], "group_id": f"group:{constants.GROUP}"}


def chats(ground, _target, parameters, _body):
    """GET me/chats: those with the latest message first."""
    found = [wire.chat(one) for one in ground.state["chats"].values()]
    found.sort(key=lambda one: -one["lastEventTime"])
    marker = parameters.get("marker") or "0"
    if not marker.isdecimal():
        raise invalid("marker")
    start, count = int(marker), _count(parameters, 50)
    answer = {"chats": found[start : start + count]}
    if start + count < len(found):
        answer["marker"] = str(start + count)
    return answer


def chat(ground, target, _parameters, _body):
    """GET me/chat/<id>."""
    return wire.chat(_chat(ground, target))


def messages(ground, target, parameters, _body):
    """GET me/messages/<id>: newest first, `from` is the later border."""
    found = _chat(ground, target)
    later = _time(parameters, "from", 2**62)
    earlier = _time(parameters, "to", 0)
    page = [one for one in found["messages"] if earlier <= one["ms"] <= later]
    page = page[::-1][: _count(parameters, 50)]
    return {"messages": [wire.message(ground, found, one) for one in page]}


def _files(ground, given):
    """Return the ids of the pictures an outgoing message names by their tokens."""
    listed = given.get("attachments") or []
    if isinstance(given.get("attachment"), dict):
        listed = [given["attachment"], *listed]
    files = []
    for one in listed:
        payload = one.get("payload") if isinstance(one, dict) else None
        token = payload.get("token") if isinstance(payload, dict) else None
        found = ground.photo_file(token) if isinstance(token, str) else None
        if one.get("type") not in ("IMAGE", "FILE") or not found:
            raise invalid("attachment : not uploaded here")
        files.append(found)
    return files


def send(ground, target, _parameters, body):
    """POST me/messages: to a chat, or to people who have written before."""
    recipient = body.get("recipient")
    recipient = recipient if isinstance(recipient, dict) else {}
    if "sender_action" in body:
        return {"success": True}
    given = body.get("message")
    if not isinstance(given, dict):
        raise invalid("message")
    people = recipient.get("user_ids") or []
    if recipient.get("user_id"):
        people = [recipient["user_id"]]
    chat_id = recipient.get("chat_id") or target
    try:
        files = _files(ground, given)
        if people:
            return _send_to_people(ground, people, given, files)
        found = _chat(ground, chat_id)
        made = ground.add_message(
            found["person"], given.get("text"), files, True, given.get("reply_to")
        )
    except WorldError as error:
        raise invalid(str(error)) from None
    return {
        "success": True,
        "recipient": {"chat_id": f"chat:{found['id']}"},
        "message_id": made["mid"],
    }


def _send_to_people(ground, people, given, files):
    """Only who has a chat with the page gets the message: it may not begin one."""
    done, ids = [], []
    for one in people:
        try:
            number = constants.person(one)
        except ValueError:
            number = 0
        chats_ = ground.state["chats"].values()
        found = next((c for c in chats_ if c["person"] == number), None)
        if found:
            ground.add_message(number, given.get("text"), files, True)
        done.append(bool(found))
        ids.append(f"chat:{found['id']}" if found else None)
    return {"success": done, "chat_ids": ids}


def subscriptions(ground, _target, _parameters, _body):
    """GET me/subscriptions."""
    shown = [{k: s[k] for k in ("time", "url")} for s in ground.state["subscriptions"]]
    return {"subscriptions": shown}


def _url(body):
    url = str(body.get("url") or "")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("url")
    return url


def subscribe(ground, _target, _parameters, body):
    """POST me/subscribe: the same address twice is one subscription."""
    url = _url(body)
    kept = [one for one in ground.state["subscriptions"] if one["url"] != url]
    kept.append({"url": url, "time": ground.now_ms(), "failures": 0})
    ground.state["subscriptions"] = kept
    ground.world.changed()
    return {"success": True}


def unsubscribe(ground, _target, _parameters, body):
    """POST me/unsubscribe."""
    url = _url(body)
    kept = [one for one in ground.state["subscriptions"] if one["url"] != url]
    gone = len(kept) < len(ground.state["subscriptions"])
    ground.state["subscriptions"] = kept
    ground.world.changed()
    return {"success": gone}


def file_upload_url(ground, _target, parameters, _body):
    """GET me/fileUploadUrl: pictures only, their token comes with the upload."""
    kind = (parameters.get("type") or "FILE").upper()
    if kind not in ("FILE", "VIDEO", "AUDIO", "IMAGE"):
        raise invalid("type")
    photo = ground.expect_photo()
    answer = {"url": f"{wire.BASE}/ok/upload?photoIds={photo['id']}"}
    if kind == "IMAGE":
        return {**answer, "file_id": photo["id"]}
    return {**answer, "token": photo["id"]}


ACTIONS = {
    "get_info": info,
    "get_chats": chats,
    "get_chat": chat,
    "get_messages": messages,
    "post_messages": send,
    "get_subscriptions": subscriptions,
    "post_subscribe": subscribe,
    "post_unsubscribe": unsubscribe,
    "get_fileUploadUrl": file_upload_url,
}
