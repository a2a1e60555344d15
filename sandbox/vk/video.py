"""Methods `video.*`: videos of a page and the comments under them."""

import re

from . import shared, wire
from .errors import ApiError, invalid


def _video(call, group):
    video_id = call.parameters.required_integer("video_id", minimum=0)
    found = group["videos"].get(str(video_id))
    if not found:
        raise ApiError(204)
    return found


def _comment(call, group):
    comment_id = call.parameters.required_integer("comment_id")
    return group["video_comments"].get(str(comment_id))


def get(call):
    """video.get: the videos of `owner_id`, the newest first, or those in `videos`."""
    read = call.parameters
    if read.get("videos"):
        found = []
        for word in read.words("videos"):
            match = re.fullmatch(r"(-?\d+)_(\d+)(?:_\w+)?", word)
            if not match:
                raise invalid("videos is invalid")
            group = call.world.state["groups"].get(str(-int(match[1])))
            video = group and group["videos"].get(match[2])
            if video:
                found.append((group, video))
    else:
        group = shared.owner_group(call)
        videos = sorted(group["videos"].values(), key=lambda video: -video["id"])
        found = [(group, video) for video in videos]
    offset = read.integer("offset", 0, minimum=0)
    chosen = found[offset : offset + read.count(100, 200)]
    answer = {
        "count": len(found),
        "items": [wire.video(call.world, group, video) for group, video in chosen],
    }
    return shared.extend(call, answer, [-group["id"] for group, _video in chosen])


def get_comments(call):
    """video.getComments: the top level, or the thread of `comment_id`."""
    group = shared.owner_group(call)
    video = _video(call, group)
    sorts = ("asc", "desc", "interest")
    answer, authors = shared.threaded_answer(
        call, group, "video", video["id"], 20, sorts
    )
    return shared.extend(call, answer, authors)


def create_comment(call):
    """video.createComment: gives the id; the same `guid` gives the same one."""
    group = shared.owner_group(call)
    video = _video(call, group)
    from_group = group["id"] if call.parameters.flag("from_group") else 0
    return shared.create_comment(call, group, "video", video["id"], from_group)["id"]


def edit_comment(call):
    """video.editComment."""
    group = shared.owner_group(call)
    record = _comment(call, group)
    if not record or record["deleted"]:
        raise invalid("comment_id is invalid")
    shared.edit_comment(call, group, "video", record)
    return 1


def delete_comment(call):
    """video.deleteComment."""
    group = shared.owner_group(call)
    record = _comment(call, group)
    if not record or record["deleted"]:
        raise invalid("comment_id is invalid")
    shared.may_delete(call, group, "video", record)
    call.world.delete_comment(group["id"], record["id"], call.token.owner, "video")
    return 1


def restore_comment(call):
    """video.restoreComment: 0 where there is no deleted comment."""
    group = shared.owner_group(call)
    record = _comment(call, group)
    if not record or not record["deleted"]:
        return 0
    shared.may_delete(call, group, "video", record)
    call.world.restore_comment(group["id"], record["id"], "video")
    return 1


METHODS = {
    "video.get": get,
    "video.getComments": get_comments,
    "video.createComment": create_comment,
    "video.editComment": edit_comment,
    "video.deleteComment": delete_comment,
    "video.restoreComment": restore_comment,
}
