"""Checks of drafts, on drafts held out for scoring: precision, recall, speed."""

import time
from collections import Counter

SCORING = "scoring_checks.txt"
ROUNDS = 40
#: A reply of 500 characters with something for every check
TEXT = (
    "Здравствуйте! Яма на улице Ленина у дома 5 заделана 3 марта силами подрядчика."
    " Остальной участок отремонтируем до 15 мая, работы по нанесению разметки"
    " планируются во второй половине июня. По вопросам вывоза ТКО рекомендуем"
    " обратиться к региональному оператору: тел. 8 (342) 236-90-55, info@pro.ru, сайт"
    " pro.ru. Фонари заменят в ближайшее время. Если ямы появятся снова, звоните:"
    " 3-15-42. С уважением, отдел дорог администрации города, ул. Мира, 10, каб. 3."
)
MESSAGE = "Когда починят дорогу на Ленина? Почему не горят фонари и не вывозят мусор?"


def measure():
    """(name, value, unit) of each figure."""
    yield from scores()
    yield from speed()


def run(report):
    for name, value, unit in measure():
        report(name, value, unit)


def scores():
    """Precision and recall of each kind of check; codes are counted once a draft."""
    from language.codes import CODES
    from language.tests.checks_phrases import read

    right, wrong, missed = Counter(), Counter(), Counter()
    drafts = 0
    for record in read(SCORING):
        drafts += 1
        found = record.codes()
        for codes, counter in (
            (found & record.expect, right),
            (found - record.expect, wrong),
            (record.expect - found, missed),
        ):
            counter.update(CODES[code][0] for code in codes)
    yield "checks_drafts", drafts, "drafts"
    for kind in sorted({*right, *wrong, *missed}):
        yield f"checks_{kind}_precision", _share(right[kind], wrong[kind]), "share"
        yield f"checks_{kind}_recall", _share(right[kind], missed[kind]), "share"
    yield "checks_precision", _share(right.total(), wrong.total()), "share"
    yield "checks_recall", _share(right.total(), missed.total()), "share"


def _share(right, others):
    return right / (right + others) if right + others else 1.0


def speed():
    """Milliseconds for all checks of a draft of 500 characters, once warm."""
    from language.checks import KINDS, Context, Requirement, check

    requirements = [Requirement(kind, 5) for kind in KINDS]
    context = Context(
        message=MESSAGE,
        number="12",
        topic="Дороги",
        place="ул. Ленина",
        earlier_replies=tuple(TEXT.replace("5", str(n)) for n in range(20)),
        author_names=("Мария Иванова",),
    )
    check(TEXT, requirements, context)
    start = time.process_time()
    for turn in range(ROUNDS):
        # As a person types, the text is never quite the same.
        check(f"{TEXT} {turn}", requirements, context)
    seconds = (time.process_time() - start) / ROUNDS
    yield "checks_ms", 1000 * seconds, f"per_{len(TEXT)}_characters"
