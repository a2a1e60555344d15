"""Calls of the VK API: tokens, errors by what they ask of us, the budget, batches."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping

from ..base import NetworkClient
from ..budget import Budget
from ..errors import Consequence, NetworkError
from ..values import Batch, Item, Limits, SecretName
from .items import Parser
from .raw import integer, mappings, string

#: VK's error codes by what they ask of us. The many others refuse one request for a
#: reason of its own (a closed chat, a setting) and count as ``permission``.
_CODES = {
    Consequence.RETRY: (1, 10, 36, 43),
    Consequence.SLOW_DOWN: (6,),
    Consequence.SLOW_DOWN_LONG: (9, 29, 32, 223, 601, 1105),
    Consequence.CREDENTIALS: (4, 5, 27, 28, 42, 1117),
    Consequence.PERMISSION: (7, 15, 200, 203, 204, 210, 211, 212, 213)
    + (900, 901, 902),
    Consequence.GONE: (18, 19, 30, 100, 104, 125),
    Consequence.PERSON: (14, 17, 24, 25, 3300, 3301, 3302, 3303, 3304),
    Consequence.CONTENT: (222, 910, 914),
    Consequence.TOO_LATE: (909, 924, 950),
}
#: unknown error, internal server error
_OF_THE_SERVER = (1, 10)
CONSEQUENCES = {code: told for told, codes in _CODES.items() for code in codes}

COMMUNITY = "access_token"
SERVICE = "service_token"
USER = "user_token"
#: what the Callback API proves itself with, and is proved our address by
WEBHOOK_SECRET = "webhook_secret"
CONFIRMATION = "confirmation_code"


class OutOfBudget(Exception):
    """No call may be made for ``wait`` seconds; ends a reading, never leaves it."""

    def __init__(self, wait: float):
        super().__init__(wait)
        self.wait = wait


class VKApi(NetworkClient):
    """What all parts of the client stand on."""

    NETWORK = "vk"
    SECRETS = (
        SecretName(
            COMMUNITY, True, "Community token: events, private messages, replies"
        ),
        SecretName(
            SERVICE,
            False,
            "Service key of an application: reads the wall, topics and comments",
        ),
        SecretName(
            USER,
            False,
            "Token of a manager of the community: reads comments on photos and "
            "videos and mentions, answers there and in topics, changes and deletes "
            "comments",
        ),
        SecretName(WEBHOOK_SECRET, False, "Secret key of the Callback API"),
        SecretName(CONFIRMATION, False, "Confirmation string of the Callback API"),
    )
    DEFAULT_URL = "https://api.vk.com"
    VERSION = "5.199"
    LIMITS = Limits(
        text_length=4096,
        attachments=10,
        # Files go as documents: docs.getWallUploadServer takes up to 200 MB and no
        # programs; music goes elsewhere.
        attachment_bytes=200 * 2**20,
        attachment_types=(
            "image/",
            "video/",
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/rtf",
            "application/vnd.",
        ),
    )
    HOSTS = frozenset({"vk.com", "m.vk.com", "vk.ru", "m.vk.ru", "vkontakte.ru"})

    #: (calls in a full bucket, calls per second): VK allows a service key and a user
    #: token 3 and a community token 20 calls a second
    RATES = {COMMUNITY: (200, 20), SERVICE: (60, 3), USER: (60, 3)}

    def __init__(self, external_id, secrets, *args, **kwargs):
        super().__init__(external_id, secrets, *args, **kwargs)
        try:
            self.group = abs(int(self.external_id))
        except ValueError:
            raise NetworkError(
                f"The number of a VK community is needed, not {self.external_id!r}",
                consequence=Consequence.PERSON,
                code="external_id",
            ) from None
        if self.api_url.endswith("/method"):
            self.api_url = self.api_url[: -len("/method")].rstrip("/")
        self.parser = Parser(self.group, self.now)
        self._budgets = self._load_budgets({})

    @property
    def owner(self) -> int:
        """The community as an owner of posts: negative."""
        return -self.group

    @property
    def reader(self) -> str:
        """The token that reads what is public: VK shows it to no community token."""
        only_user = self.secrets.get(USER) and not self.secrets.get(SERVICE)
        return USER if only_user else SERVICE

    # ------------------------------------------------------------------ calls

    def call(self, method: str, token: str, *, write: bool = False, **params):
        """The ``response`` of an API method.

        :param token: COMMUNITY, SERVICE or USER.
        :param write: the call publishes something (see Transport).
        """
        secret = self.need(token, method)
        form = {name: value for name, value in params.items() if value is not None}
        form.update(v=self.VERSION, access_token=secret)
        answer = self.transport.post_form(
            f"{self.api_url}/method/{method}", form, write=write, method=method
        )
        if isinstance(answer, Mapping):
            if "error" in answer:
                raise self._error(answer["error"], method, token, write)
            if "response" in answer:
                return answer["response"]
        raise NetworkError(
            "The answer is neither a response nor an error",
            consequence=Consequence.UNKNOWN if write else Consequence.RETRY,
            code="malformed",
            method=method,
        )

    def need(self, token: str, method: str | None = None) -> str:
        """The secret of this name; what is missing without it as NetworkError."""
        secret = self.secrets.get(token)
        if secret:
            return secret
        if token == USER:
            raise NetworkError(
                f"VK offers this ({method}) to a user token only, and none is entered",
                consequence=Consequence.PERMISSION,
                code="user_token_missing",
                method=method,
            )
        raise NetworkError(
            f"{token} is not set",
            consequence=Consequence.CREDENTIALS,
            code="secret_missing",
            method=method,
        )

    def _error(
        self, error: object, method: str, token: str, write: bool = False
    ) -> NetworkError:
        # ``request_params`` repeats what we sent, the token among it: not read.
        error = error if isinstance(error, Mapping) else {}
        code = integer(error, "error_code", integer(error, "code", 1))
        text = string(error, "error_msg") or string(error, "description")
        consequence = CONSEQUENCES.get(code, Consequence.PERMISSION)
        told = code
        if write and code in _OF_THE_SERVER:
            # VK broke down over it, nobody knows where.
            consequence = Consequence.UNKNOWN
        if token == USER and consequence is Consequence.CREDENTIALS:
            # It is optional and lasts an hour: without it some things cannot be
            # done, but the page goes on.
            consequence, told = Consequence.PERMISSION, "user_token_denied"
        return NetworkError(
            self.transport.redact(f"VK {code} ({method}, {token}) {text}"),
            consequence=consequence,
            code=told,
            retry_after=1.0 if consequence is Consequence.SLOW_DOWN else None,
            method=method,
        )

    def read(self, method: str, token: str, **params) -> Mapping:
        """Like :meth:`call` for polling: within the budget, answers an object.

        Raises OutOfBudget where a call must wait, and so too when VK says that
        calls come too fast: both end the reading at its cursor.
        """
        wait = self._budgets[token].take(self.now())
        if wait:
            raise OutOfBudget(wait)
        try:
            response = self.call(method, token, **params)
        except NetworkError as error:
            if error.consequence is not Consequence.SLOW_DOWN:
                raise
            wait = error.retry_after or 1.0
        else:
            if isinstance(response, Mapping):
                return response
            raise NetworkError(
                "The response is not an object",
                consequence=Consequence.RETRY,
                code="malformed",
                method=method,
            )
        raise OutOfBudget(wait)

    def _load_budgets(self, states: object) -> dict[str, Budget]:
        states = states if isinstance(states, Mapping) else {}
        return {
            token: Budget(*rate, state=states.get(token))
            for token, rate in self.RATES.items()
        }

    # --------------------------------------------------------------- batches

    def open_cursor(self, cursor: Mapping) -> dict:
        """A copy of a stored cursor to work on; takes up its budgets."""
        self._budgets = self._load_budgets(cursor.get("budget"))
        return copy.deepcopy(dict(cursor))

    def batch(
        self,
        cursor: dict,
        items: Iterable[Item] = (),
        broken: Iterable[tuple[object, str]] = (),
        **more,
    ) -> Batch:
        """A batch with a cursor of its own, budgets included."""
        budget = {token: left.state() for token, left in self._budgets.items()}
        cursor = {**cursor, "budget": budget}
        return self.batch_of(cursor, items, broken, **more)

    def history_request(self, peer: int, offset: int) -> dict:
        """Parameters for a page of a dialogue, newest first."""
        return {
            "peer_id": peer,
            "group_id": self.group,
            "count": 200,
            "offset": offset,
        }


def joined(values: Iterable[object]) -> str:
    return ",".join(map(str, values))


def groups_of(answer: object) -> list[Mapping]:
    """Communities of an answer: an object since 5.199, a plain list before."""
    return mappings(answer.get("groups") if isinstance(answer, Mapping) else answer)
