"""All checks together: the table of codes, tuned drafts, hostile texts, speed."""

import random
import time
import unittest

from ..checks import KINDS, Context, Requirement, check
from ..codes import CODES
from ..questions import questions
from .checks_phrases import read

TYPES = {"int": int, "str": str, "list": list}
ALL = [Requirement(kind, 5) for kind in KINDS]
MESSAGE = "Когда починят дорогу на Ленина? Почему нет света? Мой телефон 89123456789"


def known(text, **more):
    return Context(
        message=text,
        number="12",
        topic="Дороги",
        place="ул. Ленина",
        earlier_replies=(text, "Яму заделали."),
        author_names=("Мария Иванова",),
        **more,
    )


class TestCodes(unittest.TestCase):
    def test_kinds(self):
        self.assertEqual({kind for kind, _params, _text in CODES.values()}, set(KINDS))

    def test_remarks_keep_to_the_table(self):
        seen = set()
        for name in ("tuning_checks.txt", "scoring_checks.txt"):
            for record in read(name):
                for remark in record.remarks():
                    seen.add(remark.code)
                    kind, params, _text = CODES[remark.code]
                    self.assertEqual(remark.kind, kind)
                    self.assertEqual(set(remark.params), set(params), remark.code)
                    for param, type_ in params.items():
                        self.assertIsInstance(remark.params[param], TYPES[type_])
                    if remark.start is not None:
                        self.assertLess(remark.start, remark.end)
                        self.assertLessEqual(remark.end, len(record.text))
        self.assertGreater(len(seen), 30)


class TestDrafts(unittest.TestCase):
    def test_tuned(self):
        for record in read("tuning_checks.txt"):
            with self.subTest(record.text):
                self.assertEqual(sorted(record.codes()), sorted(record.expect))

    def test_apart(self):
        texts = [
            {(record.text, record.context) for record in read(name)}
            for name in ("tuning_checks.txt", "scoring_checks.txt")
        ]
        self.assertFalse(texts[0] & texts[1])
        self.assertGreaterEqual(len(texts[1]), 60)


class TestRequirements(unittest.TestCase):
    def test_only_what_is_asked(self):
        text = "Спасибо! Яму заделаем скоро, ТКО вывезем."
        remarks = check(text, [Requirement("terms"), Requirement("dates")], Context())
        self.assertEqual([remark.kind for remark in remarks], ["terms", "dates"])
        self.assertEqual(check(text, []), [])

    def test_unknown_kind(self):
        with self.assertRaises(KeyError):
            check("Яма.", [Requirement("poetry")])


class TestHostile(unittest.TestCase):
    def texts(self):
        letters = random.Random(7)
        yield from (
            "😀👨‍👩‍👧" * 2000,
            "1" * 16000,
            "1-" * 8000,
            "тел. 8 (342) " * 1200,
            "." * 16000,
            "а." * 8000,
            "a@" * 8000,
            "АБВ " * 4000,
            "А" * 16000,
            "\n" * 16000,
            "ул. Ленина, " * 1300,
            "до 15 марта " * 1200,
            "закон на и о " * 1300,
            "фото прилагаем " * 1000,
            "почему, и когда, и " * 800,
            "будет ли " * 1800,
            "(" * 16000,
            "«" * 16000,
            "заделаем яму и убрали снег " * 600,
            "http://" * 2300,
            "живу на " * 2000,
            "\u0000\u202e\u200b" * 5000,
            "".join(letters.choice("абя .,!?019()-@\n«»№:А") for _ in range(16000)),
        )

    def test_no_text_takes_long_and_places_lie_in_it(self):
        check("Яма.", ALL, known("Яма."))
        for text in self.texts():
            with self.subTest(text[:20]):
                start = time.process_time()
                remarks = check(text, ALL, known(text))
                questions(text)
                self.assertLess(time.process_time() - start, 5)
                for remark in remarks:
                    if remark.start is not None:
                        self.assertTrue(0 <= remark.start < remark.end <= len(text))


class TestSpeed(unittest.TestCase):
    def test_five_hundred_characters(self):
        text = (
            "Здравствуйте! Яма на улице Ленина у дома 5 заделана 3 марта. Остальной"
            " участок отремонтируем до 15 мая, разметку нанесут в конце июня."
            " По вопросам вывоза ТКО обратитесь к оператору: тел. 8 (342) 236-90-55,"
            " info@pro.ru, pro.ru. Фонари заменят в ближайшее время. "
        )
        text = (text * 2)[:500]
        context = known(MESSAGE)
        check(text, ALL, context)
        best = 1.0
        for turn in range(20):
            start = time.process_time()
            check(f"{text[:-3]}{turn}", ALL, context)
            best = min(best, time.process_time() - start)
        # The benchmark measures; this notices a check that became ten times slower.
        self.assertLess(best, 0.1)
