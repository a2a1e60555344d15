"""Phones, e-mails, sites and addresses of a reply.

Requirements ``contacts`` (of the responsible unit), ``redirect`` (of the body that the
citizen is sent to) and ``phones`` (every number is a possible one).
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .draft import Draft, Sentence
from .phrases import load
from .remarks import Context, Remark, Requirement

EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,12}\b", re.IGNORECASE
)
_SITE = re.compile(
    r"(?<![\w@.-])(?:https?://[^\s<>«»\"]{4,300}|(?:www\.)?(?:[\w-]{1,63}\.){1,4}"
    r"(?:ru|рф|com|org|net|su|info|online|site|pro|gov|me|москва|рус|дети|tatar)\b"
    r"(?:/[^\s<>«»\"]{0,200})?)(?!@)",
    re.IGNORECASE,
)
#: What may be a phone: digits with the marks that people put between them
_NUMBER = re.compile(
    r"(?<![\w№/.,+-])(?<!№ )"
    r"(?:\+\s?\d|\(\d|\d)(?:[\d()]|[ \u00a0]?[-–—‑(] ?|[ \u00a0](?=[\d(])|\) ?){0,22}\d"
    r"(?![\w/%-]|[.,:]\d)|(?<![\w№/.,+-])(?<!№ )1(?:0[1-4]|12|22)(?![\w/%-]|[.,:]\d)"
)
_CUE = re.compile(
    r"(?:\bтел(?:ефон\w{0,3})?\b\.?|\bт\.|\bмоб\w{0,7}\b\.?|\bфакс\w?\b|\bзвон\w{2,4}"
    r"|\bпозвонит\w{1,2}|\bгоряч\w{2}\sлини\w|\bватсап\w?|\bwhatsapp|\bviber|\bномер\w{0,2}"
    r"\s?телефон\w|\bпо\sномеру|\bдиспетчерск\w{2,3}(?:\sслужб\w)?|\bдиспетчер\w?"
    r"|\bприемн\w{2}|\bприёмн\w{2}|\bтелефон\w{0,3}\s[^.!?\d]{0,40})"
    r"[\s:№—–-]{0,4}(?:\+?\d[\d\s()-]{4,20}[,;]\s?(?:и\s)?)?$",
    re.IGNORECASE,
)
_EMERGENCY = re.compile(
    r"\b(?:полици|скор|пожарн|газов|спасател|служб)\w{0,6}(?:\sпомощ\w{1,2})?[\s:—–(-]{1,3}$",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\b(?:доб|внутр|вн)\w{0,8}\.?\s?(?:номер\s)?$", re.IGNORECASE)
_NO_PHONE = re.compile(
    r"(?:\b(?:инн|огрн|кпп|снилс|бик|счет|счёт|р/с|дом|д\.|кв\.|корп|каб\w*\.?|литер\w?"
    r"|участ\w{2,3}|индекс|лицензи\w|заявк\w|обращени\w|сообщени\w|номером|кадастров\w{2,4}"
    r"\sномер\w{0,2}|договор\w?|лицев\w{2,3}\sсч[её]т\w?|паспорт\w?|серия|протокол\w?"
    r"|маршрут\w{0,3}|артикул|карт\w|уин|код\w?|году|года|гг\.)\s?[№:]?\s?)$",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"\d{1,3}-\d{2}-\d{2}")
_SEPARATED = re.compile(r"[-()‑–—\s+]")
_PREFIXED = re.compile(r"8[\s\u00a0‑–—-]?\(|8[\s-]800")
SHORT = frozenset("01 02 03 04 101 102 103 104 112 115 117 121 122".split())
_ADDRESS = re.compile(
    r"\b(?:ул\.|улиц\w{1,2}|пр-т\w?|проспект\w?|пр\.|пер\.|переул\w{1,4}|пл\.|площад\w|"
    r"бульвар\w?|б-р\w?|шоссе|наб\.|набережн\w{2}|мкр\w?\.?|микрорайон\w?|проезд\w?"
    r"|тракт\w?|квартал\w?|ш\.)\s?[«\"]?[\w .«»\"-]{1,40}?,?\s?(?:д\.|дом\s|зд\.|№)?\s?"
    r"\d{1,4}|(?<=[\s(])[А-ЯЁ][\w.-]{2,25}(?:\s[А-ЯЁ][\w-]{2,20})?,\s?(?:д\.\s?|дом\s)?\d{1,4}"
    r"(?:[а-д]\b)?(?!\d|\s?(?:час|мин|руб|го\b|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт"
    r"|ноя|дек))",
)
_OFFICE = re.compile(
    r"\b(?:кабинет\w{0,2}|каб\.|офис\w?|приём\w{0,3}|прием\w{0,3}|прийти|приходите"
    r"|подойти|подойдите|находи(?:тся|мся)|располож\w{2,4}|жд[её]м|по\sадресу|наш\sадрес"
    r"|адрес)\b",
    re.IGNORECASE,
)
_OFFICE_OF = re.compile(
    r"\b(?:администраци|отдел|управлени|департамент|комитет|служб|мку|центр|мфц)\w{0,3}\b"
    r"|\b(?:обратит|обращайт|приходит|прийти|подойд|жд[её]м|прием|приём|кабинет|каб\.)",
    re.IGNORECASE,
)
_OWN_BODY = frozenset("мы наш администрация комментарий личный диалог".split())
_NOT_A_BODY = frozenset(
    (
        "комментарий",
        "личный",
        "письменный",
        "вид",
        "время",
        "рабочий",
        "телефон",
        "форма",
    )
)


_CONTACT_WORDS = frozenset(
    "что тел телефон телефону номер номеру сайт адрес вопросу".split()
)


class Contacts(NamedTuple):
    """Contacts with their places: (start, end, text) each."""

    phone: list
    email: list
    site: list


class Phone(NamedTuple):
    """A phone number in its place; ``valid`` unless no such number can exist."""

    start: int
    end: int
    text: str
    digits: str
    valid: bool


def digits_of(text: str) -> str:
    """The digits of a number, without the country's 7 or 8 of a long one."""
    digits = "".join(char for char in text if char.isdigit())
    return digits[1:] if len(digits) == 11 and digits[0] in "78" else digits


