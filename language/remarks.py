"""What a check is asked, what it may know, and what it says."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Requirement:
    """One thing a regulation asks of a reply.

    ``amount`` is the largest number of sentences (``sentences``); for other kinds
    it says nothing.
    """

    kind: str
    amount: int = 0


@dataclass(frozen=True)
class Context:
    """What is known about the reply besides its text.

    ``message`` is the citizen's text; ``public`` says whether everybody will read the
    reply; ``attachments`` is how many photos and videos are attached. ``number``,
    ``topic`` and ``place`` are the labels of the message. ``author_names`` are the
    citizen's name, whole or in parts. ``abbreviations`` and ``phrases`` are the
    administrator's own: commonly known abbreviations, and stock phrases as
    "phrase" or "phrase => plain wording". ``own_contacts`` are phones and e-mails of
    the administration. ``today`` is the organisation's date; without it promised dates
    are not held against the present.
    """

    message: str = ""
    public: bool = True
    attachments: int = 0
    needs_photo: bool = False
    number: str = ""
    topic: str = ""
    place: str = ""
    earlier_replies: tuple[str, ...] = ()
    author_names: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    lexicon: Any = None
    repeated: bool = False
    interim: bool = False
    own_contacts: tuple[str, ...] = ()
    today: date | None = None


@dataclass(frozen=True)
class Remark:
    """A finding; codes, their params and places are told in :mod:`.codes`."""

    kind: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    start: int | None = None
    end: int | None = None
