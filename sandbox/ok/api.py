"""The REST interface: application key, token, signature, methods.

A request is signed with the MD5 of its parameters, sorted and joined without
separators, and of MD5(token + secret key of the application); `access_token` and
`sig` themselves are left out.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re

from .. import constants as town
from ..errors import WorldError
from . import constants, wire
from .errors import ApiError, invalid

PAGE = 100


def signature(parameters, token):
    """Return the signature a request with these parameters must have."""
    signed = {k: v for k, v in parameters.items() if k not in ("sig", "access_token")}
    text = "".join(f"{name}={signed[name]}" for name in sorted(signed))
    secret = token + constants.APPLICATION_SECRET
    key = hashlib.md5(secret.encode()).hexdigest()
    return hashlib.md5((text + key).encode()).hexdigest()


def check_call(ground, parameters):
    """Refuse a call whose key, token or signature is wrong."""
    if parameters.get("application_key") != constants.APPLICATION_KEY:
        raise ApiError(101)
    token = parameters.get("access_token", "")
    if not token:
        raise ApiError(453)
    if not ground.state["settings"]["token_valid"]:
        raise ApiError(102)
    if not hmac.compare_digest(token.encode(), constants.TOKEN.encode()):
        raise ApiError(103)
    given = parameters.get("sig", "").lower()
    expected = signature(parameters, token)
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise ApiError(104)


def execute(ground, method, parameters):
    """Run a method; returns its answer."""
    check_call(ground, parameters)
    if parameters.get("format", "json").lower() != "json":
        raise invalid("format : only JSON here")
    if method not in METHODS:
        raise ApiError(3, f"Unknown method: {method}")
    with ground.lock:
        try:
            return METHODS[method](ground, parameters)
        except WorldError as error:
            raise invalid(str(error)) from None


# -- reading parameters


def _required(parameters, name):
    value = parameters.get(name)
    if value in (None, ""):
        raise invalid(f"Missing required parameter {name}")
    return value


def _number(parameters, name, default, least=0, most=PAGE):
    value = parameters.get(name)
    if value in (None, ""):
        return default
    if not re.fullmatch(r"-?\d+", value):
        raise invalid(f"Invalid {name} : {value}")
    return min(max(int(value), least), most)


def _flag(parameters, name, default=False):
    value = parameters.get(name)
    return default if value in (None, "") else value.lower() in ("true", "1")


def _topic(ground, parameters, prefix="discussion"):
    topic_id = _required(parameters, f"{prefix}Id")
    if _required(parameters, f"{prefix}Type") != constants.TOPIC:
        raise ApiError(300)
    try:
        return ground.topic(topic_id)
    except WorldError:
        raise ApiError(300) from None


def _comment(ground, topic, comment_id):
    try:
        found = ground.comment(comment_id)
    except WorldError:
        raise ApiError(300) from None
    if found["topic"] != topic["id"] or found["deleted"]:
        raise ApiError(300)
    return found


# -- anchors: where a list was left, and the way it was read


def _anchor(way, ms, direction):
    return base64.b64encode(f"{way}:{ms}:{direction}".encode()).decode()


def _place(text, direction):
    """Return `(way, ms)` of an anchor; the other direction than its own turns round.

    `way`: asc or desc. The two special names begin at one end.
    """
    if text in ("", "LAST", "UNREAD"):
        return "desc", None
    if text == "FIRST":
        return "asc", None
    try:
        way, ms, own = base64.b64decode(text, validate=True).decode().split(":")
        ms = int(ms)
    except (binascii.Error, ValueError):
        raise invalid("Invalid anchor") from None
    if own != direction:
        way = "desc" if way == "asc" else "asc"
    return way, ms


def _page(records, time_of, parameters, default=20):
    """Return `(records of the page, anchor, has more)`."""
    direction = parameters.get("direction") or "FORWARD"
    if direction not in ("FORWARD", "BACKWARD"):
        raise invalid(f"Invalid direction : {direction}")
    way, ms = _place(parameters.get("anchor", ""), direction)
    records = sorted(records, key=time_of, reverse=way == "desc")
    if ms is not None:
        beyond = (lambda t: t > ms) if way == "asc" else (lambda t: t < ms)
        records = [one for one in records if beyond(time_of(one))]
    count = _number(parameters, "count", default, least=1)
    page = records[:count]
    end = time_of(page[-1]) if page else ms
    anchor = _anchor(way, end or 0, direction)
    return page, anchor, len(records) > len(page)


# -- discussions


def get_list(ground, parameters):
    """discussions.getList: the topics, those talked about last first."""
    page, anchor, more = _page(
        ground.state["topics"].values(),
        lambda topic: wire.last_activity(ground, topic),
        parameters,
    )
    found = [wire.discussion(ground, topic) for topic in page]
    return {"discussions": found, "anchor": anchor, "has_more": more}


def get(ground, parameters):
    """discussions.get."""
    topic = _topic(ground, parameters)
    media = {"media_topics": [wire.media_topic(ground, topic)]}
    return {"discussion": wire.discussion(ground, topic), "entities": media}


def get_comments(ground, parameters):
    """discussions.getComments: newest first from LAST, oldest first from FIRST."""
    topic = _topic(ground, parameters)
    records = ground.comments_of(topic["id"], _flag(parameters, "includeRemoved"))
    page, anchor, more = _page(records, lambda one: one["ms"], parameters)
    return {
        "discussionId": topic["id"],
        "discussionType": constants.TOPIC,
        "comments": [wire.comment(ground, one) for one in page],
        "anchor": anchor,
        "has_more": more,
    }


def get_discussion_comments(ground, parameters):
    """discussions.getDiscussionComments: the older way, by offset, oldest first."""
    topic = _topic(ground, parameters, "entity")
    records = ground.comments_of(topic["id"])
    offset = _number(parameters, "offset", 0, most=10**9)
    page = records[offset : offset + _number(parameters, "count", 20, least=1)]
    return {
        "comments": [wire.comment(ground, one) for one in page],
        "totalCount": len(records),
    }


def get_comment(ground, parameters):
    """discussions.getComment."""
    topic = _topic(ground, parameters)
    found = _comment(ground, topic, _required(parameters, "comment_id"))
    shown = wire.comment(ground, found)
    return {**shown, "comment": shown}


def get_count(ground, parameters):
    """discussions.getDiscussionCommentsCount."""
    return len(ground.comments_of(_topic(ground, parameters, "entity")["id"]))


def _attached(ground, text):
    """Return the ids of uploaded photos that a JSON of attachments names."""
    if not text:
        return []
    try:
        given = json.loads(text)
    except ValueError:
        raise invalid("Invalid attachments") from None
    files, waiting = [], [given]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):
            token = one.get("token") or one.get("id") or one.get("photoId")
            found = ground.photo_file(token) if isinstance(token, str) else None
            if found:
                files.append(found)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    if not files:
        raise invalid("attachments : no such photo")
    return files


def add_comment(ground, parameters):
    """discussions.addDiscussionComment: must have been granted to the application."""
    if not ground.state["settings"]["comments_allowed"]:
        raise ApiError(10)
    topic = _topic(ground, parameters, "entity")
    official = _flag(parameters, "as_admin")
    answered = parameters.get("reply_to_comment_id")
    if answered:
        _comment(ground, topic, answered)
    files = _attached(ground, parameters.get("attachments"))
    text = parameters.get("comment", "") if files else _required(parameters, "comment")
    made = ground.add_comment(
        topic["id"],
        0 if official else town.PAGE_EDITOR,
        text,
        answered,
        files,
        official=official,
    )
    return {**wire.comment(ground, made), "comment_id": made["id"]}


def edit_comment(ground, parameters):
    """discussions.editDiscussionComment: only what the page or its editor wrote."""
    topic = _topic(ground, parameters)
    found = _comment(ground, topic, _required(parameters, "comment_id"))
    if found["author"] not in (0, town.PAGE_EDITOR):
        raise ApiError(10)
    ground.edit_comment(found["id"], _required(parameters, "comment"))
    return {"success": True}


def delete_comment(ground, parameters):
    """discussions.deleteDiscussionComment: of anybody, as a moderator may."""
    topic = _topic(ground, parameters)
    found = _comment(ground, topic, _required(parameters, "comment_id"))
    own = found["author"] in (0, town.PAGE_EDITOR)
    ground.delete_comment(found["id"], "author" if own else "moderator")
    return {"success": True}


# -- people, the page, links


def _uids(parameters, most=100):
    found = [one.strip() for one in _required(parameters, "uids").split(",")]
    if len(found) > most:
        raise invalid(f"uids : no more than {most}")
    return [one for one in found if one]


def users_info(ground, parameters):
    """users.getInfo: ids nobody has are left out."""
    _required(parameters, "fields")
    found = []
    for number in _uids(parameters):
        try:
            found.append(wire.user(ground.world.user(constants.person(number))))
        except (ValueError, WorldError):
            continue
    return found


def current_user(ground, _parameters):
    """users.getCurrentUser: the token is the editor's."""
    return wire.user(ground.world.user(town.PAGE_EDITOR))