def phones(text: str) -> list[Phone]:
    """What is given as a phone number, not tax, house or document numbers."""
    found = []
    taken = [match.span() for match in EMAIL.finditer(text)]
    taken += [match.span() for match in _SITE.finditer(text)]
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if any(start < last and end > first for first, last in taken):
            continue
        phone = _phone(text, start, end)
        if phone:
            found.append(phone)
    return found


def _phone(text: str, start: int, end: int) -> Phone | None:
    number = text[start:end]
    before = text[max(0, start - 70) : start]
    digits = "".join(char for char in number if char.isdigit())
    if _EXTENSION.search(before) or _NO_PHONE.search(before):
        return None
    cued = bool(_CUE.search(before)) or (
        digits in SHORT and bool(_EMERGENCY.search(before))
    )
    if not (cued or _looks_like_phone(number, digits)):
        return None
    return Phone(start, end, number, digits_of(number), _is_valid(number, digits))


def _looks_like_phone(number: str, digits: str) -> bool:
    if number.startswith("+") or digits in ("112", "122") and number == digits:
        return True
    if _LOCAL.fullmatch(number):
        return _local(number)
    if len(digits) in (10, 11) and digits[0] in "789" and _SEPARATED.search(number):
        return True
    if number.startswith(("8-8", "8 8", "8 (", "8(", "(", "8-(")) and len(digits) > 5:
        return True
    return len(digits) == 11 and digits.startswith(("79", "89", "8800", "83", "84"))


def _local(number: str) -> bool:
    """«3-15-42», but not a date such as «20-03-26» or a score."""
    first, second, third = (int(part) for part in number.split("-"))
    return not (len(number) == 8 and first <= 31 and 1 <= second <= 12 and third >= 20)


def _is_valid(number: str, digits: str) -> bool:
    if digits in SHORT:
        return True
    if len(digits) in (5, 6, 7) and not number.startswith(("+", "8-8", "8 8")):
        return "(" not in number
    return _is_possible(number, digits)


def _is_possible(number: str, digits: str) -> bool:
    import phonenumbers

    # With the country's or the long-distance prefix there are eleven digits.
    if (number.startswith("+7") or _PREFIXED.match(number)) and len(digits) != 11:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "RU"))
    except phonenumbers.NumberParseException:
        return False


def contacts_in(text: str, known: Iterable[Phone] | None = None) -> Contacts:
    """Phones (valid or not), e-mails and sites of a text."""
    emails = [(*match.span(), match[0]) for match in EMAIL.finditer(text)]
    sites = [
        (*match.span(), match[0])
        for match in _SITE.finditer(text)
        if not any(first <= match.start() < last for first, last, _ in emails)
    ]
    numbers = [phone[:3] for phone in (phones(text) if known is None else known)]
    return Contacts(numbers, emails, sites)


def _of_draft(draft: Draft) -> tuple[list[Phone], Contacts]:
    def work():
        known = phones(draft.text)
        return known, contacts_in(draft.text, known)

    return draft.once("contacts", work)


