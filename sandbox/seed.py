"""The invented town: people, posts and conversations a fresh ground starts with.

All times are relative to the start, so that the demonstration is always fresh.
"""

import json
from pathlib import Path

from .max import world as max_world
from .ok import seed as ok_seed
from .vk import events
from .world import World, empty_group

DATA = Path(__file__).with_name("data") / "town.json"


def new_state(with_content=True):
    """Return the state of a new world; without content only pages and people."""
    text = DATA.read_text(encoding="utf-8")
    data = json.loads(text)
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
        for topic in data["topics"]:
            _discuss(world, topic)
        for video in data["videos"]:
            _show(world, video)
        for talk in data["conversations"]:
            _converse(world, talk)
    for group in world.state["groups"].values():
        # What was there before the start is no news for a client.
        group["long_poll"] = events.new_queue()
        _mark_as_read(group)
    max_world.seed(world, json.loads(text), with_content)
    ok_seed.fill(world, with_content)
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
            picture = world.add_scene(item["scene"], item["author"], date=date)
            files.append(picture["id"])
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
        if item.get("photo_comments"):
            _comments(world, group_id, "photo", files[0], item["photo_comments"])


def _ago(world, item):
    return world.now() - item["minutes_ago"] * 60


def _comments(world, group_id, where, parent_id, comments):
    """Write comments in the given order; `answers` is the number of an earlier one."""
    ids = []
    for item in comments:
        record = world.add_comment(
            group_id,
            parent_id,
            item["author"],
            item["text"],
            ids[item["answers"]] if "answers" in item else None,
            date=_ago(world, item),
            where=where,
        )
        ids.append(record["id"])


def _discuss(world, topic):
    """Open a topic of a board with what was written in it."""
    first, *rest = topic["comments"]
    record = world.add_topic(
        topic["group"],
        first["author"],
        topic["title"],
        first["text"],
        date=_ago(world, first),
        fixed=topic.get("fixed", False),
    )
    _comments(world, topic["group"], "board", record["id"], rest)


def _show(world, video):
    """Put a video on a page with its comments."""
    record = world.add_video(
        video["group"],
        video["title"],
        video["description"],
        video["scene"],
        _ago(world, video),
    )
    _comments(world, video["group"], "video", record["id"], video["comments"])


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
