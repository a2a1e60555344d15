"""Values shared by the parts of the training ground.

Every secret here is made up and known to everybody: nothing real is protected by it.
"""

#: Version of the VK interface that is emulated, as in the official schema.
VK_VERSION = "5.199"

COMMUNITY = "community"
SERVICE = "service"
USER = "user"

ADMINISTRATION = 1
HEAD = 2
#: The employee who keeps both pages; the user token is hers.
PAGE_EDITOR = 900

#: Secret -> (kind of token, id of the community or the user it belongs to).
TOKENS = {
    "sandbox-community-token-1": (COMMUNITY, ADMINISTRATION),
    "sandbox-community-token-2": (COMMUNITY, HEAD),
    "sandbox-service-key": (SERVICE, 0),
    "sandbox-user-token": (USER, PAGE_EDITOR),
}

#: Calls a second by kind of token, as VK documents its frequency limits.
CALLS_PER_SECOND = {COMMUNITY: 20, SERVICE: 3, USER: 3}

#: Calls of `wall.get` a day and token.
WALL_GET_PER_DAY = 5000

#: Characters of a comment or a private message.
TEXT_LIMIT = 4096

ATTACHMENT_LIMIT = 10

#: Bytes of a request body, pictures included.
BODY_LIMIT = 12 * 1024 * 1024

#: Seconds a long poll request may wait here (VK itself allows 90).
WAIT_LIMIT = 25

#: Long poll events kept for each community; older ones are forgotten (`failed` 1).
EVENT_HISTORY = 1000
