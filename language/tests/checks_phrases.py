"""Reads drafts with the remarks that they deserve (``tests/phrases/*_checks.txt``)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ..checks import KINDS, Context, Remark, Requirement, check

FOLDER = Path(__file__).parent / "phrases"
SENTENCES = 5
#: ``contacts`` are asked only where a record says so, ``obscenity`` is measured apart.
ASKED_APART = ("contacts", "obscenity")


class Record(NamedTuple):
    """A draft, what is known about it, and the codes that it deserves."""

    text: str
    context: Context
    kinds: tuple[str, ...]
    expect: frozenset[str]

    def remarks(self) -> list[Remark]:
        """What the checks say of the draft."""
        return check(
            self.text,
            [Requirement(kind, SENTENCES) for kind in self.kinds],
            self.context,
        )

    def codes(self) -> frozenset[str]:
        return frozenset(remark.code for remark in self.remarks())


def read(name: str) -> Iterator[Record]:
    """The records of a file."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    for block in text.split("\n\n"):
        fields = dict(
            (part.strip() for part in line.split(":", 1))
            for line in block.splitlines()
            if line and not line.startswith("#")
        )
        if fields:
            yield _record(fields)


def _record(fields: dict[str, str]) -> Record:
    def yes(name: str, default: str = "no") -> bool:
        return fields.get(name, default) == "yes"

    def parts(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in fields.get(name, "").split("|") if part)

    context = Context(
        message=fields.get("message", ""),
        public=yes("public", "yes"),
        attachments=int(fields.get("attachments", "0")),
        needs_photo=yes("needs_photo"),
        number=fields.get("number", ""),
        topic=fields.get("topic", ""),
        place=fields.get("place", ""),
        earlier_replies=parts("earlier"),
        author_names=parts("names"),
        own_contacts=parts("own"),
        repeated=yes("repeated"),
        interim=yes("interim"),
        today=date.fromisoformat(fields["today"]) if "today" in fields else None,
    )
    kinds = [kind for kind in KINDS if kind not in ASKED_APART]
    if yes("contacts"):
        kinds.append("contacts")
    return Record(
        fields["text"].replace("\\n", "\n"),
        context,
        tuple(kinds),
        frozenset(fields["expect"].split()),
    )
