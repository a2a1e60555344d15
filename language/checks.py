"""Checks of a draft reply against what a regulation asks of it.

>>> for remark in check("Спасибо за обращение!", [Requirement("substance")], Context()):
...     print(remark.code, remark.start, remark.end)
substance_only_thanks 0 7

What each remark says is told in :data:`.codes.CODES`. Nothing here decides: a remark is
shown to a person, and the regulation says how much it weighs. An interim reply
(``Context.interim``) is judged by its reason and its promised date.
"""

from collections.abc import Callable, Iterable, Iterator

from . import (
    abbreviations,
    consistency,
    contacts,
    dates,
    formulaic,
    labels,
    officialese,
    safety,
    substance,
)
from . import questions as questions_of
from .draft import Draft
from .questions import questions
from .remarks import Context, Remark, Requirement

__all__ = ["KINDS", "Context", "Remark", "Requirement", "check", "questions"]

#: Longer texts are checked as far as this; no network takes longer ones.
LONGEST = 16_384


def _check_sentences(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """More sentences to the point than the requirement's amount."""
    count = len(draft.body)
    if 0 < requirement.amount < count:
        yield Remark(
            "sentences",
            "sentences_many",
            {"count": count, "amount": requirement.amount},
            draft.body[requirement.amount].start,
            draft.body[-1].end,
        )


#: kind of requirement -> its check
KINDS: dict[str, Callable[[Draft, Requirement, Context], Iterable[Remark]]] = {
    "sentences": _check_sentences,
    "substance": substance.check,
    "impossibility": substance.check_impossibility,
    "dates": dates.check,
    "contacts": contacts.check_contacts,
    "redirect": contacts.check_redirect,
    "phones": contacts.check_phones,
    "terms": abbreviations.check,
    "officialese": officialese.check,
    "questions": questions_of.check,
    "consistent": consistency.check,
    "photo": labels.check_photo,
    "labels": labels.check_labels,
    "obscenity": safety.check_obscenity,
    "personal": safety.check_personal,
    "formulaic": formulaic.check,
    "progress": substance.check_progress,
}


def check(
    text: str, requirements: Iterable[Requirement], context: Context | None = None
) -> list[Remark]:
    """What the requirements find fault with, in the requirements' order.

    Raises ``KeyError`` for a kind that is none of :data:`KINDS`.
    """
    draft = Draft(text[:LONGEST])
    context = context or Context()
    return [
        remark
        for requirement in requirements
        for remark in KINDS[requirement.kind](draft, requirement, context)
    ]
