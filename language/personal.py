"""Personal data in a text: telephones, passports, cards, SNILS, e-mail addresses."""

import re
from functools import lru_cache

from .findings import CARD, EMAIL, PASSPORT, PHONE, SNILS
from .folding import characters
from .lists import entries

#: What stands between groups of digits
_GAP = r"[ \u00a0.\-–—‑()/]{0,3}"
_NOT_BEFORE = r"(?<![\d])(?<![\d][.,:/\-])"
_NOT_AFTER = r"(?!\d)(?![.,:/\-]\d)"

_LONG = re.compile(rf"(?<!\d)(?:\+\s?)?\(?\d(?:{_GAP}\d){{9,18}}(?!\d)")
_CARD = re.compile(r"(?<![\d.])\d(?:[ \u00a0\-–]{0,2}\d){15,18}(?!\d)(?!\.\d)")
_SNILS = re.compile(r"(?<!\d)\d{3}[ \-–]\d{3}[ \-–]\d{3}[ \-–]\d{2}(?!\d)")
_SNILS_BARE = re.compile(r"(?<!\d)\d{3}[ \-–]?\d{3}[ \-–]?\d{3}[ \-–]?\d{2}(?!\d)")
_SNILS_WORD = re.compile(r"снилс|страхов\w+ (?:номер|свид|св)|пенсионн\w+ страхован")
_PASSPORT = re.compile(
    r"(?<!\d)\d{2}[ \-–]?\d{2}[ ,]{0,3}(?:(?:№|n|no|номер|ном)\.?[ :]{0,3})?\d{6}(?!\d)"
)
_PASSPORT_MARKED = re.compile(
    r"(?<!\d)(?:\d{2} ?\d{2}[ ,]{0,3}(?:№|no)\.? ?\d{6}|\d{2} \d{2} \d{6})(?!\d)"
)
_PASSPORT_WORD = re.compile(
    r"паспор|пасп\b|(?<!\w)сери(?:я|и|ю|ей)(?!\w)"
    r"|документ.{0,12}личност"
)
_ABROAD = re.compile(r"загран\w*[^\d]{0,30}(\d{2} ?(?:№ ?)?\d{7})(?!\d)")
_EMAIL = re.compile(
    r"(?<![\w.+\-])([\w.+\-]{1,64})@((?:[\w\-]{1,63}\.){1,4}[^\W\d_]{2,24})(?![\w@])"
)
_EMAIL_HIDDEN = re.compile(
    r"(?<![\w.])([a-z0-9._\-]{2,64}) ?[(\[]? ?(?:собака|собачка|at|dog|@) ?[)\]]? ?"
    r"((?:mail|yandex|ya|gmail|bk|list|inbox|rambler|icloud|hotmail|outlook|vk)"
    r" ?(?:\.|точка|dot| )? ?(?:ru|com|рф|ру|ком))(?!\w)"
)
_PHONE_WORD = re.compile(
    r"(?<!\w)(?:тел(?:ефон\w*|еф)?|моб(?:ильн\w+)?|сот(?:ов\w+)?|т\."
    r"|дом(?:ашн\w+)?\.? тел|домашн\w+|звон\w+|позвон\w+|перезвон\w+|набер\w+"
    r"|номер\w* телефон\w*|вацап|вотсап|ватсап|whatsapp|viber|вайбер|факс|городской"
    r"|рабочий|конт(?:акт\w*)?|звякн\w+|связь|связаться)(?!\w)"
)
#: «3-15-42», «25-17-43», «212-34-56», «2-45-67», «31542»
_LOCAL = re.compile(
    rf"{_NOT_BEFORE}(?:\d{{1,3}}[\-–‑ ]\d{{2}}[\-–‑ ]\d{{2}}|\d{{5,7}}){_NOT_AFTER}"
)
#: Five digits that can hardly be anything but a telephone: «3-15-42»
_LOCAL_ALONE = re.compile(
    rf"{_NOT_BEFORE}(?:[2-79]-\d{{2}}-\d{{2}}|[2-79]\d{{2}}-\d{{2}}-\d{{2}}){_NOT_AFTER}"
)
#: Words before a number that is no telephone and no card
_OTHER = re.compile(
    r"(?:инн|огрн\w*|кпп|бик|окпо|оквэд|кбк|октмо|уин|л/с|лс|сч[её]т\w*|л\. ?с|р/с"
    r"|кадастр\w*|обращени\w+|заявк\w+|заявлени\w+|квитанци\w+|заказ\w*|договор\w*"
    r"|артикул\w*|приказ\w*|постановлени\w+|полис\w*|id|счетчик\w*|показани\w+"
    r"|штрих-?\w*|серийн\w+|код\w*|вход\w*|исх\w*|маршрут\w*|рейс\w*|участ\w+|гост|снилс"
    r"|накладн\w+|чек\w*|трек\w*|инв\w*|вин|vin)"
    r"[\s:.№nа-яё\-]{0,14}$"
)
_ADDRESS_WORD = re.compile(
    r"(?:дом\w*|д|ул\w*|кв|квартир\w*|корп\w*|маршрут\w*|автобус\w*|рейс\w*|с|до|в)"
    r"[.\s№]{0,3}$"
)
#: Telephones of organisations, not of people
_ORGANISATIONS = re.compile(r"^\+?[78]800")
_URL = re.compile(r"(?:https?://|www\.|\b(?:vk|ok|t)\.(?:com|ru|me)/)\S+")
#: Candidates of one kind examined in one text
_MOST = 300


