"""The one exception of this package, and what it asks of the caller."""

from __future__ import annotations

from enum import Enum


class Consequence(str, Enum):
    """What a failure means for the caller, whatever the network called it."""

    #: passing trouble: try again after a growing pause
    RETRY = "retry"
    #: too many calls just now: wait ``retry_after`` seconds
    SLOW_DOWN = "slow_down"
    #: a quota of the day or flood control: wait long
    SLOW_DOWN_LONG = "slow_down_long"
    #: token or key wrong, missing or expired: somebody must enter a new one
    CREDENTIALS = "credentials"
    #: the token may not do this; or the citizen does not accept messages
    PERMISSION = "permission"
    #: what we asked for does not exist (any more)
    GONE = "gone"
    #: the network wants a person (captcha, confirmation), or the configuration
    #: does: stop the page until somebody has acted
    PERSON = "person"
    #: the network refuses this text or attachment: sending it again is useless
    CONTENT = "content"
    #: the time in which the network lets one answer is over
    TOO_LATE = "too_late"
    #: a write may or may not have happened: read back before sending again
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


class NetworkError(Exception):
    """A failed call, with what to do about it. Its texts never hold a secret.

    :param message: English, for the log and the account's health.
    :param code: the network's own error code, or a stable word of this package
        (``"timeout"``, ``"address_refused"``, ...).
    :param retry_after: seconds to wait at least, where the network said so.
    :param method: the network's method that failed.

    ``answer`` is what the network said with a status that refuses, decoded and not
    redacted, where the transport read it; it is never shown as it is.
    """

    def __init__(
        self,
        message: str,
        *,
        consequence: Consequence,
        code: int | str | None = None,
        retry_after: float | None = None,
        method: str | None = None,
    ):
        super().__init__(message)
        self.message = message
        self.consequence = Consequence(consequence)
        self.code = code
        self.retry_after = retry_after
        self.method = method
        self.answer: object = None

    def __repr__(self) -> str:
        return (
            f"NetworkError({self.message!r}, consequence={self.consequence.value!r}, "
            f"code={self.code!r}, method={self.method!r})"
        )
