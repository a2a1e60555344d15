"""Methods `wall.*`."""

import re

from .. import constants
from ..world import WorldError
from . import wire
from .errors import ApiError, invalid

FILTERS = ("owner", "others", "all", "postponed", "suggests", "archived", "donut")
ATTACHMENT = re.compile(r"(photo|doc)(-?\d+)_(\d+)(?:_\w+)?")


def _group(call, name="owner_id"):
    """Return the community whose wall is meant: the negative id in `owner_id`."""
    owner_id = call.parameters.integer(name)
    if owner_id is None:
        if call.token.kind != constants.COMMUNITY:
            raise invalid(f"{name} is undefined")
        owner_id = -call.token.owner
    group = call.world.state["groups"].get(str(-owner_id))
    if owner_id >= 0 or not group:
        raise ApiError(15, "wall is disabled")
    return group


def _post(call, group, code=15):
    """Return the post in `post_id`, or refuse with `code`."""
    post_id = call.parameters.required_integer("post_id", minimum=0)
    post = group["posts"].get(str(post_id))
    if not post:
        if code == 100:
            raise invalid("incorrect post_id")
        raise ApiError(code, "post was not found, check post_id param")
    return post


def get(call):
    """wall.get: newest first, a pinned post before all."""
    if call.parameters.get("domain") and not call.parameters.get("owner_id"):
        group = next(
            (
                group
                for group in call.world.state["groups"].values()
                if group["screen_name"] == call.parameters["domain"]
            ),
            None,
        )
        if not group:
            raise invalid("owner_id is undefined")
    else:
        group = _group(call)
    chosen = call.parameters.choice("filter", "all", FILTERS)
    posts = [
        post
        for post in group["posts"].values()
        if chosen == "all"
        or (chosen == "owner" and post["from_id"] < 0)
        or (chosen == "others" and post["from_id"] > 0)
    ]
    posts.sort(key=lambda p: (p.get("pinned", False), p["date"], p["id"]), reverse=True)
    offset = call.parameters.integer("offset", 0, minimum=0)
    page = posts[offset : offset + call.parameters.count(20, 100)]
    return _posts_answer(call, group, page, count=len(posts))


def get_by_id(call):
    """wall.getById: `posts` holds `<owner>_<post>`; unknown ones are left out."""
    found, authors = [], []
    call.parameters.required("posts")
    for word in call.parameters.words("posts")[:100]:
        match = re.fullmatch(r"(-?\d+)_(\d+)(?:_\w+)?", word)
        if not match:
            raise invalid("posts is invalid")
        group = call.world.state["groups"].get(str(-int(match[1])))
        post = group and group["posts"].get(match[2])
        if post:
            found.append(wire.post(call.world, group, post))
            authors += [post["from_id"], -group["id"]]
    answer = {"items": found}
    if call.parameters.flag("extended"):
        answer.update(wire.people(call.world, authors, call.parameters.words("fields")))
    return answer


def _posts_answer(call, group, posts, **answer):
    answer["items"] = [wire.post(call.world, group, post) for post in posts]
    if call.parameters.flag("extended"):
        authors = [post["from_id"] for post in posts] + [-group["id"]]
        answer.update(wire.people(call.world, authors, call.parameters.words("fields")))
    return answer


def _level(call, group, comments, thread):
    """Return the comments of one level, oldest first, as the settings show them."""
    hide = call.world.state["settings"]["hide_deleted"]
    busy = {c["thread"] for c in comments if c["thread"] and not c["deleted"]}
    return [
        comment
        for comment in sorted(comments, key=lambda c: c["id"])
        if comment["thread"] == thread
        and not (hide and comment["deleted"] and comment["id"] not in busy)
    ]


def get_comments(call):
    """wall.getComments: the top level, or the thread of `comment_id`."""
    read = call.parameters
    group = _group(call)
    post = _post(call, group)
    comments = [c for c in group["comments"].values() if c["post_id"] == post["id"]]
    thread = read.integer("comment_id", 0, minimum=0) or None
    if thread and not any(c["id"] == thread for c in comments):
        raise invalid("comment_id is invalid")
    level = _level(call, group, comments, thread)
    if read.choice("sort", "asc", ("asc", "desc", "smart")) == "desc":
        level.reverse()
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
    page = level[first : first + read.count(10, 100)]
    in_thread = read.integer("thread_items_count", 0, minimum=0, maximum=10)
    answer = {
        "count": len(comments) if not thread else len(level),
        "items": [],
        "current_level_count": len(level),
        "can_post": call.token.kind != constants.SERVICE,
        "show_reply_button": call.token.kind != constants.SERVICE,
        "groups_can_post": True,
    }
    authors = []
    for record in page:
        item = wire.comment(call.world, group, record)
        authors.append(item["from_id"])
        if read.flag("need_likes"):
            item["likes"] = wire.likes()
        if not thread:
            replies = _level(call, group, comments, record["id"])
            item["thread"] = _thread(call, group, replies, in_thread)
            authors += [reply["from_id"] for reply in item["thread"]["items"]]
        answer["items"].append(item)
    if read.flag("extended"):
        answer["post_author_id"] = post["from_id"]
        answer.update(
            wire.people(call.world, authors + [-group["id"]], read.words("fields"))
        )
    return answer