def personal_spans(text: str) -> list[tuple[str, int, int, str]]:
    """(kind, start, end, rule) of each piece of personal data, none within another."""
    folded = characters(text)
    plain = _plain_dashes(folded.text)
    taken = [found.span() for found in _URL.finditer(plain)]
    found = []
    for search in (_emails, _snils, _passports, _cards, _phones, _local_phones):
        for kind, start, end, rule in search(plain):
            if any(start < to and end > since for since, to in taken):
                continue
            taken.append((start, end))
            found.append((kind, *folded.original(start, end), rule))
    return sorted(found, key=lambda one: one[1])


def _plain_dashes(text):
    return text.translate(_DASHES)


_DASHES = str.maketrans({dash: "-" for dash in "–—‑‒−‐"} | {"\u00a0": " "})


def _first(pattern, text):
    for count, found in enumerate(pattern.finditer(text)):
        if count >= _MOST:
            return
        yield found


def _digits(text):
    return "".join(char for char in text if char in "0123456789")


def _before(text, start, length=40):
    return text[max(0, start - length) : start]


def _around(text, start, end):
    return text[max(0, start - 60) : start] + " " + text[end : end + 40]


@lru_cache(maxsize=1)
def _public_boxes():
    return frozenset(" ".join(entries("public_mailboxes")).split())


def _emails(text):
    for found in _first(_EMAIL, text):
        box, domain = found[1], found[2]
        names = set(re.split(r"[._\-+\d]+", box))
        if names & _public_boxes() or f".{domain}".endswith(
            (".gov.ru", ".gosuslugi.ru")
        ):
            continue
        yield EMAIL, *found.span(), "email"
    for found in _first(_EMAIL_HIDDEN, text):
        yield EMAIL, *found.span(), "email_hidden"


def snils_valid(number: str) -> bool:
    """Whether the last two of eleven digits check the first nine."""
    if len(number) != 11 or number[:9] <= "001001998":
        return False
    total = sum(int(digit) * (9 - at) for at, digit in enumerate(number[:9]))
    return total % 101 % 100 == int(number[9:])


def _snils(text):
    for pattern in (_SNILS, _SNILS_BARE):
        for found in _first(pattern, text):
            if pattern is _SNILS_BARE and not _SNILS_WORD.search(
                _around(text, *found.span())
            ):
                continue
            if re.search(r"артикул\W*$", _before(text, found.start())):
                continue
            if snils_valid(_digits(found.group())):
                yield SNILS, *found.span(), "check_digit"


def _passports(text):
    for found in _first(_PASSPORT_MARKED, text):
        if not _OTHER.search(_before(text, found.start())):
            yield PASSPORT, *found.span(), "series_number"
    for found in _first(_PASSPORT, text):
        if _PASSPORT_WORD.search(_before(text, found.start(), 60)):
            yield PASSPORT, *found.span(), "series_number"
    for found in _first(_ABROAD, text):
        yield PASSPORT, *found.span(1), "abroad"


def luhn(number: str) -> bool:
    """Whether the digits pass the check of payment cards."""
    total = 0
    for at, digit in enumerate(map(int, reversed(number))):
        if at % 2:
            digit = digit * 2 - 9 * (digit > 4)
        total += digit
    return total % 10 == 0


def _cards(text):
    for found in _first(_CARD, text):
        number = _digits(found.group())
        if len(set(number)) == 1 or number[0] not in "23456":
            continue
        if len(number) not in (16, 18, 19) or not luhn(number):
            continue
        if not _OTHER.search(_before(text, found.start())):
            yield CARD, *found.span(), "luhn"


def _phones(text):
    import phonenumbers

    for found in _first(_LONG, text):
        written = found.group()
        number = _digits(written)
        if not 10 <= len(number) <= 15 or _ORGANISATIONS.match(number):
            continue
        before = _before(text, found.start())
        if _OTHER.search(before) and not _PHONE_WORD.search(before[-20:]):
            continue
        plus = "+" if written.startswith("+") else ""
        if not plus and len(number) > 11:
            continue
        try:
            parsed = phonenumbers.parse(plus + number, "RU")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            yield PHONE, *found.span(), "valid_number"


def _local_phones(text):
    for found in _first(_LOCAL, text):
        before = _before(text, found.start(), 30)
        if _OTHER.search(before):
            continue
        if _PHONE_WORD.search(before) and not re.search(r"[,.]\s*\d*$", before[-3:]):
            yield PHONE, *found.span(), "local_number"
        elif _PHONE_WORD.search(before[-16:]):
            yield PHONE, *found.span(), "local_number"
    for found in _first(_LOCAL_ALONE, text):
        before = _before(text, found.start(), 24)
        if not _OTHER.search(before) and not _ADDRESS_WORD.search(before):
            yield PHONE, *found.span(), "local_number"
