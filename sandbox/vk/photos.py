"""Methods `photos.*` about photos of a page and the comments under them."""

import re

from ..errors import WorldError
from . import shared, wire
from .errors import ApiError, invalid

ALBUMS = ("wall", "profile", "saved")


def _photo(call, group, photo_id):
    try:
        return call.world.photo(group["id"], photo_id)
    except WorldError:
        raise ApiError(200) from None


def _comment(call, group):
    """Return the comment in `comment_id`, also a deleted one, or None."""
    comment_id = call.parameters.required_integer("comment_id")
    return group["photo_comments"].get(str(comment_id))


def _object(call, group, record):
    """Return a photo object with the numbers of an extended answer."""
    result = wire.photo(record)
    if call.parameters.flag("extended"):
        result["likes"] = {"count": 0, "user_likes": 0}
        result["reposts"] = {"count": 0}
        result["can_comment"] = 1
        count = wire.live(call.world, group, "photo", record["id"])
        result["comments"] = {"count": count}
    return result


def get(call):
    """photos.get: one album; all photos here stand on the wall (album -7)."""
    read = call.parameters
    group = shared.owner_group(call)
    album = read.required("album_id")
    if album not in ALBUMS and not re.fullmatch(r"-?\d+", album):
        raise invalid("album_id is invalid")
    photos = call.world.photos(group["id"]) if album in ("wall", "-7") else []
    wanted = read.integers("photo_ids")
    photos = [record for record in photos if not wanted or record["id"] in wanted]
    if not read.flag("rev"):
        photos.reverse()
    offset = read.integer("offset", 0, minimum=0)
    chosen = photos[offset : offset + read.count(50, 1000)]
    return {
        "count": len(photos),
        "items": [_object(call, group, record) for record in chosen],
    }


def get_all(call):
    """photos.getAll: the newest first."""
    group = shared.owner_group(call)
    photos = call.world.photos(group["id"])
    offset = call.parameters.integer("offset", 0, minimum=0)
    chosen = photos[offset : offset + call.parameters.count(20, 200)]
    return {
        "count": len(photos),
        "items": [_object(call, group, record) for record in chosen],
        "more": int(offset + len(chosen) < len(photos)),
    }


def get_by_id(call):
    """photos.getById: `<owner>_<photo>[_<key>]`; unknown ones are left out."""
    call.parameters.required("photos")
    found = []
    for word in call.parameters.words("photos"):
        match = re.fullmatch(r"(-?\d+)_(\d+)(?:_\w+)?", word)
        if not match:
            raise invalid("photos is invalid")
        record = call.world.state["files"].get(match[2])
        group = call.world.state["groups"].get(str(-int(match[1])))
        if not record or record["owner_id"] != int(match[1]):
            continue
        found.append(_object(call, group, record) if group else wire.photo(record))
    if not found:
        raise ApiError(200)
    return found


def get_comments(call):
    """photos.getComments: one level; deleted comments are not shown."""
    read = call.parameters
    group = shared.owner_group(call)
    photo = _photo(call, group, read.required_integer("photo_id"))
    level = shared.levels(call, group, "photo", photo["id"])[None]
    chosen, offset = shared.page(call, level, 20)
    answer = {
        "count": len(level),
        "items": shared.items(call, group, "photo", chosen),
    }
    if read.get("start_comment_id"):
        answer["real_offset"] = offset
    return shared.extend(call, answer, [record["from_id"] for record in chosen])


def get_all_comments(call):
    """photos.getAllComments: of all photos, the newest first; `pid` is the photo."""
    read = call.parameters
    group = shared.owner_group(call)
    album = read.integer("album_id", 0, minimum=0)
    records = [
        record
        for record in group["photo_comments"].values()
        if not record["deleted"] and not album
    ]
    records.sort(key=lambda record: -record["id"])
    offset = read.integer("offset", 0, minimum=0)
    chosen = records[offset : offset + read.count(20, 100)]
    found = shared.items(call, group, "photo", chosen)
    for item, record in zip(found, chosen, strict=True):
        item["pid"] = record["photo_id"]
    return {"count": len(records), "items": found}


def create_comment(call):
    """photos.createComment: gives the id; the same `guid` gives the same one."""
    group = shared.owner_group(call)
    photo = _photo(call, group, call.parameters.required_integer("photo_id"))
    from_group = group["id"] if call.parameters.flag("from_group") else 0
    return shared.create_comment(call, group, "photo", photo["id"], from_group)["id"]


def edit_comment(call):
    """photos.editComment."""
    group = shared.owner_group(call)
    record = _comment(call, group)
    if not record or record["deleted"]:
        raise invalid("comment_id is invalid")
    shared.edit_comment(call, group, "photo", record)
    return 1


def delete_comment(call):
    """photos.deleteComment: 0 where there is no such comment."""
    group = shared.owner_group(call)
    record = _comment(call, group)
    if not record or record["deleted"]:
        return 0
    shared.may_delete(call, group, "photo", record)
    call.world.delete_comment(group["id"], record["id"], call.token.owner, "photo")
    return 1


def restore_comment(call):
    """photos.restoreComment: 0 where there is no deleted comment."""
    group = shared.owner_group(call)
    record = _comment(call, group)
    if not record or not record["deleted"]:
        return 0
    shared.may_delete(call, group, "photo", record)
    call.world.restore_comment(group["id"], record["id"], "photo")
    return 1


METHODS = {
    "photos.get": get,
    "photos.getAll": get_all,
    "photos.getById": get_by_id,
    "photos.getComments": get_comments,
    "photos.getAllComments": get_all_comments,
    "photos.createComment": create_comment,
    "photos.editComment": edit_comment,
    "photos.deleteComment": delete_comment,
    "photos.restoreComment": restore_comment,
}
