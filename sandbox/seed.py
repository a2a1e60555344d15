"""The invented town: people, posts and conversations a fresh ground starts with.

All times are relative to the start, so that the demonstration is always fresh.
"""

import json
from pathlib import Path

from .vk import events
from .world import World, empty_group

DATA = Path(__file__).with_name("data") / "town.json"


def new_state(with_content=True):
    """Return the state of a new world; without content only pages and people."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    world = World()
    for user in data["users"]:
        user_id = user.pop("id")
        world.add_citizen(user_id=user_id, **user)
    for group in data["groups"]:
        group_id = group.pop("id")
        world.state["groups"][str(group_id)] = empty_group(
            group_id, group.pop("name"), group.pop("screen_name"), **group
        )
    if with_content:
        for post in data["posts"]:
            post["kind"] = "post"
        _publish(world, data["posts"])
        for talk in data["conversations"]:
            _converse(world, talk)
    for group in world.state["groups"].values():
        # What was there before the start is no news for a client.
        group["long_poll"] = events.new_queue()
        _mark_as_read(group)
    return world.state


def _flatten(items, post=None, parent=None):
    """Yield posts, comments and answers, each knowing what it stands under."""
    for item in items:
        item.update(post=post, parent=parent)
        yield item
        if post is None:
            yield from _flatten(item.get("comments", ()), post=item)
        else:
            yield from _flatten(item.get("replies", ()), post=post, parent=item)


def _publish(world, posts):
    """Publish everything in the order of time, so that ids grow with it."""
    items = sorted(_flatten(posts), key=lambda item: -item["minutes_ago"])
    for item in items:
        post = item["post"]
        group_id = (post or item)["group"]
        date = world.now() - item["minutes_ago"] * 60
        files = []
        if item.get("scene"):
            files.append(world.add_scene(item["scene"], item["author"])["id"])
        if post is None:
            other = {k: item[k] for k in ("likes", "views", "pinned") if k in item}
            record = world.add_post(
                group_id, item["author"], item["text"], files, date, **other
            )
        else:
            reply_to = item["parent"] and item["parent"]["id"]
            record = world.add_comment(
                group_id, post["id"], item["author"], item["text"], reply_to, files,
                date,
            )  # fmt: skip
        item["id"] = record["id"]


def _converse(world, talk):
    for message in talk["messages"]:
        world.add_message(
            talk["group"],
            talk["peer"],
            message["text"],
            date=world.now() - message["minutes_ago"] * 60,
            out=message.get("out", False),
        )


def _mark_as_read(group):
    """A page has read what it answered; the last words of a person are unread."""
    for talk in group["conversations"].values():
        sent = [m["id"] for m in talk["messages"] if m["out"]]
        talk["in_read"] = max(sent, default=0)
