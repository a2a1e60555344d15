"""A regulation as data: conditions, terms, norms and the act that holds them.

Every class here is immutable, checks itself on creation (`RegulationError`)
and is flat enough to be one database row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from .errors import RegulationError
from .vocabulary import (
    BUILT_IN,
    END_SIGNALS,
    FACTS,
    MANUAL,
    MILESTONES,
    OPERATORS,
    START_SIGNALS,
    UNITS,
    WAITING,
)


@dataclass(frozen=True)
class Condition:
    """One fact compared with a list of values.

    >>> Condition("page_owner", "in", ("head",)).holds({"page_owner": "head"})
    True

    A missing fact, or one with a value outside the vocabulary, makes the
    condition false for either operator.
    """

    fact: str
    operator: str
    values: tuple

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        if self.fact not in FACTS:
            raise RegulationError(f"Unknown fact {self.fact!r} in a condition")
        if self.operator not in OPERATORS:
            raise RegulationError(f"Unknown operator {self.operator!r} in a condition")
        permitted = FACTS[self.fact]
        for value in self.values:
            if permitted is not None and value not in permitted:
                raise RegulationError(f"Unknown value {value!r} of fact {self.fact!r}")

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether the facts of a ticket satisfy the condition."""
        value = facts.get(self.fact)
        if value is None:
            return False
        permitted = FACTS[self.fact]
        if permitted is not None and value not in permitted:
            return False
        return (value in self.values) is (self.operator == "in")


Conditions = tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True)
class Term:
    """How long a norm gives: an amount of a unit.

    `other` is the code of the norm whose deadline a "before" term counts back
    from; its amount is in minutes. "working_day_end" has amount 0.
    """

    unit: str
    amount: int = 0
    other: str | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise RegulationError(f"Unknown unit of a term: {self.unit!r}")
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise RegulationError(f"The amount of a term is not whole: {self.amount!r}")
        if self.unit != "working_day_end" and self.amount <= 0:
            raise RegulationError(f"A term in {self.unit} needs a positive amount")
        if (self.unit == "before") != bool(self.other):
            raise RegulationError(
                'A term "before" names another norm, and no other term does'
            )


