"""Which column is what, by the words of its header."""

import re

#: The fields that a column may fill, and what their headers look like, the surest
#: first. A header fills the first field whose pattern it matches.
FIELDS = {
    "author_url": r"(ссылк|url|адрес|профил).*(автор|профил|пользовател)|"
    r"(автор|пользовател).*(ссылк|url|профил)|профиль",
    "due": r"срок|крайн|дедлайн|ответить до|до какого|due|deadline",
    "source_number": r"(номер|№|id|ид|код).*(инцидент|обращ|сообщ|систем|карточ|заявк)|"
    r"(инцидент|обращ|сообщ|карточ|заявк).*(номер|№|id|ид)$|^(номер|№|id|ид)$|"
    r"рег.*номер|number",
    "received_time": r"^время|время (поступ|публик|создан)|^time$",
    "link": r"ссылк|url|link|адрес (публик|поста|сообщ)|источник.*http",
    "text": r"текст|содержан|сообщение|суть|описание|обращение$|цитат|text|message",
    "author": r"автор|заявител|пользовател|фио|имя|author",
    "received": r"дат|поступ|опубликов|created|received|date",
    "network": r"соц.*сет|сеть|площадк|платформ|канал|network",
    "topic": r"тем|категор|рубрик|вопрос|topic",
    "place": r"локац|мест|территор|район|населен|муницип|адрес|поселен|place|location",
    "importance": r"важност|приоритет|срочност|importance|priority",
    "page_owner": r"чья|владел|принадлежност|owner",
    "kind": r"^вид|тип (сообщ|публик)|kind",
}


def header_key(header) -> str:
    """What makes two headers the same: their words, whatever their spelling."""
    return "|".join(_words(name) for name in header)


def guess(header) -> list[str]:
    """The field each column fills, empty where none; no field twice."""
    taken: set[str] = set()
    fields = []
    for name in header:
        words = _words(name)
        found = ""
        for field, pattern in FIELDS.items():
            if words and field not in taken and re.search(pattern, words):
                found = field
                taken.add(field)
                break
        fields.append(found)
    return fields


def _words(name: str) -> str:
    return " ".join(str(name).lower().replace("ё", "е").split())
