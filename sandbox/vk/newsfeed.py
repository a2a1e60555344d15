"""Methods `newsfeed.*`: where a page is mentioned."""

import re

from .. import constants
from . import shared, wire
from .errors import ApiError

DAY = 24 * 3600


def get_mentions(call):
    """newsfeed.getMentions: posts and comments on walls, the newest first.

    Without `start_time` those of the last 24 hours. What the page itself wrote is left
    out. A comment comes as a post of the type "reply" with `post_id`.
    """
    read, world = call.parameters, call.world
    owner_id = read.integer("owner_id") or call.token.owner
    now = world.now()
    start = read.integer("start_time", 0, minimum=0) or now - DAY
    end = read.integer("end_time", 0, minimum=0) or now
    if owner_id < 0:
        group = shared.owner_group(call)
        if not shared.manages(call, group):
            raise ApiError(15)
        pattern = _pattern("club|public|event", -owner_id, group["screen_name"])
    else:
        if owner_id != call.token.owner:
            raise ApiError(15)
        record = world.state["users"][str(constants.PAGE_EDITOR)]
        pattern = _pattern("id", owner_id, record["screen_name"])
    found = []
    for group in world.state["groups"].values():
        for records, show in (
            (group["posts"], wire.mentioning_post),
            (group["comments"], wire.mentioning_comment),
        ):
            found += [
                (record, group, show)
                for record in records.values()
                if start <= record["date"] <= end
                and record["from_id"] != owner_id
                and not _deleted(group, record)
                and pattern.search(record["text"])
            ]
    found.sort(key=lambda item: (item[0]["date"], item[0]["id"]), reverse=True)
    offset = read.integer("offset", 0, minimum=0)
    chosen = found[offset : offset + read.count(20, 50)]
    return {
        "count": len(found),
        "items": [show(world, group, record) for record, group, show in chosen],
    }


def _deleted(group, record):
    """Say whether a post, or a comment or what it stands under, is deleted."""
    above = group["posts"].get(str(record.get("post_id"))) or {}
    return record.get("deleted") or above.get("deleted")


def _pattern(words, number, screen_name):
    """Return how a mention looks in a stored text."""
    name = re.escape(screen_name)
    return re.compile(rf"\[(?:(?:{words}){number}|{name})\||(?<!\w)@{name}(?!\w)")


METHODS = {"newsfeed.getMentions": get_mentions}
