"""Methods `messages.*`: the private conversations of a page."""

from .. import constants
from . import wire
from .errors import ApiError, invalid
from .shared import attached_files

FILTERS = ("all", "archive", "important", "sorted_chats", "unanswered", "unread")
CHAT_START = 2000000000
#: Seconds in which a message can be changed, or deleted for both sides.
CHANGE_LIMIT = 24 * 3600


def _group(call):
    """Return the community whose messages are meant."""
    group_id = call.parameters.integer("group_id", 0, minimum=0)
    if call.token.kind == constants.COMMUNITY:
        if group_id and group_id != call.token.owner:
            raise ApiError(15, "group_id does not belong to this token")
        group_id = call.token.owner
    group = call.world.state["groups"].get(str(group_id))
    if not group:
        raise ApiError(15, "messages of a user are not emulated, pass group_id")
    return group


def _peer(call, name="peer_id"):
    """Return the person in `peer_id` or `user_id`."""
    peer_id = call.parameters.integer(name) or call.parameters.integer("user_id")
    if not peer_id:
        raise invalid(f"{name} is undefined")
    return peer_id


def _items(call, group, messages, **answer):
    """Return an answer with messages, extended when the call asks for it."""
    answer["items"] = [wire.message(call.world, group, m) for m in messages]
    if call.parameters.flag("extended"):
        authors = [item["from_id"] for item in answer["items"]]
        fields = call.parameters.words("fields")
        answer.update(wire.people(call.world, authors, fields))
    return answer


def get_conversations(call):
    """messages.getConversations: the latest first."""
    read = call.parameters
    group = _group(call)
    chosen = read.choice("filter", "all", FILTERS)
    talks = [
        (wire.conversation(group, int(peer_id), talk), talk["messages"][-1])
        for peer_id, talk in group["conversations"].items()
        if talk["messages"]
    ]
    talks.sort(key=lambda pair: pair[1]["id"], reverse=True)
    unread = [talk for talk, _last in talks if talk.get("unread_count")]
    if chosen == "unread":
        talks = [pair for pair in talks if pair[0].get("unread_count")]
    elif chosen == "unanswered":
        talks = [pair for pair in talks if pair[0]["unanswered"]]
    elif chosen != "all":
        talks = []
    start = read.integer("start_message_id", 0, minimum=0)
    if start:
        talks = [pair for pair in talks if pair[1]["id"] <= start]
    offset = read.integer("offset", 0, minimum=0)
    count = read.integer("count", 20, minimum=0, maximum=200)
    answer = {
        "count": len(talks),
        "unread_count": len(unread),
        "items": [
            {
                "conversation": talk,
                "last_message": wire.message(call.world, group, last),
            }
            for talk, last in talks[offset : offset + count]
        ],
    }
    if read.flag("extended"):
        peers = [item["conversation"]["peer"]["id"] for item in answer["items"]]
        peers.append(-group["id"])
        answer.update(wire.people(call.world, peers, read.words("fields")))
    return answer


def get_history(call):
    """messages.getHistory: newest first, with `rev` oldest first."""
    read = call.parameters
    group = _group(call)
    peer_id = _peer(call)
    talk = group["conversations"].get(str(peer_id))
    messages = list(talk["messages"]) if talk else []
    total = len(messages)
    if not read.integer("rev", 0, minimum=0, maximum=1):
        messages.reverse()
    start = read.integer("start_message_id", 0)
    first = read.integer("offset", 0)
    if start > 0:
        ids = [message["id"] for message in messages]
        first += ids.index(start) if start in ids else len(ids)
    elif first < 0:
        raise invalid("offset should be greater or equal to 0")
    first = max(first, 0)
    count = read.integer("count", 20, minimum=0, maximum=200)
    page = messages[first : first + count]
    answer = _items(call, group, page, count=total)
    if read.flag("extended"):
        talks = [wire.conversation(group, peer_id, talk)] if messages else []
        answer["conversations"] = talks
    return answer


def get_by_id(call):
    """messages.getById: by `message_ids`, or by `cmids` of a `peer_id`."""
    read = call.parameters
    group = _group(call)
    if read.get("cmids"):
        return _by_conversation_ids(call, group, read.integers("cmids"))
    read.required("message_ids")
    ids = read.integers("message_ids")[:100]
    found = [call.world.find_message(group["id"], message_id) for message_id in ids]
    found = [message for message in found if message]
    return _items(call, group, found, count=len(found))


def get_by_conversation_message_id(call):
    """messages.getByConversationMessageId."""
    call.parameters.required("conversation_message_ids")
    ids = call.parameters.integers("conversation_message_ids")
    return _by_conversation_ids(call, _group(call), ids)


def _by_conversation_ids(call, group, ids):
    talk = group["conversations"].get(str(_peer(call)))
    known = {m["conversation_message_id"]: m for m in talk["messages"]} if talk else {}
    found = [known[number] for number in ids[:100] if number in known]
    return _items(call, group, found, count=len(found))


