"""Records of the world in the form Odnoklassniki gives them."""

from datetime import datetime, timezone

from ..errors import WorldError
from ..vk.wire import BASE, avatar_url, file_url
from .constants import GROUP, TOPIC, uid


def date(ms):
    """Return a time as the older fields have it; the newer ones are milliseconds."""
    moment = datetime.fromtimestamp(ms // 1000, timezone.utc)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def name(ground, author):
    """Return the name of a person, or of the page for 0."""
    if not author:
        return ground.state["name"]
    person = ground.world.user(author)
    return f"{person['first_name']} {person['last_name']}".strip()


def _author(ground, author):
    kind = "user" if author else "group"
    number = uid(author) if author else GROUP
    return {
        "author_id": number,
        "author_name": name(ground, author),
        "author_ref": f"{kind}:{number}",
        "author_type": kind.upper(),
    }


def photos(ground, files):
    """Return the pictures of a comment."""
    made = []
    for file_id in files:
        record = ground.world.state["files"].get(str(file_id))
        if record:
            url = file_url(record)
            made.append(
                {
                    "type": "PHOTO",
                    "id": str(file_id),
                    "pic640x480": url,
                    "pic_max": url,
                    "standard_width": record.get("width", 0),
                    "standard_height": record.get("height", 0),
                }
            )
    return made


def comment(ground, record):
    """Return a comment as `discussions.getComments` has it."""
    removed = bool(record["deleted"])
    made = {
        "id": record["id"],
        "text": "" if removed else record["text"],
        "date": date(record["ms"]),
        "date_ms": record["ms"],
        "type": "REMOVED_MESSAGE" if removed else "ACTIVE_MESSAGE",
        **_author(ground, record["author"]),
        "like_count": 0,
        "liked_it": False,
        "reply_allowed": not removed,
        "like_allowed": not removed,
        "attachments": [] if removed else photos(ground, record["files"]),
    }
    if record["reply_to"]:
        made["reply_to_comment_id"] = record["reply_to"]
        try:
            answered = ground.comment(record["reply_to"])["author"]
        except WorldError:
            return made
        made["reply_to_id"] = uid(answered) if answered else GROUP
        made["reply_to_name"] = name(ground, answered)
    return made


def last_activity(ground, topic):
    """Return when something was last said under a topic."""
    times = [one["ms"] for one in ground.comments_of(topic["id"])]
    return max(times, default=topic["ms"])


def discussion(ground, topic):
    """Return a topic as `discussions.getList` has it."""
    comments = ground.comments_of(topic["id"])
    last = last_activity(ground, topic)
    return {
        "object_type": TOPIC,
        "object_id": topic["id"],
        "owner_uid": uid(topic["author"]) if topic["author"] else GROUP,
        "title": topic["text"].partition("\n")[0][:100],
        "message": topic["text"],
        "new_comments_count": len(comments),
        "total_comments_count": len(comments),
        "creation_date": date(topic["ms"]),
        "creation_date_ms": topic["ms"],
        "last_activity_date": date(last),
        "last_activity_date_ms": last,
        "like_count": 0,
        "liked_it": False,
        "ref_objects": [{"type": "GROUP", "id": GROUP}],
    }


def media_topic(ground, topic):
    """Return a topic as `mediatopic.getByIds` has it."""
    kind = "user" if topic["author"] else "group"
    number = uid(topic["author"]) if topic["author"] else GROUP
    return {
        "id": topic["id"],
        "created_ms": topic["ms"],
        "author_ref": f"{kind}:{number}",
        "owner_ref": f"group:{GROUP}",
        "media": [{"type": "text", "text": topic["text"]}],
        "discussion_summary": {
            "discussion_id": topic["id"],
            "discussion_type": TOPIC,
            "comments_count": len(ground.comments_of(topic["id"])),
        },
    }


def user(record):
    """Return a person as `users.getInfo` has them."""
    number = uid(record["id"])
    return {
        "uid": number,
        "first_name": record["first_name"],
        "last_name": record["last_name"],
        "name": f"{record['first_name']} {record['last_name']}".strip(),
        "gender": "female" if record.get("sex") == 1 else "male",
        "pic190x190": avatar_url(record["id"], 190),
        "url_profile": f"https://ok.ru/profile/{number}",
    }


def group(ground):
    """Return the page as `group.getInfo` has it."""
    state = ground.state
    return {
        "uid": GROUP,
        "name": state["name"],
        "description": state["description"],
        "shortname": state["shortname"],
        "members_count": state["members_count"],
        "private": False,
        "picAvatar": f"{BASE}/avatars/-1.png?size=190",
    }


def message(ground, chat, record):
    """Return a private message as the graph has it."""
    author = 0 if record["out"] else chat["person"]
    sender = {"name": name(ground, author)}
    sender["user_id"] = f"user:{uid(author)}" if author else f"group:{GROUP}"
    body = {"text": record["text"], "seq": record["seq"], "mid": record["mid"]}
    if record["reply_to"]:
        body["reply_to"] = record["reply_to"]
    images = []
    for file_id in record["files"]:
        kept = ground.world.state["files"].get(str(file_id))
        if kept:
            images.append({"type": "IMAGE", "payload": {"url": file_url(kept)}})
    if images:
        body["attachments"] = images
    return {
        "sender": sender,
        "recipient": {"chat_id": f"chat:{chat['id']}"},
        "message": body,
        "timestamp": record["ms"],
    }


def chat(record):
    """Return a chat as the graph has it."""
    last = record["messages"][-1]["ms"] if record["messages"] else 0
    person = f"user:{uid(record['person'])}"
    return {
        "type": "GROUP_CHAT",
        "status": "ACTIVE",
        "title": "",
        "participants": {person: last},
        "lastEventTime": last,
        "chat_id": f"chat:{record['id']}",
        "owner_id": person,
        "group_id": f"group:{GROUP}",
    }