@dataclass(frozen=True)
class Norm:
    """One deadline rule.

    :param code: unique within the act
    :param stage: norms of one stage are tried in order, the first whose
        conditions hold applies; different stages run side by side
    :param clause: where the act says so
    :param per_assignment: one clock per executor instead of one per ticket
    :param start: one of `START_SIGNALS`
    :param ends: some of `END_SIGNALS`; the first to happen ends the clock
    :param conditions: groups of alternatives; every group needs one that holds
    :param sequence: order within the stage; equal ones keep the act's order
    :param extended_by_interim: the ticket's first interim reply adds the act's
        extension to the running clock
    """

    code: str
    stage: str
    clause: str
    per_assignment: bool
    start: str
    ends: tuple[str, ...]
    term: Term
    conditions: Conditions = ()
    sequence: int = 10
    extended_by_interim: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ends", tuple(self.ends))
        groups = tuple(tuple(group) for group in self.conditions)
        object.__setattr__(self, "conditions", groups)
        for problem in self._problems():
            raise RegulationError(f"Norm {self.code!r}: {problem}")

    def _problems(self):
        if not self.code or not self.stage:
            yield "a code and a stage are required"
        if self.start not in START_SIGNALS:
            yield f"nothing starts by {self.start!r}"
        for end in self.ends:
            if end not in END_SIGNALS:
                yield f"nothing ends by {end!r}"
        if not self.ends:
            yield "it never ends: name an event that ends it"
        if self.start in self.ends:
            yield f"it starts and ends by the same {self.start!r}"
        if self.per_assignment:
            for signal in (self.start, *self.ends):
                if signal in (*MILESTONES, "first_assigned"):
                    yield f"{signal!r} belongs to the ticket, not to an assignment"
        if not all(self.conditions):
            yield "a group of conditions without an alternative never holds"
        if self.term.other == self.code:
            yield "its term counts back from itself"

    def applies(self, facts: Mapping[str, Any]) -> bool:
        """Whether the conditions hold for these facts."""
        return all(
            any(condition.holds(facts) for condition in group)
            for group in self.conditions
        )

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Norm":
        """Read the flat, JSON-able form that `to_data` writes."""
        try:
            return cls(
                code=data["code"],
                stage=data["stage"],
                clause=data.get("clause") or "",
                per_assignment=bool(data.get("per_assignment")),
                start=data["start"],
                ends=tuple(data["ends"]),
                term=Term(
                    data["term_unit"],
                    data.get("term_amount") or 0,
                    data.get("before_norm") or None,
                ),
                conditions=tuple(
                    tuple(Condition(*item) for item in group)
                    for group in data.get("conditions") or ()
                ),
                sequence=data.get("sequence", 10),
                extended_by_interim=bool(data.get("extended_by_interim")),
                name=data.get("name") or "",
            )
        except KeyError as missing:
            code = data.get("code")
            raise RegulationError(f"Norm {code!r}: {missing} is missing") from None
        except TypeError as error:
            code = data.get("code")
            raise RegulationError(f"Norm {code!r}: malformed data ({error})") from error
        except RegulationError as error:
            code = data.get("code")
            if repr(code) in str(error):
                raise
            raise RegulationError(f"Norm {code!r}: {error}") from error

    def to_data(self) -> dict[str, Any]:
        """One flat JSON-able dict: the columns of a norm."""
        return {
            "code": self.code,
            "name": self.name,
            "stage": self.stage,
            "clause": self.clause,
            "sequence": self.sequence,
            "per_assignment": self.per_assignment,
            "start": self.start,
            "ends": list(self.ends),
            "term_unit": self.term.unit,
            "term_amount": self.term.amount,
            "before_norm": self.term.other,
            "extended_by_interim": self.extended_by_interim,
            "conditions": [
                [[item.fact, item.operator, list(item.values)] for item in group]
                for group in self.conditions
            ],
        }


