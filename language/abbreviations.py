"""Abbreviations and jargon that a citizen may not know (requirement ``terms``)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from .draft import Draft, Token, normal, readings
from .phrases import load, load_words
from .remarks import Context, Remark, Requirement

_CAPITALS = re.compile(
    r"(?<![\w№])[А-ЯЁA-Z][А-ЯЁа-яёA-Z]{0,9}[А-ЯЁA-Z]{1,9}[а-яё]{0,3}(?!\w)"
)
_ROMAN = re.compile(r"[IVXLCМХ]+")
#: «(далее – X)», «далее по тексту X»
_HEREAFTER = r"далее\s?(?:по\sтексту\s?)?[-–—:]?\s?[«\"]?{0}\b"
_LEGAL_FORM = re.compile(
    r"\b(?:ООО|ОАО|ЗАО|ПАО|АО|ИП|МУП|ГУП|МКУ|МБУ|МАУ|МКП|ГБУ|ГКУ|ФГУП|ФГБУ|ТСЖ|ТСН|СНТ|УК"
    r"|ГК|НКО|АНО|компани\w{1,3}|предприяти\w{1,3}|обществ\w{1,3}|фирм\w{1,2}"
    r"|учреждени\w{1,3}|магазин\w{0,3}|отел\w{1,3}|центр\w{0,3}|организаци\w{1,3})\s?$"
)
#: A word of so many letters in capitals is shouted, not abbreviated.
SHOUTED = 7
_SKIPPED = frozenset("и в во на по с со о об от за к при для из".split())


def check(draft: Draft, requirement: Requirement, context: Context) -> Iterator[Remark]:
    """Each unknown abbreviation once, each piece of jargon."""
    known = _known(context.abbreviations)
    seen = set()
    for match in _CAPITALS.finditer(draft.text):
        name = _bare(match[0])
        if name.upper() in known or name in seen or not _is_abbreviation(draft, match):
            continue
        seen.add(name)
        if not _introduced(draft, name, match.start()):
            yield Remark(
                "terms",
                "abbreviation_unknown",
                {"abbreviation": name},
                match.start(),
                match.start() + len(name),
            )
    yield from _jargon(draft)


@lru_cache(maxsize=64)
def _known(own: tuple[str, ...]) -> frozenset[str]:
    shipped = {word.upper() for word in load_words("abbreviations")}
    return frozenset(shipped | {word.strip().upper().replace("Ё", "Е") for word in own})


def _bare(text: str) -> str:
    """Without the ending of «ЕДДСом»."""
    return re.sub(r"(?<=[А-ЯЁ]{2})[а-яё]{1,3}$", "", text).replace("Ё", "Е")


def _is_abbreviation(draft: Draft, match: re.Match) -> bool:
    text = match[0]
    name = _bare(text)
    before = draft.text[max(0, match.start() - 14) : match.start()]
    if _ROMAN.fullmatch(name) or sum(char.isupper() for char in name) < 2:
        return False
    # A document's number: «27-РА», «СЭД-059», «М-5»
    if re.search(r"[\d№/]\s?-?$", before) or re.match(
        r"-?\d", draft.text[match.end() :]
    ):
        return False
    # Initials: «А.А. Петров», «ИВАНОВ И.И.»
    if re.match(r"\.[А-ЯЁ]", draft.text[match.end() : match.end() + 2]):
        return False
    if _in_name(draft.text, match.start()):
        return False
    return not (name.isupper() and _is_shouted(draft, match, name))


def _in_name(text: str, start: int) -> bool:
    """Whether the word stands in the quoted name of a firm."""
    opened = max(text.rfind("«", max(0, start - 60), start), -1)
    if opened < 0 or "»" in text[opened:start]:
        return False
    return bool(_LEGAL_FORM.search(text[max(0, opened - 20) : opened].rstrip() + " "))


def _is_shouted(draft: Draft, match: re.Match, name: str) -> bool:
    if len(name) >= SHOUTED:
        return True
    around = draft.text[max(0, match.start() - 30) : match.end() + 30]
    shouted = [word for word in re.findall(r"[А-ЯЁ]{3,}", around) if word != name]
    return (
        len(name) > 3
        and any(len(word) > 4 and readings(word.lower())[0].pos for word in shouted)
        or _is_word_in_capitals(name)
    )


def _is_word_in_capitals(name: str) -> bool:
    """«НЕ», «ДА», «ВСЕ»: emphasis, not an abbreviation."""
    low = name.lower()
    if low in ("не", "да", "нет", "все", "вы", "мы", "вам", "вас", "ваш", "это", "ни"):
        return True
    return len(name) > 4 and _is_dictionary_word(low)


def _is_dictionary_word(low: str) -> bool:
    from .text import parses

    return any(parse.is_known and "Abbr" not in parse.tag for parse in parses(low))


def _introduced(draft: Draft, name: str, start: int) -> bool:
    text = draft.text
    if re.search(_HEREAFTER.format(re.escape(name)), text, re.IGNORECASE):
        return True
    end = start + len(name)
    # «ТКО (твёрдые коммунальные отходы)», «ТКО – это …»
    if re.match(r"\s?\([^()\d]{4,}", text[end : end + 40]):
        return True
    if re.match(r"\s?[-–—]\s?(?:это|то\sесть)\b", text[end : end + 14]):
        return True
    if text[:start].endswith("(") and text[end : end + 1] == ")":
        return _resembles(draft, name, start)
    return _spelled_out(draft, name, start)


def _resembles(draft: Draft, name: str, start: int) -> bool:
    """«Дежурная служба (ЕДДС)»: the words before have some of its letters."""
    letters = normal(name)
    parts = [
        part
        for token in draft.tokens
        if start - 80 < token.start < start
        for part in _parts(token)
    ]
    at = matched = 0
    for part in parts[-len(letters) - 2 :]:
        found = letters.find(part[0], at)
        if found >= 0:
            at, matched = found + 1, matched + 1
    return matched >= min(2, len(letters) - 1)


def _spelled_out(draft: Draft, name: str, start: int) -> bool:
    """Whether words before it begin with its letters, in order."""
    letters = name.lower().replace("ё", "е")
    before = [token for token in draft.tokens if token.end <= start]
    parts = [part for token in before for part in _parts(token)]
    return any(
        _begins(parts, first, letters, skip)
        for first in range(len(parts))
        if parts[first].startswith(letters[0])
        for skip in (False, True)
    )


def _parts(token: Token) -> list[str]:
    return token.low.split("-")


def _begins(parts: list[str], first: int, letters: str, skip: bool) -> bool:
    at = first
    for letter in letters:
        while skip and at < len(parts) and at > first and parts[at] in _SKIPPED:
            if parts[at] == letter:
                break
            at += 1
        if at >= len(parts) or not parts[at].startswith(letter):
            return False
        at += 1
    return True


def _jargon(draft: Draft) -> Iterator[Remark]:
    for match in load("jargon").find(draft.tokens):
        tokens = draft.tokens[match.first : match.last]
        after = draft.text[tokens[-1].end : tokens[-1].end + 14]
        # An explanation follows.
        if re.match(r"\s?\(|,?\s?(?:[-–—]\s)?(?:то\sесть|это)\b", after):
            continue
        if _parenthesised(draft.text, tokens[0].start, tokens[-1].end):
            continue
        words = draft.words(tokens)
        params = {"words": words, "plain": match.phrase.plain}
        yield Remark("terms", "jargon", params, tokens[0].start, tokens[-1].end)


def _parenthesised(text: str, start: int, end: int) -> bool:
    """«мусор (твёрдые коммунальные отходы)»: the plain words stand before."""
    return text[:start].endswith("(") and text[end:].startswith(")")
