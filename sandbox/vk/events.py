"""Events of a community, and Bots Long Poll: the queue that VK keeps of them.

`ts` is the number of the last event a client has seen. Answers to a client that is out
of step: `failed` 1 (history is gone, go on from the new ts), 2 (the key has expired),
3 (everything is lost: take a new key and a new ts).
"""

import secrets
import time

from .. import constants
from . import wire

#: Events that a fresh page of the training ground reports.
SUBSCRIBED = tuple(
    """
    message_new message_reply message_edit wall_post_new wall_repost
    wall_reply_new wall_reply_edit wall_reply_delete wall_reply_restore
    board_post_new board_post_edit board_post_delete board_post_restore
    photo_comment_new photo_comment_edit photo_comment_delete photo_comment_restore
    video_comment_new video_comment_edit video_comment_delete video_comment_restore
    """.split()
)


def new_queue():
    """Return an empty queue, switched on."""
    return {
        "key": secrets.token_hex(20),
        "ts": 1,
        "floor": 1,
        "lost": False,
        "drop": 0,
        "enabled": True,
        "api_version": constants.VK_VERSION,
        "subscribed": list(SUBSCRIBED),
        "events": [],
    }


def event(group, kind, content, version):
    """Return an event as VK sends it; its `event_id` is new each time."""
    return {
        "group_id": group["id"],
        "type": kind,
        "event_id": secrets.token_hex(20),
        "v": version,
        "object": content,
    }


def publish(world, group, kind, content):
    """Tell the listeners of the world and put an event into the queue.

    The queue gets it unless it is off or the event is to be dropped.
    """
    for listener in world.listeners:
        listener(group, kind, content)
    queue = group["long_poll"]
    if not queue["enabled"] or kind not in queue["subscribed"]:
        return
    if queue["drop"]:
        queue["drop"] -= 1
        return
    queue["ts"] += 1
    stored = queue["events"]
    stored.append([queue["ts"], event(group, kind, content, queue["api_version"])])
    surplus = len(stored) - max(1, world.state["settings"]["event_history"])
    if surplus > 0:
        queue["floor"] = stored[surplus - 1][0]
        del stored[:surplus]


#: Beginnings of the names of events about comments, and the field with the owner of
#: what is commented. That is no field of the objects of the schema, VK sends it.
COMMENT_EVENTS = {
    "wall": ("wall_reply", "post_owner_id"),
    "board": ("board_post", "topic_owner_id"),
    "photo": ("photo_comment", "photo_owner_id"),
    "video": ("video_comment", "video_owner_id"),
}


def wall_post_new(world, group, record):
    """Tell of a new post."""
    publish(world, group, "wall_post_new", wire.post(world, group, record))


def comment(world, group, where, record, what):
    """Tell of a comment; `what`: "new", "edit" or "restore"."""
    kind, owner = COMMENT_EVENTS[where]
    content = wire.comment(world, group, record, where)
    content[owner] = -group["id"]
    if where == "board":
        content["topic_id"] = record["topic_id"]
    elif where in ("photo", "video"):
        # The comment itself has no owner here: what it stands under has one.
        content.pop("owner_id", None)
        content[f"{where}_id"] = record[f"{where}_id"]
    publish(world, group, f"{kind}_{what}", content)


def comment_deleted(world, group, where, record, deleter_id):
    """Tell that a comment is gone: nothing but where it stood and who did it."""
    kind, owner = COMMENT_EVENTS[where]
    parent = {
        "wall": "post_id",
        "board": "topic_id",
        "photo": "photo_id",
        "video": "video_id",
    }[where]
    content = {"id": record["id"], parent: record[parent]}
    content["topic_owner_id" if where == "board" else "owner_id"] = -group["id"]
    # `deleter_id` in the page on events, `user_id` in the schema.
    person = max(deleter_id, 0) or constants.PAGE_EDITOR
    content["deleter_id"] = deleter_id if where == "wall" else person
    if where in ("wall", "photo"):
        content["user_id"] = person
    publish(world, group, f"{kind}_delete", content)


def message(world, group, record, kind):
    """Tell of a private message: `message_new`, `message_reply` or `message_edit`."""
    content = wire.message(world, group, record)
    if kind == "message_new":
        client = {
            "button_actions": ["text", "open_link"],
            "keyboard": True,
            "inline_keyboard": True,
            "carousel": False,
            "lang_id": 0,
        }
        content = {"message": content, "client_info": client}
    publish(world, group, kind, content)


# -- what goes wrong with a queue


def expire_key(group):
    """Make the key of the client invalid: its next request gets `failed` 2."""
    group["long_poll"]["key"] = secrets.token_hex(20)


def forget_history(group):
    """Lose the stored events: a client with an older ts gets `failed` 1."""
    queue = group["long_poll"]
    queue["ts"] += 1
    queue["floor"] = queue["ts"]
    queue["events"] = []


def lose_everything(group):
    """Lose key and ts: `failed` 3 until the client asks for a new server."""
    forget_history(group)
    expire_key(group)
    group["long_poll"]["lost"] = True


def fail(world, group_id, code):
    """Let the next request of a client get `failed` 1, 2 or 3."""
    trouble = {1: forget_history, 2: expire_key, 3: lose_everything}[code]
    with world.lock:
        trouble(world.group(group_id))
        world.changed()


# -- what a client asks


def server(group):
    """Return the answer of groups.getLongPollServer."""
    queue = group["long_poll"]
    queue["lost"] = False
    return {
        "key": queue["key"],
        "server": f"{wire.BASE}/whp/{group['id']}",
        "ts": str(queue["ts"]),
    }


def _answer(queue, key, ts):
    """Return the answer due now, or None where the client has to wait."""
    if queue["lost"]:
        return {"failed": 3}
    if not secrets.compare_digest(queue["key"].encode(), key.encode()):
        return {"failed": 2}
    if not queue["floor"] <= ts <= queue["ts"]:
        return {"failed": 1, "ts": str(queue["ts"])}
    updates = [event for number, event in queue["events"] if number > ts]
    if updates:
        return {"ts": str(queue["ts"]), "updates": updates}
    return None


def check(world, group_id, key, ts, wait):
    """Answer a long poll request; waits up to `wait` seconds for an event."""
    deadline = time.monotonic() + max(0, min(wait, constants.WAIT_LIMIT))
    with world.lock:
        while True:
            # Looked up anew each time: a reset puts another queue in place.
            queue = world.group(group_id)["long_poll"]
            answer = _answer(queue, key, ts)
            if answer:
                return answer
            rest = deadline - time.monotonic()
            if rest <= 0 or world.closed:
                return {"ts": str(queue["ts"]), "updates": []}
            world.lock.wait(rest)