def send(call):
    """messages.send: the same `random_id` to the same peer is sent once.

    `peer_ids` gives a list of results, the others the number of the message.
    """
    read = call.parameters
    group = _group(call)
    read.required("random_id")
    random_id = read.integer("random_id")
    files = attached_files(call, read.text("attachment"), private=True)
    text = read.text("message").strip()
    if not text and not files:
        raise invalid("message is empty or invalid")
    if len(text) > call.world.state["settings"]["text_limit"]:
        raise ApiError(914)
    if read.get("peer_ids"):
        return [
            _send_to_many(call, group, peer_id, text, files, random_id)
            for peer_id in read.integers("peer_ids")[:100]
        ]
    return _send(call, group, _peer(call), text, files, random_id)["id"]


def _send_to_many(call, group, peer_id, text, files, random_id):
    """Return the result for one of several peers: an error does not stop the rest."""
    try:
        message = _send(call, group, peer_id, text, files, random_id)
    except ApiError as error:
        refusal = error.envelope("messages.send", {})["error"]
        return {
            "peer_id": peer_id,
            "message_id": 0,
            "conversation_message_id": 0,
            "error": {"code": error.code, "description": refusal["error_msg"]},
        }
    return {
        "peer_id": peer_id,
        "message_id": message["id"],
        "conversation_message_id": message["conversation_message_id"],
    }


def _send(call, group, peer_id, text, files, random_id):
    world = call.world
    if peer_id >= CHAT_START or peer_id <= 0:
        raise ApiError(15, "only conversations with people are emulated")
    memory = f"{group['id']}:{peer_id}:{random_id}"
    remembers = random_id and world.state["settings"]["random_id_memory"]
    if remembers and memory in world.state["random_ids"]:
        known = world.find_message(group["id"], world.state["random_ids"][memory])
        if known:
            return known
    if str(peer_id) not in group["conversations"]:
        # A page may write only to who wrote to it or allowed it.
        raise ApiError(901)
    message = world.add_message(
        group["id"], peer_id, text, files, out=True, random_id=random_id
    )
    if random_id:
        world.state["random_ids"][memory] = message["id"]
        world.changed()
    return message


def edit(call):
    """messages.edit: the page's own message, `message_id` or `cmid`, for a day.

    Attachments that are not named again are taken away.
    """
    read = call.parameters
    group = _group(call)
    peer_id = read.required_integer("peer_id")
    message = _chosen(call, group, peer_id)
    if not message["out"]:
        raise ApiError(15)
    if call.world.now() - message["date"] > CHANGE_LIMIT:
        raise ApiError(909)
    files = attached_files(call, read.text("attachment"), private=True)
    text = read.text("message").strip()
    if not text and not files:
        raise invalid("message is empty or invalid")
    if len(text) > call.world.state["settings"]["text_limit"]:
        raise ApiError(914)
    call.world.edit_message(group["id"], message["id"], text, files)
    return 1


def _chosen(call, group, peer_id):
    """Return the message of `message_id`, `cmid` or `conversation_message_id`."""
    read = call.parameters
    talk = group["conversations"].get(str(peer_id))
    messages = talk["messages"] if talk else []
    number, key = read.integer("message_id", 0, minimum=0), "id"
    if not number:
        number = read.integer("cmid") or read.integer("conversation_message_id")
        key = "conversation_message_id"
    if not number:
        raise invalid("message_id is undefined")
    found = next((message for message in messages if message[key] == number), None)
    if not found:
        raise invalid("message_id is invalid")
    return found


def delete(call):
    """messages.delete: a result for each of `message_ids`, or `cmids` of a peer.

    Only `delete_for_all` takes a message away here, and only the page's own within a
    day; without it the page hides the message from itself, which changes nothing.
    """
    read = call.parameters
    group = _group(call)
    if read.get("cmids"):
        peer_id, key = _peer(call), "conversation_message_id"
        talk = group["conversations"].get(str(peer_id))
        messages = talk["messages"] if talk else []
        wanted = read.integers("cmids")
    else:
        read.required("message_ids")
        wanted, key = read.integers("message_ids"), "id"
        messages = [
            message
            for talk in group["conversations"].values()
            for message in talk["messages"]
        ]
    known = {message[key]: message for message in messages}
    for_all = read.flag("delete_for_all")
    return [_delete(call, group, known.get(n), n, key, for_all) for n in wanted[:1000]]


def _delete(call, group, message, number, key, for_all):
    """Delete one message; a refusal does not stop the others."""
    if not message:
        name = "message_id" if key == "id" else key
        return {name: number, "response": 0}
    result = {
        "peer_id": message["peer_id"],
        "message_id": message["id"],
        "conversation_message_id": message["conversation_message_id"],
    }
    late = call.world.now() - message["date"] > CHANGE_LIMIT
    if for_all and (late or not message["out"]):
        refusal = ApiError(924).envelope("messages.delete", {})["error"]
        error = {"code": 924, "description": refusal["error_msg"]}
        return {**result, "response": 0, "error": error}
    if for_all:
        call.world.delete_message(group["id"], message["id"])
    return {**result, "response": 1}


METHODS = {
    "messages.edit": edit,
    "messages.delete": delete,
    "messages.getConversations": get_conversations,
    "messages.getHistory": get_history,
    "messages.getById": get_by_id,
    "messages.getByConversationMessageId": get_by_conversation_message_id,
    "messages.send": send,
}
