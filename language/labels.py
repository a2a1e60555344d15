"""Number, topic and location in the reply (``labels``); attached photos (``photo``)."""

import re
from collections.abc import Iterator

from .draft import Draft, normal, taken_apart
from .remarks import Context, Remark, Requirement

_SHOT = (
    r"(?:фото|фотографи\w{1,3}|фотоотч[её]т\w?|снимк\w{1,3}|снимок|видео\w{0,8}"
    r"|кадр\w{0,3}|скриншот\w{0,2})"
)
_PROMISED = re.compile(
    rf"(?:\b{_SHOT}\s(?:[^.!?\n]{{0,40}}?\s)?(?:прилага\w{{2,4}}|приложен\w?|прикрепл\w{{2,4}}"
    r"|прикрепили|прилож\w{2,4}|во\sвложении|ниже|выше|в\sприложении|смотрите|в\sкомментари\w{1,2})\b"
    r"|\b(?:прилага\w{2,4}|приложили|прикрепля\w{2,3}|прикрепили|прикладыва\w{2,3}|публикуем"
    rf"|показываем|делимся|во\sвложении|см\.?|смотрите)\s(?:[^.!?\n]{{0,30}}?\s)?{_SHOT}\b"
    rf"|\bна\s(?:прилагаемо\w|приложенн\w{{2}}|эт\w{{1,2}}|прикрепл[её]нн\w{{2}})?\s?{_SHOT}\b"
    rf"|\b(?:фото|видео)\s(?:прилага\w{{2,4}}|в\sответе|до\sи\sпосле)\b|\b(?:фото|видео)отч[её]т\w?\b"
    rf"|\({_SHOT}\)|\b{_SHOT}\s?[—–:-]\s?(?:ниже|во\sвложении|в\sприложении))",
    re.IGNORECASE,
)
#: Photos that the citizen made or is asked for
_CITIZENS = re.compile(
    r"\b(?:ваш\w{0,3}|пришлите|прислать|присылайте|отправьте|направьте|приложите|прикрепите"
    r"|прикладывайте|которо\w\sвы|которые\sвы|вами|присланн\w{2,3}|вы\s(?:прислали|приложили"
    r"|прикрепили|отправили)|судя\sпо|сделайте|просим|можете|можно|нужн[оы]|необходимо"
    r"|предоставьте|к\sобращению|в\sобращении|в\sсообщении|в\sпубликации|в\sпосте)\b",
    re.IGNORECASE,
)


def check_photo(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """Photos and videos that the text speaks of or the reply needs."""
    if context.attachments:
        return
    for sentence in draft.sentences:
        match = _PROMISED.search(sentence.text)
        if match and not _CITIZENS.search(sentence.text):
            start = sentence.start + match.start()
            end = sentence.start + match.end()
            words = draft.text[start:end]
            yield Remark("photo", "photo_promised", {"words": words}, start, end)
            return
    if context.needs_photo and not context.interim:
        yield Remark("photo", "photo_missing")


def check_labels(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """The message's number, topic and location, as far as the message has them."""
    if context.number.strip() and not _has_number(draft.text, context.number):
        yield Remark("labels", "label_number", {"number": context.number})
    if context.topic.strip() and not _has_words(draft, context.topic):
        yield Remark("labels", "label_topic", {"topic": context.topic})
    if context.place.strip() and not _has_words(draft, context.place):
        yield Remark("labels", "label_place", {"place": context.place})


def _has_number(text: str, number: str) -> bool:
    number = re.escape(normal(number.strip().lstrip("№ ")))
    return bool(re.search(rf"(?<![\w/-]){number}(?![\w/-]|[.,]\d)", normal(text)))


def _has_words(draft: Draft, label: str) -> bool:
    """Whether all the label's words stand in the text, in whatever form."""
    told = draft.lemmas | {token.low for token in draft.tokens}
    return all(
        token.low in told or not token.lemmas.isdisjoint(told)
        for token in taken_apart(label).tokens
        if token.text.isdigit() or token.is_content and token.low not in _SIGNS
    )


#: What an address is abbreviated with
_SIGNS = frozenset(
    "улица ул дом город село пос поселок деревня дер проспект пр пер переулок район"
    " мкр микрорайон площадь пл обл область край округ р-н пр-т бульвар б-р"
    " квартира".split()
)
