"""What must not stand in a reply: abuse, and the citizen's personal data in public."""

import re
from collections.abc import Iterator

from .contacts import EMAIL, SHORT, digits_of, phones
from .draft import Draft, Token, normal, taken_apart
from .remarks import Context, Remark, Requirement

_ABUSE = {
    "obscenity": "obscene_words",
    "insult": "insulting_words",
    "soft_insult": "insulting_words",
}
_PERSONAL = {
    "passport": "personal_passport",
    "card": "personal_card",
    "snils": "personal_snils",
}
_FLAT = re.compile(
    r"\b(?:кв\.|квартир\w{1,2}|кв)\s?(?:№\s?)?(\d{1,4})\b", re.IGNORECASE
)
_AT_HOME = re.compile(
    r"\b(?:живу|живем|живём|проживаю|проживаем|прописан\w?|зарегистрирован\w?|мой\s(?:домашний\s)?"
    r"адрес|наш\sадрес|мой\sдом)\b[^.!?\n]{0,25}?"
    r"(?:ул\.|улиц\w{1,2}|пер\.|пр\.|проспект\w?|по\sадресу:?|на)\s?"
    r"(?P<street>[А-ЯЁ][\w-]{2,25})[^\d.!?\n]{0,12}(?P<house>\d{1,4})",
)
_STREET = frozenset(
    "улица ул проспект пр переулок пер площадь пл имя им шоссе бульвар".split()
)
#: A name of fewer letters («Ян») is too often something else.
NAME_LETTERS = 3


def check_obscenity(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """Obscene and insulting words."""
    from .screening import Lexicon, screen

    for finding in screen(draft.text, context.lexicon or Lexicon()):
        code = _ABUSE.get(finding.kind)
        if code:
            words = draft.text[finding.start : finding.end]
            yield Remark(
                "obscenity", code, {"words": words}, finding.start, finding.end
            )


def check_personal(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """The citizen's data; in a private reply there is nothing to hide from them."""
    if not context.public:
        return
    from .screening import personal

    for finding in personal(draft.text):
        if finding.kind in _PERSONAL:
            yield _remark(draft, _PERSONAL[finding.kind], finding.start, finding.end)
    yield from _phones(draft, context)
    yield from _emails(draft, context)
    yield from _names(draft, context)
    yield from _home(draft, context)


def _remark(draft: Draft, code: str, start: int, end: int) -> Remark:
    return Remark("personal", code, {"words": draft.text[start:end]}, start, end)


def _phones(draft: Draft, context: Context) -> Iterator[Remark]:
    """Numbers that the citizen gave, unless they are the administration's own."""
    given = {phone.digits for phone in phones(context.message)}
    given |= set(re.findall(r"(?<!\d)(?:\+?7|8)?(9\d{9})(?!\d)", context.message))
    given -= {digits_of(item) for item in context.own_contacts}
    given = {item for item in given if item not in SHORT and not item.startswith("800")}
    if not given:
        return
    for phone in phones(draft.text):
        if phone.digits in given:
            yield _remark(draft, "personal_phone", phone.start, phone.end)


def _emails(draft: Draft, context: Context) -> Iterator[Remark]:
    own = {item.strip().lower() for item in context.own_contacts}
    given = {match[0].lower() for match in EMAIL.finditer(context.message)} - own
    for match in EMAIL.finditer(draft.text):
        if match[0].lower() in given:
            yield _remark(draft, "personal_email", *match.span())


def _names(draft: Draft, context: Context) -> Iterator[Remark]:
    """The surname, or two parts of the name beside one another."""
    parts = [
        token for name in context.author_names for token in taken_apart(name).tokens
        if len(token.low) >= NAME_LETTERS
    ]  # fmt: skip
    if not parts:
        return
    run: list[Token] = []
    for token in [*draft.tokens, None]:
        if token is not None and _is_part(token, parts):
            if not run or token.index == run[-1].index + 1:
                run.append(token)
                continue
        if run and (len(run) > 1 or _is_surname(run[0])) and not _is_street(draft, run):
            yield _remark(draft, "personal_name", run[0].start, run[-1].end)
        run = [token] if token is not None and _is_part(token, parts) else []


def _is_part(token: Token, parts: list[Token]) -> bool:
    return token.text[0].isupper() and any(
        token.low == part.low
        or not token.lemmas.isdisjoint(part.lemmas)
        or _declined(token.low, part.low)
        for part in parts
    )


def _declined(one: str, two: str) -> bool:
    """Whether only the ending differs: «Ивановой» of «Иванова»."""
    stem = min(len(one), len(two)) - 2
    return stem >= 4 and one[:stem] == two[:stem] and abs(len(one) - len(two)) <= 2


def _is_surname(token: Token) -> bool:
    tags = token.readings[0].tags
    return (
        "Surn" in tags
        or not tags.intersection(("Name", "Patr", "UNKN"))
        and (
            token.pos == "NOUN" and any("Surn" in item.tags for item in token.readings)
        )
    )


def _is_street(draft: Draft, run: list[Token]) -> bool:
    before = draft.tokens[run[0].index - 1] if run[0].index else None
    return before is not None and (
        before.low in _STREET or not _STREET.isdisjoint(before.lemmas)
    )


def _home(draft: Draft, context: Context) -> Iterator[Remark]:
    """The flat, or the house that the citizen called their own."""
    flats = {match[1] for match in _FLAT.finditer(context.message)}
    for match in _FLAT.finditer(draft.text):
        if match[1] in flats:
            yield _remark(draft, "personal_address", *match.span())
            return
    for home in _AT_HOME.finditer(context.message):
        street, house = normal(home["street"])[:5], home["house"]
        if street in normal(context.place) and house in context.place:
            continue
        pattern = rf"\b{re.escape(street)}\w{{0,12}}[^\d.!?\n]{{0,12}}{house}\b"
        found = re.search(pattern, draft.text.lower().replace("ё", "е"))
        if found:
            yield _remark(draft, "personal_address", *found.span())
            return
