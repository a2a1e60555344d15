"""Calls of the MAX Bot API: the token, errors by what they ask of us, the budget."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from ..base import NetworkClient
from ..budget import Budget
from ..errors import Consequence, NetworkError
from ..values import Batch, Item, Limits, SecretName
from .items import Parser, mapping_or_empty, string

TOKEN = "access_token"
WEBHOOK = "webhook_secret"

#: what MAX's own words mean, whatever the status they come with
CONSEQUENCES = {
    "verify.token": Consequence.CREDENTIALS,
    # The file is still being prepared: nothing has been sent.
    "attachment.not.ready": Consequence.RETRY,
    "too.many.requests": Consequence.SLOW_DOWN,
    # A comment may be changed for 26 hours.
    "comments.timeout_exceeded": Consequence.TOO_LATE,
    "chat.denied": Consequence.PERMISSION,
    "dialog.suspended": Consequence.PERMISSION,
    "dialog.not.found": Consequence.GONE,
    "chat.not.found": Consequence.GONE,
    "not.found": Consequence.GONE,
}


class OutOfBudget(Exception):
    """No call may be made for ``wait`` seconds; ends a reading, never leaves it."""

    def __init__(self, wait: float):
        super().__init__(wait)
        self.wait = wait


class MAXApi(NetworkClient):
    """What all parts of the client stand on."""

    NETWORK = "max"
    SECRETS = (
        SecretName(TOKEN, True, "Token of the bot that administers the channel"),
        SecretName(WEBHOOK, False, "Proves that a delivered event is from MAX"),
    )
    DEFAULT_URL = "https://platform-api2.max.ru"
    #: certificates of the interface are signed by the Russian state authority, which
    #: the usual bundles do not hold
    OWN_CA = True
    LIMITS = Limits(
        text_length=4000,
        attachments=10,
        # MAX itself takes 4 GB; what an answer to a citizen needs is far smaller, and
        # the whole file is held in memory.
        attachment_bytes=200 * 2**20,
    )
    HOSTS = frozenset({"max.ru", "web.max.ru"})
    #: (calls in a full bucket, calls per second): MAX allows a bot 30 a second. Of
    #: its two messages a second and chat no account is kept: replies go out one after
    #: another, and what MAX refuses as too fast was not sent.
    RATE = (300, 30)

    def __init__(self, external_id, secrets, *args, **kwargs):
        super().__init__(external_id, secrets, *args, **kwargs)
        # MAX counts messages by the second, and does not say when to come back.
        self.transport.untold_pause = 1.0
        try:
            self.page = int(self.external_id)
        except ValueError:
            raise NetworkError(
                f"The number of a MAX chat is needed, not {self.external_id!r}",
                consequence=Consequence.PERSON,
                code="external_id",
            ) from None
        self.parser = Parser(self.page, self.now)
        self._budget = Budget(*self.RATE)

    # ------------------------------------------------------------------ calls

    def call(
        self,
        verb: str,
        path: str,
        params: Mapping | None = None,
        body: object = None,
        *,
        write: bool = False,
    ) -> Mapping:
        """The object a method answers with.

        :param path: such as ``messages/{mid}``, its parts made safe (:func:`part`).
        :param write: the call publishes something (see Transport).
        """
        method = f"{verb} {path.partition('?')[0]}"
        token = self.secrets.get(TOKEN)
        if not token:
            raise NetworkError(
                f"{TOKEN} is not set",
                consequence=Consequence.CREDENTIALS,
                code="secret_missing",
                method=method,
            )
        given = {name: one for name, one in (params or {}).items() if one is not None}
        try:
            answer = self.transport.request_json(
                verb,
                f"{self.api_url}/{path}",
                given or None,
                body,
                {"Authorization": token},
                write=write,
                method=method,
            )
        except NetworkError as error:
            failure = self._explained(error, write)
        else:
            if isinstance(answer, Mapping):
                return answer
            failure = NetworkError(
                "The answer is not an object",
                consequence=Consequence.UNKNOWN if write else Consequence.RETRY,
                code="malformed",
                method=method,
            )
        raise failure

    def _explained(self, error: NetworkError, write: bool) -> NetworkError:
        """The transport's error with what MAX itself said."""
        answer = mapping_or_empty(error.answer)
        code, status = string(answer, "code"), str(error.code)
        if not status.startswith("http_"):
            return error
        consequence = CONSEQUENCES.get(code)
        if status in ("http_400", "http_422") and not consequence:
            # This request is refused and would be refused again: the words or the
            # files where something is written, else what was asked for.
            consequence = Consequence.CONTENT if write else Consequence.PERMISSION
        if status.startswith("http_5"):
            consequence = error.consequence
        words = string(answer, "message")
        told = f"MAX {status[5:]} {code} ({error.method}) {words}"
        return NetworkError(
            self.transport.redact(told.rstrip()),
            consequence=consequence or error.consequence,
            code=code or error.code,
            retry_after=error.retry_after,
            method=error.method,
        )

    def read(self, path: str, params: Mapping | None = None) -> Mapping:
        """GET for polling, within the budget.

        Raises OutOfBudget where a call must wait, and so too when MAX says that
        calls come too fast: both end the reading at its cursor.
        """
        wait = self._budget.take(self.now())
        if wait:
            raise OutOfBudget(wait)
        try:
            return self.call("GET", path, params)
        except NetworkError as error:
            if error.consequence is not Consequence.SLOW_DOWN:
                raise
            wait = error.retry_after or 1.0
        raise OutOfBudget(wait)

    def expect_success(self, answer: Mapping, method: str) -> None:
        """Raise for the answer of an action that was not done."""
        if answer.get("success") is not False:
            return
        words = self.transport.redact(string(answer, "message"))
        raise NetworkError(
            f"MAX refused {method}: {words}",
            consequence=Consequence.PERMISSION,
            code="refused",
            method=method,
        )

    # --------------------------------------------------------------- batches

    def open_cursor(self, cursor: Mapping) -> dict:
        """A copy of a stored cursor to work on; takes up its budget and the bot."""
        state = copy.deepcopy(dict(cursor))
        budget = state.get("budget")
        self._budget = Budget(
            *self.RATE, state=budget if isinstance(budget, Mapping) else None
        )
        bot = state.get("bot")
        self.parser.bot = bot if isinstance(bot, int) else 0
        self.parser.channel = state.get("channel") is True
        return state

    def batch(
        self,
        cursor: Mapping,
        items: Iterable[Item] = (),
        broken: Iterable[tuple[object, str]] = (),
        **more,
    ) -> Batch:
        """A batch with a cursor of its own, budget included."""
        cursor = {**cursor, "budget": self._budget.state()}
        return self.batch_of(cursor, items, broken, **more)

    def know_bot(self) -> int:
        """The bot's own number, asked for once: what it wrote is the page's."""
        if not self.parser.bot:
            me = self.call("GET", "me")
            number = me.get("user_id")
            self.parser.bot = number if isinstance(number, int) else 0
        return self.parser.bot


def part(value: str) -> str:
    """A piece of a path that stays one piece."""
    return quote(value, safe="")
