"""What happened to a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from typing import Any

from .errors import HistoryError
from .vocabulary import DRAFT_KINDS, EVENT_TYPES, REPLY_KINDS


def parse_instant(value: datetime | str, tz: tzinfo) -> datetime:
    """An aware UTC datetime from a datetime or an ISO 8601 string.

    Without an offset the value is local time of `tz`. Raises `HistoryError`
    where it cannot be read.
    """
    if isinstance(value, str):
        text = value.strip()
        if text[-1:] in ("Z", "z"):
            text = text[:-1] + "+00:00"
        try:
            value = datetime.fromisoformat(text)
        except ValueError as error:
            raise HistoryError(f"Not an ISO 8601 time: {value!r}") from error
    if not isinstance(value, datetime):
        raise HistoryError(f"Not a time: {value!r}")
    if value.utcoffset() is None:
        value = value.replace(tzinfo=tz)
    return value.astimezone(timezone.utc)


@dataclass(frozen=True)
class Event:
    """One entry of a ticket's append-only history.

    :param type: one of `EVENT_TYPES`
    :param at: aware datetime; kept in UTC
    :param executor: opaque key of the assignment's executor
    :param reply_kind: of a draft: "final" (also when missing) or "interim"
    :param facts: of `facts_changed`: the facts that changed; of a repeated
        `received`: those of the further way in that it tells of, see `ways`
    :param since: of such a `received`: when the message was received by that way,
        by default `at`. Aware; kept in UTC
    :param norm: of `term_changed`: the code of the norm
    :param due: of `term_changed`: the new deadline; of `interim_published`: the
        instant by which it promises the final reply, if it promises any. Aware;
        kept in UTC
    :param ref: opaque; handed back in the steps of a clock's trace

    Raises `HistoryError` for anything outside the vocabulary.
    """

    type: str
    at: datetime
    executor: str | None = None
    reply_kind: str | None = None
    facts: Mapping[str, Any] | None = None
    norm: str | None = None
    due: datetime | None = None
    ref: Any = None
    since: datetime | None = None

    def __post_init__(self) -> None:
        if self.type not in EVENT_TYPES:
            raise HistoryError(f"Unknown type of event: {self.type!r}")
        if EVENT_TYPES[self.type] and not self.executor:
            raise HistoryError(f"Event {self.type!r} needs an executor")
        draft = self.type == "draft_submitted"
        if draft and not self.reply_kind:
            object.__setattr__(self, "reply_kind", "final")
        kinds = DRAFT_KINDS if draft else REPLY_KINDS
        if self.reply_kind and self.reply_kind not in kinds:
            raise HistoryError(f"Unknown kind of reply: {self.reply_kind!r}")
        if self.type == "term_changed" and not (self.norm and self.due):
            raise HistoryError("Event 'term_changed' needs a norm and a due time")
        object.__setattr__(self, "at", self._in_utc(self.at))
        for name in ("due", "since"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, self._in_utc(getattr(self, name)))

    def _in_utc(self, value: datetime) -> datetime:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise HistoryError(f"Event {self.type!r} needs a time with a zone")
        return value.astimezone(timezone.utc)

    @classmethod
    def from_data(cls, data: Mapping[str, Any], tz: tzinfo) -> "Event":
        """Read an event of the preview's contract.

        Times are ISO 8601 strings or datetimes; without an offset they are in
        `tz`, the organisation's zone. Keys the engine does not know are left
        alone.
        """
        if not data.get("type"):
            raise HistoryError("An event has no type")
        if not data.get("at"):
            raise HistoryError(f"Event {data['type']!r} has no time")
        due, since = data.get("due"), data.get("since")
        return cls(
            type=data["type"],
            at=parse_instant(data["at"], tz),
            executor=data.get("executor") or None,
            reply_kind=data.get("reply_kind") or None,
            facts=data.get("facts"),
            norm=data.get("norm") or None,
            due=parse_instant(due, tz) if due else None,
            ref=data.get("ref"),
            since=parse_instant(since, tz) if since else None,
        )
