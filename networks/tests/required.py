"""What VK's methods must be given, read off their documentation.

Holds every request of the tests against the parameters that a method needs, of which
sometimes one of several, and against the tokens that VK takes for it. Needs nothing
from outside the project; the official schema (see :mod:`.contract`) checks more.
"""

GROUP, SERVICE, USER = "vk1.a.community", "service", "user"

_COMMENT = ("message", "attachments")
_MESSAGE = ("message", "attachment")

#: method -> (tokens, needed parameters; a tuple: one of these)
METHODS = {
    "board.createComment": ({USER}, ["group_id", "topic_id", _COMMENT, "guid"]),
    "board.deleteComment": ({USER, GROUP}, ["group_id", "topic_id", "comment_id"]),
    "board.editComment": ({USER}, ["group_id", "topic_id", "comment_id", _COMMENT]),
    "board.getComments": ({USER, SERVICE}, ["group_id", "topic_id"]),
    "board.getTopics": ({USER, SERVICE}, ["group_id"]),
    "docs.getMessagesUploadServer": ({USER, GROUP}, ["peer_id"]),
    "docs.getWallUploadServer": ({USER, GROUP}, ["group_id"]),
    "docs.save": ({USER, GROUP}, ["file"]),
    "groups.addCallbackServer": (
        {USER, GROUP},
        ["group_id", "url", "title", "secret_key"],
    ),
    "groups.deleteCallbackServer": ({USER, GROUP}, ["group_id", "server_id"]),
    "groups.editCallbackServer": (
        {USER, GROUP},
        ["group_id", "server_id", "url", "title", "secret_key"],
    ),
    "groups.getById": ({USER, GROUP, SERVICE}, []),
    "groups.getCallbackConfirmationCode": ({USER, GROUP}, ["group_id"]),
    "groups.getCallbackServers": ({USER, GROUP}, ["group_id"]),
    "groups.getLongPollServer": ({USER, GROUP}, ["group_id"]),
    "groups.getLongPollSettings": ({USER, GROUP}, ["group_id"]),
    "groups.getTokenPermissions": ({GROUP}, []),
    "groups.setCallbackSettings": (
        {USER, GROUP},
        ["group_id", "server_id", "api_version"],
    ),
    "groups.setLongPollSettings": ({USER, GROUP}, ["group_id", "api_version"]),
    "messages.delete": ({USER, GROUP}, ["group_id", ("message_ids", "cmids")]),
    "messages.edit": (
        {USER, GROUP},
        ["peer_id", "group_id", ("message_id", "cmid"), _MESSAGE],
    ),
    "messages.getByConversationMessageId": (
        {USER, GROUP},
        ["peer_id", "conversation_message_ids"],
    ),
    "messages.getById": ({USER, GROUP}, [("message_ids", "cmids")]),
    "messages.getConversations": ({USER, GROUP}, ["group_id"]),
    "messages.getHistory": ({USER, GROUP}, ["peer_id", "group_id"]),
    "messages.send": ({USER, GROUP}, ["peer_id", "random_id", _MESSAGE]),
    "newsfeed.getMentions": ({USER}, ["owner_id", "start_time"]),
    "photos.createComment": ({USER}, ["owner_id", "photo_id", _COMMENT, "guid"]),
    "photos.deleteComment": ({USER}, ["owner_id", "comment_id"]),
    "photos.editComment": ({USER}, ["owner_id", "comment_id", _COMMENT]),
    "photos.getAllComments": ({USER}, ["owner_id"]),
    "photos.getComments": ({USER}, ["owner_id", "photo_id"]),
    "photos.getMessagesUploadServer": ({USER, GROUP}, ["peer_id"]),
    "photos.saveMessagesPhoto": ({USER, GROUP}, ["photo", "server", "hash"]),
    "users.get": ({USER, GROUP, SERVICE}, []),
    "video.createComment": ({USER}, ["owner_id", "video_id", _COMMENT, "guid"]),
    "video.deleteComment": ({USER}, ["owner_id", "comment_id"]),
    "video.editComment": ({USER}, ["owner_id", "comment_id", _COMMENT]),
    "video.get": ({USER}, [("owner_id", "videos")]),
    "video.getComments": ({USER}, ["owner_id", "video_id"]),
    "wall.createComment": (
        {USER, GROUP},
        ["owner_id", "post_id", "from_group", _COMMENT, "guid"],
    ),
    "wall.deleteComment": ({USER}, ["owner_id", "comment_id"]),
    "wall.editComment": ({USER}, ["owner_id", "comment_id", _COMMENT]),
    "wall.get": ({USER, SERVICE}, ["owner_id"]),
    "wall.getById": ({USER, SERVICE}, ["posts"]),
    "wall.getComment": ({USER}, ["owner_id", "comment_id"]),
    "wall.getComments": ({USER, SERVICE}, ["owner_id", "post_id"]),
}


def check(exchanges):
    for exchange in exchanges:
        if "." not in exchange.method:
            continue
        tokens, needed = METHODS[exchange.method]
        given = exchange.params.get("access_token", "").partition("-")[0]
        if given not in tokens:
            raise AssertionError(f"{exchange.method} is not for this token: {given!r}")
        if exchange.params.get("v") != "5.199":
            raise AssertionError(f"{exchange.method} without version")
        for names in needed:
            names = names if isinstance(names, tuple) else (names,)
            if not any(exchange.params.get(name) for name in names):
                raise AssertionError(f"{exchange.method} needs {' or '.join(names)}")
        # A reply speaks for the community, never for the person whose token it is.
        if exchange.method.endswith(".createComment"):
            if not int(exchange.params.get("from_group", 0)):
                raise AssertionError(f"{exchange.method} in the name of a person")
