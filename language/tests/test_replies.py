import unittest

from hypothesis import given
from hypothesis import strategies as st

from ..difference import difference
from ..placeholders import fill, open_places
from ..splitting import split

TEXT = st.text(alphabet="аб Я1.,!?\n", max_size=300)


class TestPlaceholders(unittest.TestCase):
    def test_filled(self):
        values = {"phone": "2-12-85-06", "unit": "Отдел дорог", "address": ""}
        text = "Звоните в {Подразделение}: {телефон}, {адрес}. {ОБЕЩАННАЯ  дата}"
        self.assertEqual(
            fill(text, values),
            "Звоните в Отдел дорог: 2-12-85-06, {адрес}. {ОБЕЩАННАЯ  дата}",
        )

    def test_english_names(self):
        self.assertEqual(fill("{phone} {number}", {"phone": "112"}), "112 {number}")

    def test_values_are_no_templates(self):
        self.assertEqual(fill("{автор}", {"author": "{телефон}"}), "{телефон}")

    def test_open(self):
        text = "Ждём вас {дата и время} по адресу {адрес}, {}."
        found = open_places(text)
        self.assertEqual(
            [place.text for place in found], ["{дата и время}", "{адрес}", "{}"]
        )
        for place in found:
            self.assertEqual(text[place.start : place.end], place.text)

    def test_no_places(self):
        for text in (
            "Без мест",
            "{" + "а" * 61 + "}",
            "скобка { одна",
            "{две\nстроки}",
        ):
            with self.subTest(text):
                self.assertEqual(open_places(text), [])


class TestSplit(unittest.TestCase):
    def test_short_text_stays_whole(self):
        self.assertEqual(split(" Первое. Второе. ", 100), ["Первое. Второе."])
        self.assertEqual(split("  ", 10), [])

    def test_paragraphs_come_first(self):
        text = "Первый абзац. Конец.\n\nВторой абзац. Ещё. Ещё."
        self.assertEqual(
            split(text, 35), ["Первый абзац. Конец.", "Второй абзац. Ещё. Ещё."]
        )

    def test_then_sentences(self):
        text = "Яму засыплем. Звоните по тел. 2-12-85-06. Спасибо."
        self.assertEqual(
            split(text, 42),
            ["Яму засыплем. Звоните по тел. 2-12-85-06.", "Спасибо."],
        )

    def test_then_words(self):
        self.assertEqual(split("один два три", 9), ["один два", "три"])

    def test_a_long_word_is_cut(self):
        self.assertEqual(split("а" * 25, 10), ["а" * 10, "а" * 10, "а" * 5])

    @given(TEXT, st.integers(1, 60))
    def test_nothing_is_lost(self, text, limit):
        parts = split(text, limit)
        self.assertTrue(all(0 < len(part) <= limit for part in parts))
        self.assertEqual("".join("".join(parts).split()), "".join(text.split()))

    def test_limit(self):
        with self.assertRaises(ValueError):
            split("а", 0)


class TestDifference(unittest.TestCase):
    def test_words(self):
        self.assertEqual(
            difference("Починим скоро, ждите.", "Починим до 5 мая, ждите."),
            [
                ("same", "Починим "),
                ("gone", "скоро, "),
                ("new", "до 5 мая, "),
                ("same", "ждите."),
            ],
        )

    @given(TEXT, TEXT)
    def test_leads_from_one_to_the_other(self, before, after):
        steps = difference(before, after)
        self.assertEqual("".join(t for k, t in steps if k != "new"), before)
        self.assertEqual("".join(t for k, t in steps if k != "gone"), after)

    def test_huge_texts_are_replaced(self):
        before, after = "а " * 5000, "б " * 5000
        self.assertEqual(difference(before, after), [("gone", before), ("new", after)])
