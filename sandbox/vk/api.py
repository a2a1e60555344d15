"""One call of the VK interface: token, version, rate, method, answer.

Which kind of token may call a method is what `access_token_type` of the official
schema says.
"""

import re
import threading
import time
from collections import deque
from dataclasses import dataclass

from .. import constants
from ..constants import COMMUNITY, SERVICE, USER
from . import (
    board,
    callback,
    groups,
    messages,
    newsfeed,
    photos,
    uploads,
    video,
    wall,
)
from .errors import ApiError
from .parameters import Parameters

METHODS = {
    **wall.METHODS,
    **messages.METHODS,
    **groups.METHODS,
    **uploads.METHODS,
    **board.METHODS,
    **photos.METHODS,
    **video.METHODS,
    **newsfeed.METHODS,
    **callback.METHODS,
}

ACCESS = {
    "wall.get": (USER, SERVICE),
    "wall.getById": (USER, SERVICE),
    "wall.getComments": (USER, SERVICE),
    "wall.getComment": (USER,),
    "wall.createComment": (USER, COMMUNITY),
    "wall.editComment": (USER,),
    "wall.deleteComment": (USER,),
    "wall.restoreComment": (USER,),
    "messages.getConversations": (USER, COMMUNITY),
    "messages.getHistory": (USER, COMMUNITY),
    "messages.getById": (USER, COMMUNITY),
    "messages.getByConversationMessageId": (USER, COMMUNITY),
    "messages.send": (USER, COMMUNITY),
    "messages.edit": (USER, COMMUNITY),
    "messages.delete": (USER, COMMUNITY),
    "board.getTopics": (USER, SERVICE),
    "board.getComments": (USER, SERVICE),
    "board.addTopic": (USER,),
    "board.createComment": (USER,),
    "board.editComment": (USER,),
    "board.deleteComment": (USER, COMMUNITY),
    "board.restoreComment": (USER, COMMUNITY),
    "photos.get": (USER, SERVICE),
    "photos.getAll": (USER,),
    "photos.getById": (USER, SERVICE),
    "photos.getComments": (USER,),
    "photos.getAllComments": (USER,),
    "photos.createComment": (USER,),
    "photos.editComment": (USER,),
    "photos.deleteComment": (USER,),
    "photos.restoreComment": (USER,),
    "video.get": (USER,),
    "video.getComments": (USER,),
    "video.createComment": (USER,),
    "video.editComment": (USER,),
    "video.deleteComment": (USER,),
    "video.restoreComment": (USER,),
    "newsfeed.getMentions": (USER,),
    "groups.getById": (USER, COMMUNITY, SERVICE),
    "groups.getLongPollServer": (USER, COMMUNITY),
    "groups.getLongPollSettings": (USER, COMMUNITY),
    "groups.setLongPollSettings": (USER, COMMUNITY),
    "groups.getTokenPermissions": (COMMUNITY,),
    "groups.getCallbackConfirmationCode": (USER, COMMUNITY),
    "groups.getCallbackServers": (USER, COMMUNITY),
    "groups.addCallbackServer": (USER, COMMUNITY),
    "groups.editCallbackServer": (USER, COMMUNITY),
    "groups.deleteCallbackServer": (USER, COMMUNITY),
    "groups.getCallbackSettings": (USER, COMMUNITY),
    "groups.setCallbackSettings": (USER, COMMUNITY),
    "users.get": (USER, COMMUNITY, SERVICE),
    "utils.getServerTime": (USER, COMMUNITY, SERVICE),
    "photos.getMessagesUploadServer": (USER, COMMUNITY),
    "photos.saveMessagesPhoto": (USER, COMMUNITY),
    "docs.getWallUploadServer": (USER, COMMUNITY),
    "photos.getWallUploadServer": (USER,),
    "photos.saveWallPhoto": (USER,),
    "docs.getMessagesUploadServer": (USER, COMMUNITY),
    "docs.save": (USER, COMMUNITY),
}

REFUSALS = {
    COMMUNITY: (27, "method is unavailable with group auth."),
    SERVICE: (28, "method is unavailable with service token."),
    USER: (5, "method is unavailable with user auth."),
}

#: VK answers no version older than this one.
OLDEST_VERSION = (5, 81)


@dataclass(frozen=True)
class Token:
    """Who calls: `kind` of token and the community or person it belongs to."""

    kind: str
    owner: int

    def __str__(self):
        return f"{self.kind}:{self.owner}" if self.owner else self.kind


@dataclass(frozen=True)
class Call:
    """What a method works with."""

    world: object
    token: Token
    parameters: Parameters


def find_token(secret):
    """Return the token for a secret, or refuse with error 5."""
    if not secret:
        raise ApiError(5, "no access_token passed.")
    if secret not in constants.TOKENS:
        raise ApiError(5, "invalid access_token (4).")
    return Token(*constants.TOKENS[secret])


def token_name(secret):
    """Return the kind of token for the log; never the secret itself."""
    if not secret:
        return "none"
    try:
        return str(find_token(secret))
    except ApiError:
        return "invalid"


def check_version(text):
    """Refuse a call without `v` or with one that VK does not speak any more."""
    if not text:
        raise ApiError(8, "v (version) is required")
    match = re.fullmatch(r"(\d+)\.(\d+)", text)
    if not match:
        raise ApiError(100, "v is invalid")
    if tuple(map(int, match.groups())) < OLDEST_VERSION:
        raise ApiError(8, "versions below 5.81 are deprecated")


class Limiter:
    """Counts calls of each token: some a second, `wall.get` also a day."""

    def __init__(self):
        self._lock = threading.Lock()
        self._recent = {}
        self._days = {}

    def check(self, token, method):
        """Count a call, or refuse it: error 6 (second), 29 (day)."""
        now = time.monotonic()
        with self._lock:
            recent = self._recent.setdefault(token, deque())
            while recent and recent[0] <= now - 1:
                recent.popleft()
            if len(recent) >= constants.CALLS_PER_SECOND[token.kind]:
                raise ApiError(6)
            recent.append(now)
            if method == "wall.get":
                started, count = self._days.get(token, (now, 0))
                if now - started > 24 * 3600:
                    started, count = now, 0
                if count >= constants.WALL_GET_PER_DAY:
                    raise ApiError(29)
                self._days[token] = (started, count + 1)


def execute(world, limiter, method, parameters, secret):
    """Run a method; returns its answer without the envelope."""
    check_version(parameters.get("v"))
    token = find_token(secret)
    if method not in METHODS:
        raise ApiError(3)
    if world.state["settings"]["rate_limit"]:
        limiter.check(token, method)
    if token.kind not in ACCESS[method]:
        raise ApiError(*REFUSALS[token.kind])
    with world.lock:
        return METHODS[method](Call(world, token, Parameters(parameters)))