def group_info(ground, parameters):
    """group.getInfo."""
    found = [one for one in _uids(parameters) if one == constants.GROUP]
    return [wire.group(ground) for _one in found]


def group_counters(ground, parameters):
    """group.getCounters."""
    if _required(parameters, "group_id") != constants.GROUP:
        raise ApiError(300)
    counters = {
        "members": ground.state["members_count"],
        "themes": len(ground.state["topics"]),
    }
    wanted = parameters.get("counterTypes", "").lower().split(",")
    shown = {k: v for k, v in counters.items() if not wanted[0] or k in wanted}
    return {"counters": shown}


def media_topics(ground, parameters):
    """mediatopic.getByIds."""
    found = []
    for topic_id in _required(parameters, "topic_ids").split(","):
        topic = ground.state["topics"].get(topic_id.strip())
        if topic:
            found.append(wire.media_topic(ground, topic))
    return {"media_topics": found}


def url_info(ground, parameters):
    """url.getInfo: what an address at ok.ru leads to."""
    url = _required(parameters, "url")
    match = re.search(r"ok\.ru/(?:group/)?([\w.]+)(?:/topic/(\d+))?", url)
    named = (constants.GROUP, ground.state["shortname"])
    if not match or match[1] not in named:
        return {"type": "UNKNOWN"}
    if not match[2]:
        return {"type": "GROUP", "objectId": constants.GROUP}
    if match[2] not in ground.state["topics"]:
        raise ApiError(300)
    return {"type": constants.TOPIC, "objectId": match[2]}


