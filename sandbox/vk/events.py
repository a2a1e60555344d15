"""Bots Long Poll: the queue of events that VK keeps for each community.

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


def publish(group, kind, content):
    """Put an event into the queue, unless it is off or to be dropped."""
    queue = group["long_poll"]
    if not queue["enabled"] or kind not in queue["subscribed"]:
        return
    if queue["drop"]:
        queue["drop"] -= 1
        return
    queue["ts"] += 1
    event = {
        "group_id": group["id"],
        "type": kind,
        "event_id": secrets.token_hex(20),
        "v": queue["api_version"],
        "object": content,
    }
    queue["events"].append([queue["ts"], event])
    if len(queue["events"]) > constants.EVENT_HISTORY:
        queue["floor"] = queue["events"].pop(0)[0]


def wall_post_new(world, group, record):
    """Tell of a new post."""
    publish(group, "wall_post_new", wire.post(world, group, record))


def wall_reply(world, group, record, kind):
    """Tell of a new, edited or restored comment."""
    content = wire.comment(world, group, record)
    # The page on events names the owner of the post, the schema the owner of the
    # comment: VK sends both.
    content["post_owner_id"] = -group["id"]
    publish(group, kind, content)


def wall_reply_delete(world, group, record, deleter_id):
    """Tell that a comment is gone."""
    content = {
        "id": record["id"],
        "owner_id": -group["id"],
        "post_id": record["post_id"],
        # `deleter_id` in the page on events, `user_id` in the schema.
        "deleter_id": deleter_id,
        "user_id": max(deleter_id, 0) or constants.PAGE_EDITOR,
    }
    publish(group, "wall_reply_delete", content)


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
    publish(group, kind, content)


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
