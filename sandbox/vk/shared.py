"""What the methods about comments of all places share."""

import re

from .. import constants
from ..errors import WorldError
from . import wire
from .errors import ApiError, invalid

ATTACHMENT = re.compile(r"(photo|doc)(-?\d+)_(\d+)(?:_\w+)?")


def owner_group(call, name="owner_id"):
    """Return the community meant by the negative id in `owner_id`."""
    owner_id = call.parameters.integer(name)
    if owner_id is None:
        if call.token.kind != constants.COMMUNITY:
            raise invalid(f"{name} is undefined")
        owner_id = -call.token.owner
    group = call.world.state["groups"].get(str(-owner_id))
    if owner_id >= 0 or not group:
        raise ApiError(15, "wall is disabled")
    return group


def manages(call, group):
    """Say whether the token may act for the community."""
    if call.token.kind == constants.COMMUNITY:
        return call.token.owner == group["id"]
    return call.token.kind == constants.USER and group.get("official", True)


def attached_files(call, text, private=False):
    """Return the file ids named in `text`, such as `photo-1_1001,doc-1_1002_key`.

    A photo uploaded for private messages cannot stand on a wall.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    if len(words) > constants.ATTACHMENT_LIMIT:
        raise invalid("too many attachments")
    result = []
    for word in words:
        match = ATTACHMENT.fullmatch(word)
        record = match and call.world.state["files"].get(match[3])
        if not record or record["owner_id"] != int(match[2]):
            raise invalid("attachments is invalid")
        if (match[1] == "doc") != (record["kind"] == "doc"):
            raise invalid("attachments is invalid")
        if record["kind"] == "message_photo" and not private:
            raise invalid("attachments: photo is not accessible on a wall")
        result.append(record["id"])
    return result


def author(call, group, from_group):
    """Return who writes: a community (`from_group` is its id) or a person."""
    if call.token.kind == constants.COMMUNITY:
        if from_group and from_group != call.token.owner:
            raise ApiError(15, "can not comment on behalf of this community")
        return -call.token.owner
    if not from_group:
        return call.token.owner
    chosen = call.world.state["groups"].get(str(from_group))
    if not chosen or not manages(call, chosen):
        raise ApiError(15, "can not comment on behalf of this community")
    return -from_group


def message_text(call, files):
    """Return `message`, checked: some text or attachment, no more than the limit."""
    text = call.parameters.text("message").strip()
    if not text and not files:
        raise invalid("message is empty")
    if len(text) > call.world.state["settings"]["text_limit"]:
        raise invalid("message is too long")
    return text


def create_comment(call, group, where, parent_id, from_group):
    """Write a comment; the same `guid` gives the same comment again."""
    read, world = call.parameters, call.world
    writer = author(call, group, from_group)
    guid = read.text("guid")
    memory = f"{call.token.kind}:{call.token.owner}:{-group['id']}:{guid}"
    if where != "wall":
        memory = f"{where}:{memory}"
    settings = world.state["settings"]
    if guid and settings["guid_memory"] and memory in world.state["guids"]:
        return world.comment(group["id"], world.state["guids"][memory], where)
    files = attached_files(call, read.text("attachments"))
    text = message_text(call, files)
    reply_to = read.integer("reply_to_comment") or None
    try:
        record = world.add_comment(
            group["id"], parent_id, writer, text, reply_to, files, where=where
        )
    except WorldError:
        raise invalid("reply_to_comment is invalid") from None
    if guid:
        world.state["guids"][memory] = record["id"]
        world.changed()
    return record


def edit_comment(call, group, where, record):
    """Change one's own words, or those of a page one keeps."""
    own = record["from_id"] == call.token.owner
    if not own and not (record["from_id"] == -group["id"] and manages(call, group)):
        raise ApiError(211 if where == "wall" else 15, "you can not edit this comment")
    files = attached_files(call, call.parameters.text("attachments"))
    text = message_text(call, files)
    call.world.edit_comment(group["id"], record["id"], text, files, where)


def may_delete(call, group, where, record):
    """Refuse to delete what is neither one's own nor on a page one keeps."""
    if not manages(call, group) and record["from_id"] != call.token.owner:
        raise ApiError(
            211 if where == "wall" else 15, "you can not delete this comment"
        )


def levels(call, group, where, parent_id):
    """Return thread (None is the top level) -> comments, the oldest first.

    Deleted comments keep their place on walls and under videos, unless the setting
    hides them and nobody has answered; elsewhere they are not shown at all.
    """
    comments = call.world.comments_under(group["id"], where, parent_id)
    hide = call.world.state["settings"]["hide_deleted"] or where in ("board", "photo")
    busy = {c["thread"] for c in comments if c["thread"] and not c["deleted"]}
    result = {None: []}
    for comment in comments:
        if hide and comment["deleted"] and comment["id"] not in busy:
            continue
        result.setdefault(comment["thread"], []).append(comment)
    return result


def page(call, level, default, sorts=("asc", "desc")):
    """Return `(comments, offset)` that `sort`, `start_comment_id`… ask for."""
    read = call.parameters
    if read.choice("sort", "asc", sorts) == "desc":
        level = level[::-1]
    offset = read.integer("offset", 0)
    start_id = read.integer("start_comment_id", 0, minimum=0)
    if start_id:
        ids = [comment["id"] for comment in level]
        if start_id not in ids:
            raise invalid("start_comment_id is invalid")
        offset += ids.index(start_id)
    elif offset < 0:
        raise invalid("offset should be greater or equal to 0")
    first = max(offset, 0)
    return level[first : first + read.count(default, 100)], first


def items(call, group, where, records):
    """Return comment objects, with likes when the call asks for them."""
    result = [wire.comment(call.world, group, record, where) for record in records]
    if call.parameters.flag("need_likes"):
        for item in result:
            item["likes"] = wire.likes()
    return result


def author_shown(record):
    """Return who wrote a comment, 0 where it is deleted."""
    return 0 if record["deleted"] else record["from_id"]


def threaded_answer(call, group, where, parent_id, default, sorts):
    """Return the answer of getComments of a place with threads, and who wrote in it."""
    read = call.parameters
    found = levels(call, group, where, parent_id)
    thread = read.integer("comment_id", 0, minimum=0) or None
    if thread and not any(c["id"] == thread for c in found[None]):
        raise invalid("comment_id is invalid")
    level = found.get(thread, [])
    chosen, _offset = page(call, level, default, sorts)
    in_thread = read.integer("thread_items_count", 0, minimum=0, maximum=10)
    can_write = {
        "can_post": call.token.kind != constants.SERVICE,
        "show_reply_button": call.token.kind != constants.SERVICE,
        "groups_can_post": True,
    }
    total = sum(len(comments) for comments in found.values())
    answer = {
        "count": len(level) if thread else total,
        "items": items(call, group, where, chosen),
        "current_level_count": len(level),
        **can_write,
    }
    authors = [author_shown(record) for record in chosen]
    for item, record in zip(answer["items"], chosen, strict=True) if not thread else ():
        replies = found.get(record["id"], [])
        below = replies[:in_thread]
        authors += [author_shown(reply) for reply in below]
        item["thread"] = {
            "count": len(replies),
            "items": [wire.comment(call.world, group, r, where) for r in below],
            **can_write,
            "author_replied": any(
                r["from_id"] == -group["id"] and not r["deleted"] for r in replies
            ),
        }
    return answer, authors


def extend(call, answer, authors):
    """Add profiles and groups to an answer when the call asks for them."""
    if call.parameters.flag("extended"):
        fields = call.parameters.words("fields")
        answer.update(wire.people(call.world, authors, fields))
    return answer
