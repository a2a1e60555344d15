"""Methods `wall.*`."""

import re

from . import shared, wire
from .errors import ApiError, invalid
from .shared import owner_group as _group

FILTERS = ("owner", "others", "all", "postponed", "suggests", "archived", "donut")


def _post(call, group, code=15):
    """Return the post in `post_id`, or refuse with `code`."""
    post_id = call.parameters.required_integer("post_id", minimum=0)
    post = group["posts"].get(str(post_id))
    if not post or post.get("deleted"):
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
        if not post.get("deleted")
        and (
            chosen == "all"
            or (chosen == "owner" and post["from_id"] < 0)
            or (chosen == "others" and post["from_id"] > 0)
        )
    ]
    posts.sort(key=lambda p: (p.get("pinned", False), p["date"], p["id"]), reverse=True)
    offset = call.parameters.integer("offset", 0, minimum=0)
    page = posts[offset : offset + call.parameters.count(20, 100)]
    return _posts_answer(call, group, page, count=len(posts))


def get_by_id(call):
    """wall.getById: `posts` holds `<owner>_<post>`; unknown ones are left out.

    So are deleted ones where the setting hides them; else they are shown as deleted.
    """
    hide = call.world.state["settings"]["hide_deleted"]
    found, authors = [], []
    call.parameters.required("posts")
    for word in call.parameters.words("posts")[:100]:
        match = re.fullmatch(r"(-?\d+)_(\d+)(?:_\w+)?", word)
        if not match:
            raise invalid("posts is invalid")
        group = call.world.state["groups"].get(str(-int(match[1])))
        post = group and group["posts"].get(match[2])
        if post and post.get("deleted"):
            found += [] if hide else [wire.deleted_post(group, post)]
        elif post:
            found.append(wire.post(call.world, group, post))
            authors += [post["from_id"], -group["id"]]
    return shared.extend(call, {"items": found}, authors)


def _posts_answer(call, group, posts, **answer):
    answer["items"] = [wire.post(call.world, group, post) for post in posts]
    authors = [post["from_id"] for post in posts] + [-group["id"]]
    return shared.extend(call, answer, authors)


def get_comments(call):
    """wall.getComments: the top level, or the thread of `comment_id`."""
    group = _group(call)
    post = _post(call, group)
    sorts = ("asc", "desc", "smart")
    answer, authors = shared.threaded_answer(call, group, "wall", post["id"], 10, sorts)
    if call.parameters.flag("extended"):
        answer["post_author_id"] = post["from_id"]
    return shared.extend(call, answer, [*authors, -group["id"]])


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
    gone = not record or record["deleted"]
    if gone or group["posts"][str(record["post_id"])].get("deleted"):
        raise ApiError(211, "comment was not found")
    return record


def create_comment(call):
    """wall.createComment: the same `guid` gives the same comment again."""
    group = _group(call)
    post = _post(call, group, code=100)
    from_group = call.parameters.integer("from_group", 0, minimum=0)
    record = shared.create_comment(call, group, "wall", post["id"], from_group)
    return {
        "comment_id": record["id"],
        "parents_stack": [record["thread"]] if record["thread"] else [],
    }


def edit_comment(call):
    """wall.editComment: one's own words, or those of a page one keeps."""
    group = _group(call)
    shared.edit_comment(call, group, "wall", _comment(call, group))
    return 1


def delete_comment(call):
    """wall.deleteComment: the keeper of a page may delete any comment on it."""
    group = _group(call)
    record = _comment(call, group)
    shared.may_delete(call, group, "wall", record)
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