# -- photos


def upload_url(ground, parameters):
    """photosV2.getUploadUrl: an address for as many photos as wished."""
    if parameters.get("gid", constants.GROUP) != constants.GROUP:
        raise ApiError(300)
    count = _number(parameters, "count", 1, least=1, most=10)
    ids = [ground.expect_photo()["id"] for _number_ in range(count)]
    day = 24 * 3600 * 1000
    return {
        "photo_ids": ids,
        "upload_url": f"{wire.BASE}/ok/upload?photoIds={','.join(ids)}",
        "expires_ms": ground.now_ms() + day,
        "ttl_ms": day,
    }


def commit_photo(ground, parameters):
    """photosV2.commit."""
    record = ground.state["photos"].get(_required(parameters, "photo_id"))
    if not record or record["token"] != _required(parameters, "token"):
        raise ApiError(300)
    status = {"photo_id": record["id"], "assigned_photo_id": str(record["file"])}
    return {"photos": [{**status, "status": "SUCCESS"}]}


METHODS = {
    "discussions.getList": get_list,
    "discussions.get": get,
    "discussions.getComments": get_comments,
    "discussions.getDiscussionComments": get_discussion_comments,
    "discussions.getDiscussionCommentsCount": get_count,
    "discussions.getComment": get_comment,
    "discussions.addDiscussionComment": add_comment,
    "discussions.editDiscussionComment": edit_comment,
    "discussions.deleteDiscussionComment": delete_comment,
    "users.getInfo": users_info,
    "users.getCurrentUser": current_user,
    "group.getInfo": group_info,
    "group.getCounters": group_counters,
    "mediatopic.getByIds": media_topics,
    "url.getInfo": url_info,
    "photosV2.getUploadUrl": upload_url,
    "photosV2.commit": commit_photo,
}
