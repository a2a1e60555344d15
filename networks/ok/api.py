"""Calls of Odnoklassniki: signature, errors by what they ask of us, budget, batches."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping

from ..base import NetworkClient
from ..budget import Budget
from ..errors import Consequence, NetworkError
from ..values import Batch, Item, Limits, Outgoing, SecretName
from .items import Parser, mapping_or_empty, number, string

#: Codes of errors by what they ask of us. The others refuse one request for a reason
#: of its own and count as ``permission``.
_CODES = {
    Consequence.RETRY: (1, 2, 9999),
    Consequence.SLOW_DOWN: (8, 11),
    Consequence.CREDENTIALS: (101, 102, 103, 104, 105, 401, 453),
    Consequence.PERMISSION: (7, 10, 200, 210, 455),
    Consequence.GONE: (300,),
    Consequence.CONTENT: (454,),
    Consequence.PERSON: (9, 402),
}
CONSEQUENCES = {code: told for told, codes in _CODES.items() for code in codes}

#: errors that do not tell whether the action was performed
_UNCLEAR = (1, 9999)

TOKEN = "access_token"
USER_TOKEN = "user_token"
KEY = "application_key"
SECRET = "application_secret_key"

REST = "rest"
GRAPH = "graph"


def signature(parameters: Mapping, token: str, secret: str) -> str:
    """``sig`` of a call: every parameter but the token itself is signed."""
    pairs = "".join(
        f"{name}={parameters[name]}"
        for name in sorted(parameters)
        if name not in (TOKEN, "sig")
    )
    return _md5(pairs + _md5(token + secret))


def _md5(text: str) -> str:
    # What the interface documents; it protects nothing beyond what HTTPS does.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class OutOfBudget(Exception):
    """No call may be made for ``wait`` seconds; ends a reading, never leaves it."""

    def __init__(self, wait: float):
        super().__init__(wait)
        self.wait = wait


class OKApi(NetworkClient):
    """What all parts of the client stand on."""

    NETWORK = "ok"
    SECRETS = (
        SecretName(TOKEN, True, "Key of the group: private messages and discussions"),
        SecretName(KEY, True, "Public key of the application"),
        SecretName(SECRET, True, "Secret key of the application: signs the calls"),
        SecretName(
            USER_TOKEN, False, "Token of a moderator, where discussions need another"
        ),
    )
    DEFAULT_URL = "https://api.ok.ru"
    #: Comments have 3000 characters; nothing is documented of messages, so the same.
    #: A message takes five pictures.
    LIMITS = Limits(
        text_length=3000,
        attachments=5,
        attachment_types=("image/jpeg", "image/png"),
    )
    HOSTS = frozenset(
        {"ok.ru", "m.ok.ru", "mobile.ok.ru", "odnoklassniki.ru", "m.odnoklassniki.ru"}
    )
    #: (calls in a full bucket, calls per second). Odnoklassniki does not tell its
    #: limits; this is what a page needs and less than what others are known to use.
    RATES = {REST: (60, 3), GRAPH: (60, 3)}
    #: Seconds to leave the network in peace after it complained of too many calls.
    PAUSE = 60.0

    def __init__(self, external_id, secrets, *args, **kwargs):
        external_id = str(external_id).strip().removeprefix("group:")
        super().__init__(external_id, secrets, *args, **kwargs)
        if not self.external_id.isdecimal():
            raise NetworkError(
                f"The number of a group is needed, not {self.external_id!r}",
                consequence=Consequence.PERSON,
                code="external_id",
            )
        self.group = self.external_id
        self.api_url = self.api_url.removesuffix("/fb.do").rstrip("/")
        self.parser = Parser(self.group, self.now)
        self._budgets = self._load_budgets({})

    # ------------------------------------------------------------------ calls

    def call(self, method: str, *, write: bool = False, **params) -> object:
        """The answer of a REST method. ``write``: it publishes (see Transport)."""
        token = self.secrets.get(USER_TOKEN) or self._secret(TOKEN, method)
        secret = self._secret(SECRET, method)
        form = {name: value for name, value in params.items() if value is not None}
        form.update(
            method=method, application_key=self._secret(KEY, method), format="json"
        )
        form["sig"] = signature(form, token, secret)
        form[TOKEN] = token
        self.transport.hide([form["sig"]])
        answer = self.transport.post_form(
            f"{self.api_url}/fb.do", form, write=write, method=method
        )
        return self._checked(answer, method, write)

    def graph(self, path: str, **params) -> Mapping:
        """The answer to a GET of the Graph API."""
        return self._graph("GET", path, params)

    def graph_post(self, path: str, payload: Mapping, *, write: bool) -> Mapping:
        """The answer to a POST of the Graph API. ``write``: see :meth:`call`."""
        return self._graph("POST", path, {}, payload, write)

    def _graph(
        self,
        verb: str,
        path: str,
        params: Mapping,
        payload: object = None,
        write: bool = False,
    ) -> Mapping:
        failure = None
        try:
            answer = self.transport.request_json(
                verb,
                f"{self.api_url}/graph/{path}",
                {**params, TOKEN: self._secret(TOKEN, path)},
                payload,
                write=write,
                method=path,
            )
        except NetworkError as error:
            failure = error
        if failure is not None:
            # What Odnoklassniki says of a refusal tells more than the status.
            self._checked(failure.answer, path, write)
            raise failure
        return self._object(self._checked(answer, path, write), path, write)

    def _secret(self, name: str, method: str) -> str:
        value = self.secrets.get(name)
        if not value:
            raise NetworkError(
                f"{name} is not set",
                consequence=Consequence.CREDENTIALS,
                code="secret_missing",
                method=method,
            )
        return value

    def _checked(self, answer: object, method: str, write: bool) -> object:
        if isinstance(answer, Mapping) and answer.get("error_code") is not None:
            raise self._error(answer, method, write)
        return answer

    def _error(self, answer: Mapping, method: str, write: bool) -> NetworkError:
        # ``error_data`` may repeat what was sent: not read.
        code = number(answer, "error_code", 1)
        consequence = CONSEQUENCES.get(code, Consequence.PERMISSION)
        if write and code in _UNCLEAR:
            consequence = Consequence.UNKNOWN
        text = string(answer, "error_msg")
        return NetworkError(
            self.transport.redact(f"OK {code} ({method}) {text}"),
            consequence=consequence,
            code=code,
            retry_after=self.PAUSE if consequence is Consequence.SLOW_DOWN else None,
            method=method,
        )

    @staticmethod
    def _object(answer: object, method: str, write: bool) -> Mapping:
        if isinstance(answer, Mapping):
            return answer
        raise NetworkError(
            "The answer is not an object",
            consequence=Consequence.UNKNOWN if write else Consequence.RETRY,
            code="malformed",
            method=method,
        )

    # ------------------------------------------------------- calls of polling

    def read(self, method: str, **params) -> Mapping:
        """Like :meth:`call` for polling: within the budget, answers an object.

        Raises OutOfBudget where a call must wait, and so too when the network says
        that calls come too fast: both end the reading at its cursor.
        """

        def calling():
            # An empty list of discussions or comments may come as no answer at all.
            answer = self.call(method, **params)
            return self._object({} if answer is None else answer, method, False)

        return self._spending(REST, calling)

    def read_graph(self, path: str, **params) -> Mapping:
        return self._spending(GRAPH, lambda: self.graph(path, **params))

    def _spending(self, kind: str, calling) -> Mapping:
        wait = self._budgets[kind].take(self.now())
        if wait:
            raise OutOfBudget(wait)
        try:
            return calling()
        except NetworkError as error:
            if error.consequence is not Consequence.SLOW_DOWN:
                raise
            wait = error.retry_after or self.PAUSE
        raise OutOfBudget(wait)

    def comments_page(self, kind: str, number: str, anchor: str | None) -> dict:
        """Parameters for a page of comments, newest first."""
        return {
            "discussionId": number,
            "discussionType": kind,
            "anchor": anchor or "LAST",
            "direction": "BACKWARD",
            "count": 100,
            # Reading must not take the "new" mark from the moderators' own screens.
            "mark_as_read": "false",
        }

    def _load_budgets(self, states: object) -> dict[str, Budget]:
        states = mapping_or_empty(states)
        return {
            kind: Budget(*rate, state=states.get(kind))
            for kind, rate in self.RATES.items()
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
        budget = {kind: left.state() for kind, left in self._budgets.items()}
        cursor = {**cursor, "budget": budget}
        return self.batch_of(cursor, items, broken, **more)

    # ----------------------------------------------------------------- sizes

    @classmethod
    def length(cls, text: str) -> int:
        """In UTF-16 units, so that an emoji never makes a text too long there."""
        return len(text.encode("utf-16-le", "replace")) // 2

    def refuse_oversize(self, outgoing: Outgoing) -> None:
        super().refuse_oversize(outgoing)
        if outgoing.kind != "private" and outgoing.attachments:
            raise NetworkError(
                "Odnoklassniki documents no way to attach a file to a comment: "
                "publish this one by hand, or without the file",
                consequence=Consequence.CONTENT,
                code="attachment_in_comment",
            )
