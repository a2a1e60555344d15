"""Methods `board.*`: topics and what is written in them."""

from . import shared, wire
from .errors import ApiError, invalid

ORDERS = {
    1: (lambda topic: (topic["updated"], topic["id"]), True),
    2: (lambda topic: (topic["created"], topic["id"]), True),
    -1: (lambda topic: (topic["updated"], topic["id"]), False),
    -2: (lambda topic: (topic["created"], topic["id"]), False),
}
DEFAULT_ORDER = 1


def _group(call):
    """Return the community in `group_id`, a positive number here."""
    group_id = call.parameters.required_integer("group_id", minimum=1)
    group = call.world.state["groups"].get(str(group_id))
    if not group:
        raise ApiError(15, "board is disabled")
    return group


def _topic(call, group):
    topic_id = call.parameters.required_integer("topic_id", minimum=0)
    topic = group["topics"].get(str(topic_id))
    if not topic:
        raise ApiError(15, "topic was not found")
    return topic


def _comment(call, group, topic):
    """Return the comment in `comment_id`; it has to stand in the topic."""
    comment_id = call.parameters.required_integer("comment_id", minimum=0)
    record = group["board_comments"].get(str(comment_id))
    if not record or record["topic_id"] != topic["id"]:
        raise invalid("comment_id is invalid")
    return record


def get_topics(call):
    """board.getTopics: fixed ones before all."""
    read = call.parameters
    group = _group(call)
    wanted = read.integers("topic_ids")
    preview = read.integer("preview", 0, minimum=0, maximum=3)
    length = read.integer("preview_length", 90, minimum=0)
    order = read.integer("order", 0, minimum=-2, maximum=2) or DEFAULT_ORDER
    key, falling = ORDERS[order]
    topics = [
        wire.topic(call.world, group, topic, preview, length)
        for topic in group["topics"].values()
        if not wanted or topic["id"] in wanted
    ]
    topics.sort(key=key, reverse=falling)
    topics.sort(key=lambda topic: -topic["is_fixed"])
    offset = read.integer("offset", 0, minimum=0)
    answer = {
        "count": len(topics),
        "items": topics[offset : offset + read.count(40, 100)],
        "default_order": DEFAULT_ORDER,
        "can_add_topics": int(shared.manages(call, group)),
    }
    authors = [item[name] for item in answer["items"]
               for name in ("created_by", "updated_by")]  # fmt: skip
    return shared.extend(call, answer, authors)


def get_comments(call):
    """board.getComments: deleted ones are not shown."""
    group = _group(call)
    topic = _topic(call, group)
    level = shared.levels(call, group, "board", topic["id"])[None]
    chosen, offset = shared.page(call, level, 20)
    answer = {
        "count": len(level),
        "items": shared.items(call, group, "board", chosen),
    }
    if call.parameters.get("start_comment_id"):
        answer["real_offset"] = offset
    for item, record in zip(answer["items"], chosen, strict=True):
        own = record["from_id"] in (call.token.owner, -group["id"])
        item["can_edit"] = int(own and shared.manages(call, group))
    return shared.extend(call, answer, [record["from_id"] for record in chosen])


def _from_group(call, group):
    return group["id"] if call.parameters.flag("from_group") else 0


def add_topic(call):
    """board.addTopic: gives the id of the topic."""
    group = _group(call)
    title = call.parameters.required("title")
    writer = shared.author(call, group, _from_group(call, group))
    files = shared.attached_files(call, call.parameters.text("attachments"))
    text = call.parameters.text("text").strip()
    if not text and not files:
        raise invalid("text is empty")
    return call.world.add_topic(group["id"], writer, title, text, files)["id"]


def create_comment(call):
    """board.createComment: gives the id; the same `guid` gives the same one again."""
    group = _group(call)
    topic = _topic(call, group)
    if topic["closed"]:
        raise ApiError(15, "topic is closed")
    from_group = _from_group(call, group)
    return shared.create_comment(call, group, "board", topic["id"], from_group)["id"]


def edit_comment(call):
    """board.editComment."""
    group = _group(call)
    record = _comment(call, group, _topic(call, group))
    if record["deleted"]:
        raise invalid("comment_id is invalid")
    shared.edit_comment(call, group, "board", record)
    return 1


def delete_comment(call):
    """board.deleteComment."""
    group = _group(call)
    record = _comment(call, group, _topic(call, group))
    if record["deleted"]:
        raise invalid("comment_id is invalid")
    shared.may_delete(call, group, "board", record)
    deleter = call.token.owner if call.token.kind == "user" else -call.token.owner
    call.world.delete_comment(group["id"], record["id"], deleter, "board")
    return 1


def restore_comment(call):
    """board.restoreComment."""
    group = _group(call)
    record = _comment(call, group, _topic(call, group))
    shared.may_delete(call, group, "board", record)
    if not record["deleted"]:
        raise invalid("comment_id is invalid")
    call.world.restore_comment(group["id"], record["id"], "board")
    return 1


METHODS = {
    "board.getTopics": get_topics,
    "board.getComments": get_comments,
    "board.addTopic": add_topic,
    "board.createComment": create_comment,
    "board.editComment": edit_comment,
    "board.deleteComment": delete_comment,
    "board.restoreComment": restore_comment,
}
