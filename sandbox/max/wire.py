"""Objects of the MAX interface made of records of the world."""

from ..vk.wire import BASE, avatar_url, file_url

PERMISSIONS = (
    "read_all_messages",
    "add_remove_members",
    "add_admins",
    "change_chat_info",
    "pin_message",
    "write",
    "edit",
    "delete",
)


def user_number(author, group_id):
    """Return the number of an author: of a person, or of the bot of a page."""
    if author is None or author < 0:
        return 9_000_000 + (group_id if author is None else -author)
    return author


def user(place, author):
    """Return a person, or the bot of the page `-author`."""
    if author < 0:
        return bot(place, -author)
    record = place.world.user(author)
    names = (record["first_name"], record["last_name"])
    return {
        "user_id": record["id"],
        "first_name": record["first_name"],
        "last_name": record["last_name"] or None,
        "username": None,
        "is_bot": False,
        "last_activity_time": place.now(),
        "name": " ".join(filter(None, names)),
    }


def bot(place, group_id, full=False):
    """Return the bot of a page; `full`: as `GET /me` tells of it."""
    group = place.world.group(group_id)
    result = {
        "user_id": user_number(-group["id"], group["id"]),
        "first_name": group["name"],
        "username": f"{group['screen_name']}_bot",
        "is_bot": True,
        "last_activity_time": place.now(),
        "name": group["name"],
    }
    if full:
        result.update(
            description=group["description"],
            avatar_url=avatar_url(-group["id"], 100),
            full_avatar_url=avatar_url(-group["id"], 400),
            commands=[],
        )
    return result


def member(place, group_id):
    """Return the bot of a page as a member of its channel."""
    return {
        **bot(place, group_id, full=True),
        "last_access_time": place.now(),
        "is_owner": False,
        "is_admin": True,
        "join_time": 0,
        "permissions": list(PERMISSIONS),
        "alias": "",
    }


def channel(place, group_id, chat_id):
    """Return the channel of a page."""
    group = place.world.group(group_id)
    posts = place.of_chat(chat_id)
    return {
        "chat_id": chat_id,
        "type": "channel",
        "status": "active",
        "title": group["name"],
        "icon": {"url": avatar_url(-group["id"], 400)},
        "last_event_time": max((post["at"] for post in posts), default=0),
        "participants_count": group["members_count"],
        "owner_id": user_number(-group["id"], group["id"]),
        "is_public": True,
        "link": f"https://max.ru/{group['screen_name']}",
        "description": group["description"],
        "messages_count": len(posts),
    }


def dialog(place, record):
    """Return the dialogue of a person with a bot."""
    messages = place.of_chat(record["chat_id"])
    person = user(place, record["user_id"])
    person.update(
        avatar_url=avatar_url(record["user_id"], 100),
        full_avatar_url=avatar_url(record["user_id"], 400),
    )
    return {
        "chat_id": record["chat_id"],
        "type": "dialog",
        "status": "active",
        "title": None,
        "icon": None,
        "last_event_time": max((one["at"] for one in messages), default=0),
        "participants_count": 2,
        "is_public": False,
        "description": None,
        "dialog_with_user": person,
        "messages_count": len(messages),
    }


def message(place, record):
    """Return a message, a post or a comment."""
    result = {
        "recipient": recipient(place, record),
        "timestamp": record["at"],
        "body": body(place, record),
    }
    author = record["author"]
    as_channel = record["kind"] == "comment" and place.settings["comments_as_channel"]
    if author is not None and not (author < 0 and as_channel):
        result["sender"] = user(place, author)
    if record["link"]:
        linked = place.state["messages"].get(record["link"])
        if linked:
            result["link"] = {
                "type": "reply",
                "sender": user(place, linked["author"] or -linked["group"]),
                "chat_id": linked["chat_id"],
                "message": body(place, linked),
            }
    if record["kind"] == "post":
        result["stat"] = {"views": 1}
        name = place.world.group(record["group"])["screen_name"]
        result["url"] = f"https://max.ru/{name}/{record['mid']}"
    return result


def recipient(place, record):
    """Return to whom a message is addressed."""
    if record["kind"] == "message":
        dialog_record = place.state["dialogs"][str(record["chat_id"])]
        person, own = dialog_record["user_id"], user_number(None, record["group"])
        return {
            "chat_id": record["chat_id"],
            "chat_type": "dialog",
            "user_id": person if record["author"] < 0 else own,
        }
    result = {"chat_id": record["chat_id"], "chat_type": "channel", "user_id": None}
    if record["kind"] == "comment":
        result["post_id"] = record["post"]
    return result


def body(place, record):
    """Return the words and files of a message; comments have no files."""
    result = {"mid": record["mid"], "seq": record["seq"], "text": record["text"]}
    if record["kind"] != "comment":
        files = place.world.state["files"]
        found = [
            files[str(number)] for number in record["files"] if str(number) in files
        ]
        result["attachments"] = [attachment(one) for one in found] or None
    return result


def attachment(record):
    """Return a file of the world as an attachment."""
    token = file_token(record)
    if record["mime"].startswith("image/") and record["kind"] != "doc":
        payload = {"photo_id": record["id"], "token": token, "url": file_url(record)}
        return {"type": "image", "payload": payload}
    return {
        "type": "file",
        "payload": {"url": file_url(record), "token": token},
        "filename": record["title"] or "file",
        "size": record["size"],
    }


def file_token(record):
    """Return what stands for an uploaded file in a request."""
    return f"{record['id']}-{record['key']}"


def upload_url(kind, group_id, signature):
    """Return the address where a file is to be sent."""
    return f"{BASE}/max/upload?type={kind}&bot={group_id}&sig={signature}"