@dataclass(frozen=True)
class Stage:
    """The norms of one stage in the order they are tried.

    `tracks` are the distinct (start, ends) pairs among them: usually one.
    """

    name: str
    per_assignment: bool
    norms: tuple[Norm, ...]
    tracks: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Act:
    """A regulation: its norms and what holds for all of them.

    :param timezone: IANA name; naive times and day borders are in this zone
    :param interim_extension: elapsed time that the ticket's first interim
        reply adds, once, to running clocks of norms `extended_by_interim`
    :param waiting: what clocks do while a question to the author is unanswered:
        "runs" (nothing) or "stops", see `waiting`
    :param waiting_days: of "stops": the longest wait for one question, in days of
        24 hours
    """

    code: str
    name: str
    timezone: str
    norms: tuple[Norm, ...]
    interim_extension: timedelta | None = None
    waiting: str = "runs"
    waiting_days: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "norms", tuple(self.norms))
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise RegulationError(f"Unknown time zone {self.timezone!r}") from error
        if self.interim_extension is not None and self.interim_extension < timedelta():
            raise RegulationError("An interim reply cannot shorten a term")
        if self.waiting not in WAITING:
            raise RegulationError(f"Unknown effect of waiting: {self.waiting!r}")
        if self.waiting == "stops" and self.waiting_days < 1:
            raise RegulationError("Clocks that stop need the longest wait in days")
        self._check_codes()
        self._check_stages()
        self._check_references()

    @property
    def tz(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def by_code(self) -> dict[str, Norm]:
        """The norms by their codes."""
        return {norm.code: norm for norm in self.norms}

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages, those that others count back from first."""
        grouped: dict[str, list[Norm]] = {}
        for norm in sorted(self.norms, key=lambda norm: norm.sequence):
            grouped.setdefault(norm.stage, []).append(norm)
        stages = [
            Stage(
                name,
                norms[0].per_assignment,
                tuple(norms),
                tuple(dict.fromkeys((norm.start, norm.ends) for norm in norms)),
            )
            for name, norms in grouped.items()
        ]
        return tuple(sorted(stages, key=lambda stage: self._depth(stage.name, ())))

    @cached_property
    def referred(self) -> frozenset[str]:
        """Codes of the norms whose deadlines others count back from."""
        return frozenset(norm.term.other for norm in self.norms if norm.term.other)

    @cached_property
    def ticket_stages(self) -> tuple[Stage, ...]:
        """The stages with one clock per ticket."""
        return tuple(stage for stage in self.stages if not stage.per_assignment)

    @cached_property
    def assignment_stages(self) -> tuple[Stage, ...]:
        """The stages with one clock per executor."""
        return tuple(stage for stage in self.stages if stage.per_assignment)

    def _depth(self, stage: str, path: tuple[str, ...]) -> int:
        """How many stages this one's terms count back through."""
        if stage in path:
            loop = " → ".join((*path[path.index(stage) :], stage))
            raise RegulationError(f"Terms count back from each other: {loop}")
        deeper = (*path, stage)
        return max(
            (
                1 + self._depth(self.by_code[norm.term.other].stage, deeper)
                for norm in self.norms
                if norm.stage == stage and norm.term.other
            ),
            default=0,
        )

    def _check_codes(self) -> None:
        seen = set()
        for norm in self.norms:
            if norm.code in seen:
                raise RegulationError(f"Norm {norm.code!r} occurs twice")
            seen.add(norm.code)
            for word in BUILT_IN:
                if word in (norm.code, norm.stage):
                    owner = "the curator's own" if word == MANUAL else "the promise's"
                    raise RegulationError(
                        f"Norm {norm.code!r}: {word!r} is {owner} norm and stage"
                    )

    def _check_stages(self) -> None:
        always: dict[str, Norm] = {}
        first: dict[str, Norm] = {}
        for norm in sorted(self.norms, key=lambda norm: norm.sequence):
            other = first.setdefault(norm.stage, norm)
            if norm.per_assignment != other.per_assignment:
                raise RegulationError(
                    f"Norms {other.code!r} and {norm.code!r} of stage "
                    f"{norm.stage!r}: one is per assignment, the other is not"
                )
            if norm.stage in always:
                raise RegulationError(
                    f"Norm {norm.code!r} never applies: "
                    f"{always[norm.stage].code!r} before it always does"
                )
            if not norm.conditions:
                always[norm.stage] = norm

    def _check_references(self) -> None:
        for norm in self.norms:
            if not norm.term.other:
                continue
            other = self.by_code.get(norm.term.other)
            if other is None:
                raise RegulationError(
                    f"Norm {norm.code!r} counts back from the unknown norm "
                    f"{norm.term.other!r}"
                )
            if other.per_assignment and not norm.per_assignment:
                raise RegulationError(
                    f"Norm {norm.code!r} of the ticket cannot count back from "
                    f"{other.code!r}, which has a clock per executor"
                )
        for norm in self.norms:
            self._depth(norm.stage, ())

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Act":
        """Read the JSON-able form that `to_data` writes."""
        minutes = data.get("interim_extension_minutes")
        try:
            return cls(
                code=data["code"],
                name=data.get("name") or "",
                timezone=data["timezone"],
                norms=tuple(Norm.from_data(norm) for norm in data["norms"]),
                interim_extension=timedelta(minutes=minutes) if minutes else None,
                waiting=data.get("waiting") or "runs",
                waiting_days=data.get("waiting_days") or 0,
            )
        except KeyError as missing:
            raise RegulationError(f"The act lacks {missing}") from None

    def to_data(self) -> dict[str, Any]:
        """A JSON-able dict; the extension is in whole minutes."""
        extension = self.interim_extension
        return {
            "code": self.code,
            "name": self.name,
            "timezone": self.timezone,
            "interim_extension_minutes": (
                extension // timedelta(minutes=1) if extension else 0
            ),
            "waiting": self.waiting,
            "waiting_days": self.waiting_days,
            "norms": [norm.to_data() for norm in self.norms],
        }