def _thread(call, group, replies, count):
    """Return the thread under a comment with its first `count` answers."""
    return {
        "count": len(replies),
        "items": [wire.comment(call.world, group, r) for r in replies[:count]],
        "can_post": call.token.kind != constants.SERVICE,
        "show_reply_button": call.token.kind != constants.SERVICE,
        "groups_can_post": True,
        "author_replied": any(
            r["from_id"] == -group["id"] and not r["deleted"] for r in replies
        ),
    }


def get_comment(call):
    """wall.getComment."""
    group = _group(call)
    record = _comment(call, group)
    answer = {
        "items": [wire.comment(call.world, group, record)],
        "can_post": True,
        "show_reply_button": True,
        "groups_can_post": True,
    }
    if call.parameters.flag("extended"):
        fields = call.parameters.words("fields")
        answer.update(wire.people(call.world, [record["from_id"]], fields))
        post = group["posts"][str(record["post_id"])]
        answer["post_author_id"] = post["from_id"]
    return answer


def _comment(call, group):
    """Return the comment in `comment_id`; a deleted one is denied."""
    comment_id = call.parameters.required_integer("comment_id", minimum=0)
    record = group["comments"].get(str(comment_id))
    if not record or record["deleted"]:
        raise ApiError(211, "comment was not found")
    return record


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


def _author(call, group):
    """Return who writes the comment: a community or the person of the token."""
    from_group = call.parameters.integer("from_group", 0, minimum=0)
    if call.token.kind == constants.COMMUNITY:
        if from_group and from_group != call.token.owner:
            raise ApiError(15, "can not comment on behalf of this community")
        return -call.token.owner
    if from_group:
        if str(from_group) not in call.world.state["groups"]:
            raise ApiError(15, "can not comment on behalf of this community")
        return -from_group
    return call.token.owner


def _words(call, files):
    """Return `message`, checked: some text or attachment, no more than the limit."""
    text = call.parameters.text("message").strip()
    if not text and not files:
        raise invalid("message is empty")
    if len(text) > constants.TEXT_LIMIT:
        raise invalid("message is too long")
    return text


def create_comment(call):
    """wall.createComment: the same `guid` gives the same comment again."""
    read, world = call.parameters, call.world
    group = _group(call)
    post = _post(call, group, code=100)
    author = _author(call, group)
    guid = read.text("guid")
    memory = f"{call.token.kind}:{call.token.owner}:{-group['id']}:{guid}"
    settings = world.state["settings"]
    if guid and settings["guid_memory"] and memory in world.state["guids"]:
        record = world.comment(group["id"], world.state["guids"][memory])
    else:
        files = attached_files(call, read.text("attachments"))
        text = _words(call, files)
        reply_to = read.integer("reply_to_comment") or None
        try:
            record = world.add_comment(
                group["id"], post["id"], author, text, reply_to, files
            )
        except WorldError:
            raise invalid("reply_to_comment is invalid") from None
        if guid:
            world.state["guids"][memory] = record["id"]
            world.changed()
    return {
        "comment_id": record["id"],
        "parents_stack": [record["thread"]] if record["thread"] else [],
    }


def edit_comment(call):
    """wall.editComment: one's own words, or those of a page one keeps."""
    group = _group(call)
    record = _comment(call, group)
    if record["from_id"] not in (call.token.owner, -group["id"]):
        raise ApiError(211, "you can not edit this comment")
    files = attached_files(call, call.parameters.text("attachments"))
    call.world.edit_comment(group["id"], record["id"], _words(call, files), files)
    return 1


def delete_comment(call):
    """wall.deleteComment: the keeper of a page may delete any comment on it."""
    group = _group(call)
    record = _comment(call, group)
    call.world.delete_comment(group["id"], record["id"], call.token.owner)
    return 1


def restore_comment(call):
    """wall.restoreComment."""
    group = _group(call)
    comment_id = call.parameters.required_integer("comment_id")
    record = group["comments"].get(str(comment_id))
    if not record:
        raise ApiError(211, "comment was not found")
    if not record["deleted"]:
        raise ApiError(243)
    call.world.restore_comment(group["id"], record["id"])
    return 1


METHODS = {
    "wall.get": get,
    "wall.getById": get_by_id,
    "wall.getComments": get_comments,
    "wall.getComment": get_comment,
    "wall.createComment": create_comment,
    "wall.editComment": edit_comment,
    "wall.deleteComment": delete_comment,
    "wall.restoreComment": restore_comment,
}