def check_phones(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """Numbers that no phone can have."""
    for phone in _of_draft(draft)[0]:
        if not phone.valid:
            params = {"number": phone.text}
            yield Remark("phones", "phone_invalid", params, phone.start, phone.end)


def check_contacts(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """Phone, address and e-mail of those who answer for the matter."""
    found = _of_draft(draft)[1]
    missing = []
    if not found.phone:
        missing.append("phone")
    if not _has_office(draft, context):
        missing.append("address")
    if not found.email:
        missing.append("email")
    if missing:
        yield Remark("contacts", "contacts_missing", {"missing": missing})


def _has_office(draft: Draft, context: Context) -> bool:
    """An address to come to, not the one that the matter is about."""
    found = _of_draft(draft)[1]
    place = "".join(char for char in context.place.lower() if char.isalnum())
    for match in _ADDRESS.finditer(draft.text):
        address = "".join(char for char in match[0].lower() if char.isalnum())
        if place and (address in place or place in address):
            continue
        sentence = draft.sentence_at(match.start())
        if sentence is None:
            continue
        beside = any(
            sentence.start <= contact[0] < sentence.end
            for contact in (*found.phone, *found.email)
        )
        if (
            beside
            or sentence.role == "signature"
            or (_OFFICE.search(sentence.text) and _OFFICE_OF.search(sentence.text))
        ):
            return True
    return False


class _Sent(NamedTuple):
    """Where the citizen is sent elsewhere."""

    start: int
    end: int
    sentence: int
    advised: bool
    body: frozenset[str]


def check_redirect(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """Phone, e-mail and site of the body that the citizen is sent to."""
    sent = _redirects(draft)
    for at, redirect in enumerate(sent):
        first = _begin(draft, redirect, sent[at - 1]) if at else 0
        last = len(draft.text)
        if at + 1 < len(sent):
            last = _begin(draft, sent[at + 1], redirect)
        missing = _missing(draft, context, first, last)
        if missing:
            params = {
                "words": draft.text[redirect.start : redirect.end],
                "missing": missing,
            }
            yield Remark(
                "redirect", "redirect_missing", params, redirect.start, redirect.end
            )


def _begin(draft: Draft, redirect: _Sent, before: _Sent) -> int:
    """Where the words about this body begin."""
    if redirect.sentence == before.sentence:
        return redirect.start
    return draft.sentences[redirect.sentence].start


def _bare(contact: str) -> str:
    """An e-mail or a site, however it is written."""
    return re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", contact.strip().lower())


def _missing(draft: Draft, context: Context, first: int, last: int) -> list[str]:
    own = {digits_of(item) for item in context.own_contacts} - {""}
    own |= {_bare(item) for item in context.own_contacts}
    found = _of_draft(draft)[1]
    return [
        kind
        for kind in ("phone", "email", "site")
        if not any(
            first <= start < last
            and _bare(text) not in own
            and not (kind == "phone" and digits_of(text) in own)
            for start, _end, text in getattr(found, kind)
        )
    ]


def _redirects(draft: Draft) -> list[_Sent]:
    """The places where the citizen is sent to a body, one for each body."""
    found: list[_Sent] = []
    for sentence in draft.body:
        for match in load("redirect").find(sentence.tokens):
            tokens = sentence.tokens[match.first : match.last]
            rest = sentence.tokens[match.last : match.last + 5]
            if _is_ours(match.phrase.section, rest, sentence):
                continue
            body = frozenset(
                token.lemma
                for token in rest
                if token.is_content
                and not token.text.isdigit()
                and token.low not in _CONTACT_WORDS
            )
            redirect = _Sent(
                tokens[0].start,
                (rest[0] if rest and len(tokens) > 1 else tokens[-1]).end,
                sentence.index,
                match.phrase.section == "advised",
                body,
            )
            if found and _same_body(found[-1], redirect):
                if redirect.advised and not found[-1].advised:
                    found[-1] = redirect
                continue
            found.append(redirect)
    return found


def _same_body(before: _Sent, after: _Sent) -> bool:
    """Two phrases send to one body unless both advise different ones."""
    if not (before.advised and after.advised):
        return True
    return bool(before.body & after.body) or not (before.body and after.body)


def _is_ours(section: str, rest: list, sentence: Sentence) -> bool:
    lemmas = [lemma for token in rest[:3] for lemma in token.lemmas]
    if section == "advised":
        if not rest or not _NOT_A_BODY.isdisjoint(rest[0].lemmas):
            return True
        return not _OWN_BODY.isdisjoint(lemmas)
    return not {"мы", "наш", "администрация", "муниципалитет"}.isdisjoint(lemmas)
