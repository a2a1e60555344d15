"""Objects of the VK interface made of records of the world (schema 5.199).

Addresses start with `BASE`; the server puts its own address there when it answers, so
that a stored event stays valid when the server moves.
"""

from .. import constants

#: A host that cannot exist (RFC 2606) stands for the address of this server.
BASE = "http://sandbox.invalid"

PHOTO_ALBUM = {"photo": -7, "message_photo": -64}
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "application/pdf": "pdf",
}
#: Type of a document: 4 is a picture, 3 a moving one, 1 a text, 8 anything else.
DOC_TYPES = {"image/png": 4, "image/jpeg": 4, "image/gif": 3, "application/pdf": 1}


def file_url(record):
    """Return the address of the bytes of a file."""
    if record.get("url"):
        return record["url"]
    extension = EXTENSIONS.get(record["mime"], "bin")
    return f"{BASE}/files/{record['id']}/{record['key']}.{extension}"


def avatar_url(owner_id, size):
    """Return the address of a portrait: of a person, or of a page (negative id)."""
    return f"{BASE}/avatars/{owner_id}.png?size={size}"


def photo(record):
    """Return a photo object."""
    size = {
        "type": "x",
        "width": record["width"],
        "height": record["height"],
        "url": file_url(record),
    }
    # The same picture under a small size: clients have to choose the largest.
    share = 130 / max(size["width"], size["height"], 130)
    small = {**size, "type": "m"}
    small.update(width=int(size["width"] * share), height=int(size["height"] * share))
    result = {
        "id": record["id"],
        "album_id": PHOTO_ALBUM.get(record["kind"], -7),
        "owner_id": record["owner_id"],
        "date": record["date"],
        "access_key": record["key"],
        "text": "",
        "has_tags": False,
        "sizes": [small, size],
    }
    if record["user_id"] > 0:
        result["user_id"] = record["user_id"]
    return result


def document(record):
    """Return a document object; a picture brings its preview."""
    extension = EXTENSIONS.get(record["mime"], "bin")
    result = {
        "id": record["id"],
        "owner_id": record["owner_id"],
        "title": record["title"] or f"file.{extension}",
        "size": record["size"],
        "ext": extension,
        "date": record["date"],
        "type": DOC_TYPES.get(record["mime"], 8),
        "url": file_url(record),
        "access_key": record["key"],
    }
    if record["mime"].startswith("image/"):
        size = {"src": file_url(record), "type": "x"}
        size.update(width=record["width"], height=record["height"])
        result["preview"] = {"photo": {"sizes": [size]}}
    return result


def attachments(world, file_ids):
    """Return the attachments for a list of file ids."""
    result = []
    for file_id in file_ids:
        record = world.state["files"][str(file_id)]
        if record["kind"] == "doc":
            result.append({"type": "doc", "doc": document(record)})
        else:
            result.append({"type": "photo", "photo": photo(record)})
    return result


def likes(count=0):
    """Return the likes of a post or comment as a token without a person sees them."""
    return {"can_like": 0, "count": count, "user_likes": 0, "can_publish": 0}


def live(world, group, where, parent_id):
    """Return how many comments under a thing are not deleted."""
    comments = world.comments_under(group["id"], where, parent_id)
    return sum(not record["deleted"] for record in comments)


def post(world, group, record):
    """Return a wall post object."""
    result = {
        "inner_type": "wall_wallpost",
        "id": record["id"],
        "owner_id": -group["id"],
        "from_id": record["from_id"],
        "date": record["date"],
        "text": record["text"],
        "post_type": "post",
        "type": "post",
        "attachments": attachments(world, record["files"]),
        "post_source": {"type": "vk" if record["from_id"] > 0 else "api"},
        "comments": {
            "can_post": 1,
            "can_view": 1,
            "count": live(world, group, "wall", record["id"]),
            "groups_can_post": True,
        },
        "likes": likes(record["likes"]),
        "reposts": {"count": 0, "user_reposted": 0},
        "views": {"count": record["views"]},
        "is_favorite": False,
        "hash": f"sandbox{group['id']}{record['id']}",
    }
    if record.get("pinned"):
        result["is_pinned"] = 1
    if record.get("edited"):
        result["edited"] = record["edited"]
    return result


def deleted_post(group, record):
    """Return what is shown of a deleted post to who asks for it by its id."""
    return {
        "inner_type": "wall_wallpost",
        "id": record["id"],
        "owner_id": -group["id"],
        "from_id": record["from_id"],
        "date": record["date"],
        "text": "",
        "post_type": "post",
        "is_deleted": True,
        "deleted_reason": "post_deleted",
    }


def mentioning_post(world, group, record):
    """Return a post with a mention: without the fields of a reader of its wall."""
    result = post(world, group, record)
    result["to_id"] = -group["id"]
    return result


def mentioning_comment(world, group, record):
    """Return a comment with a mention: a post of the type "reply"."""
    return {
        "inner_type": "wall_wallpost",
        "id": record["id"],
        "owner_id": -group["id"],
        "to_id": -group["id"],
        "from_id": record["from_id"],
        "date": record["date"],
        "text": record["text"],
        "post_type": "reply",
        "type": "reply",
        "post_id": record["post_id"],
        "parents_stack": [record["thread"]] if record["thread"] else [],
        "attachments": attachments(world, record["files"]),
        "likes": likes(),
        "is_favorite": False,
    }


def comment(world, group, record, where="wall"):
    """Return a comment object without its thread.

    A deleted comment of a wall or video keeps its place and loses author and words. A
    `strange` record shows other fields than VK would.
    """
    result = {
        "id": record["id"],
        "from_id": record["from_id"],
        "date": record["date"],
        "text": record["text"],
    }
    if where == "wall":
        result["post_id"] = record["post_id"]
    if where != "board":
        result["owner_id"] = -group["id"]
        result["parents_stack"] = [record["thread"]] if record["thread"] else []
    if record["deleted"]:
        result.update(from_id=0, text="", deleted=True)
        return result
    if record["files"]:
        result["attachments"] = attachments(world, record["files"])
    if record["reply_to"]:
        answered = world.comment(group["id"], record["reply_to"], where)
        result["reply_to_comment"] = answered["id"]
        result["reply_to_user"] = answered["from_id"]
    strange = record.get("strange") or {}
    result.update(strange.get("set", {}))
    for name in strange.get("without", ()):
        result.pop(name, None)
    return result


def topic(world, group, record, preview=0, length=90):
    """Return a board topic; `preview`: 1 the first comment, 2 the last one, 3 both."""
    comments = [
        item
        for item in world.comments_under(group["id"], "board", record["id"])
        if not item["deleted"]
    ]
    last = comments[-1] if comments else None
    result = {
        "id": record["id"],
        "title": record["title"],
        "created": record["created"],
        "created_by": record["created_by"],
        "updated": last["date"] if last else record["created"],
        "updated_by": last["from_id"] if last else record["created_by"],
        "is_closed": int(record["closed"]),
        "is_fixed": int(record["fixed"]),
        "comments": len(comments),
    }
    for bit, name, chosen in ((1, "first_comment", 0), (2, "last_comment", -1)):
        if preview & bit and comments:
            text = comments[chosen]["text"]
            result[name] = text[:length] if length else text
    return result


def video(world, group, record):
    """Return a video object."""
    image = world.state["files"][str(record["image"])]
    picture = {
        "width": image["width"],
        "height": image["height"],
        "url": file_url(image),
    }
    return {
        "response_type": "full",
        "id": record["id"],
        "owner_id": -group["id"],
        "title": record["title"],
        "description": record["description"],
        "date": record["date"],
        "adding_date": record["date"],
        "duration": record["duration"],
        "image": [picture],
        "views": record["views"],
        "comments": live(world, group, "video", record["id"]),
        "can_comment": 1,
        "type": "video",
    }


def message(world, group, record):
    """Return a private message object as the page sees it."""
    result = {
        "id": record["id"],
        "conversation_message_id": record["conversation_message_id"],
        "peer_id": record["peer_id"],
        "from_id": -group["id"] if record["out"] else record["peer_id"],
        "date": record["date"],
        "text": record["text"],
        "out": 1 if record["out"] else 0,
        "important": False,
        "is_hidden": False,
        "attachments": attachments(world, record["files"]),
        "fwd_messages": [],
        "version": 10000000 + record["id"],
    }
    if record["out"]:
        result["random_id"] = record["random_id"]
        result["admin_author_id"] = constants.PAGE_EDITOR
    if record["edited"]:
        result["update_time"] = record["edited"]
    return result


def conversation(group, peer_id, talk):
    """Return a conversation object of a page with a person."""
    last = talk["messages"][-1]
    unread = [m for m in talk["messages"] if not m["out"] and m["id"] > talk["in_read"]]
    result = {
        "peer": {"id": peer_id, "type": "user", "local_id": peer_id},
        "sort_id": {"major_id": 0, "minor_id": last["id"]},
        "last_message_id": last["id"],
        "last_conversation_message_id": last["conversation_message_id"],
        "in_read": talk["in_read"],
        "out_read": talk["out_read"],
        "is_marked_unread": False,
        "important": False,
        "unanswered": not last["out"],
        "can_write": {"allowed": True},
        "version": 10000000 + last["id"],
    }
    if unread:
        result["unread_count"] = len(unread)
    return result


def user(record, fields=()):
    """Return a person with the fields asked for."""
    result = {
        "id": record["id"],
        "first_name": record["first_name"],
        "last_name": record["last_name"],
        "can_access_closed": True,
        "is_closed": False,
    }
    possible = {
        "photo_50": avatar_url(record["id"], 50),
        "photo_100": avatar_url(record["id"], 100),
        "photo_200": avatar_url(record["id"], 200),
        "photo_max": avatar_url(record["id"], 200),
        "screen_name": record["screen_name"],
        "domain": record["screen_name"],
        "sex": record["sex"],
        "has_photo": 1,
        "verified": 0,
    }
    result.update((name, possible[name]) for name in fields if name in possible)
    return result


def group(record, fields=()):
    """Return a community with the fields asked for."""
    result = {
        "id": record["id"],
        "name": record["name"],
        "screen_name": record["screen_name"],
        "is_closed": 0,
        "type": "page",
        "photo_50": avatar_url(-record["id"], 50),
        "photo_100": avatar_url(-record["id"], 100),
        "photo_200": avatar_url(-record["id"], 200),
    }
    possible = {
        "description": record["description"],
        "members_count": record["members_count"],
        "verified": int(record.get("official", True)),
        "can_message": 1,
        "wall": 1,
    }
    result.update((name, possible[name]) for name in fields if name in possible)
    return result


#: What an extended answer tells of a person unless the call asks for other fields.
PROFILE_FIELDS = ("photo_50", "photo_100", "screen_name", "sex")


def people(world, owner_ids, fields=()):
    """Return `profiles` and `groups` for the authors of an extended answer."""
    fields = tuple(fields) + PROFILE_FIELDS
    result = {"profiles": [], "groups": []}
    for owner_id in sorted(set(owner_ids)):
        if owner_id > 0:
            record = world.state["users"].get(str(owner_id))
            if record:
                result["profiles"].append(user(record, fields))
        elif owner_id < 0:
            record = world.state["groups"].get(str(-owner_id))
            if record:
                result["groups"].append(group(record, fields))
    return result
