"""Sentences, words, lemmas, and the normal form with its map."""

import subprocess
import sys
import unittest
from pathlib import Path

from .. import text as module
from ..folding import characters
from ..text import fold, known, lemma, lemmas, sentences, words

TOP = Path(__file__).resolve().parents[2]


class TestSentences(unittest.TestCase):
    def check(self, *wanted):
        text = " ".join(wanted)
        found = sentences(text)
        self.assertEqual(list(wanted), [span.text for span in found])
        for start, end, piece in found:
            self.assertEqual(piece, text[start:end])

    def test_plain(self):
        self.check("Света нет.", "Когда включат?", "Ждём!")

    def test_an_extension_belongs_to_its_telephone(self):
        self.check("Звоните по тел. 3-15-42, доб. 112.", "Спасибо.")
        self.check("Звоните: 3-15-42, внутр. 5.", "Ждём.")

    def test_addresses(self):
        self.check("Это ул. Ленина, д. 5, кв. 7.", "Приходите.")

    def test_a_year_may_end_a_sentence(self):
        self.check("Работы будут в 2026 г.", "Подрядчик определён.")
        self.check("Построено в 2023–2024 гг.", "Жалоб нет.")

    def test_a_sum_may_end_a_sentence(self):
        self.check("Выделено 5 млн руб.", "Срок назван.")

    def test_and_so_on(self):
        self.check("Ямы, лужи и т. д.", "Почините.")

    def test_lines(self):
        found = [span.text for span in sentences("Звоните, тел.\n5 мая приедем.")]
        self.assertEqual(["Звоните, тел.", "5 мая приедем."], found)

    def test_nothing(self):
        self.assertEqual([], sentences(""))
        self.assertEqual([], sentences(" \n"))


class TestWords(unittest.TestCase):
    def texts(self, text):
        found = words(text)
        for start, end, piece in found:
            self.assertEqual(piece, text[start:end])
        return [span.text for span in found]

    def test_numbers_stay_whole(self):
        self.assertEqual(
            ["тел", "3-15-42", "до", "10:30", "12.05.2026", "дом", "5/1"],
            self.texts("тел. 3-15-42 до 10:30 12.05.2026, дом 5/1"),
        )

    def test_compounds_and_signs(self):
        self.assertEqual(
            ["ул", "Ленина", "кто-то", "ТСЖ-5"],
            self.texts("ул.Ленина 😀 кто-то — ТСЖ-5!"),
        )

    def test_invisible_characters_do_not_divide(self):
        self.assertEqual(["до\u00adро\u200bга"], self.texts("до\u00adро\u200bга"))


class TestLemmas(unittest.TestCase):
    def test_lemma(self):
        self.assertEqual("ребенок", lemma("Детей"))
        self.assertEqual("дорога", lemma("ДО\u200bРОГУ"))

    def test_content_words(self):
        self.assertEqual(
            {"отремонтировать", "дорога", "ленин", "ребенок", "ходить", "лужа"},
            lemmas(
                "Здравствуйте! Когда отремонтируют дорогу на ул. Ленина, 5? Мои дети"
                " ходят по лужам."
            ),
        )

    def test_known(self):
        self.assertTrue(known("Дорогами"))
        self.assertFalse(known("дргами"))

    def test_one_analyser(self):
        lemma("дорога")
        first = module._morphology()
        lemma("улица")
        self.assertIs(first, module._morphology())


class TestFold(unittest.TestCase):
    def check(self, wanted, text):
        folded = fold(text)
        self.assertEqual(wanted, folded.text)
        self.assertEqual(len(folded.text), len(folded.starts))
        self.assertEqual(len(folded.text), len(folded.ends))
        return folded

    def test_forms(self):
        self.check("совет", "СовЁт")
        self.check("и мой", "и мои\u0306")
        self.check("слово", "Ｃлово")
        self.check("дом", "д\u200bо\u00adм")
        self.check("дом", "д\u0336о\u0336м\u0336")
        self.check("вода", "Boдa")
        self.check("паром", "παρом")
        self.check("зима", "3има")
        self.check("сорок", "$орок")
        self.check("да", "даааа")
        self.check("хорошо", "х о р о ш о")
        self.check("беда", "б.е.д.а")

    def test_what_is_no_cyrillic_stays(self):
        self.check("hello 2026", "Hello 2026")

    def test_map(self):
        text = "Ну х\u200bо\u0336-рошо, д о м"
        folded = fold(text)
        at = folded.text.index("дом")
        self.assertEqual("д о м", text[slice(*folded.original(at, at + 3))])
        self.assertEqual((0, 2), folded.original(0, 2))

    def test_map_of_one_sign_for_several(self):
        text = "㎏ да"
        folded = characters(text)
        self.assertEqual("kg да", folded.text)
        self.assertEqual((0, 1), folded.original(0, 2))
        self.assertEqual((2, 4), folded.original(3, 5))

    def test_empty(self):
        self.assertEqual("", self.check("", "").text)
        self.check("", "\u200b")


class TestLaziness(unittest.TestCase):
    def test_importing_loads_no_dictionary(self):
        code = (
            "import sys, language, language.text, language.screening;"
            "bad = {'pymorphy3', 'phonenumbers', 'razdel', 'linkify_it'};"
            "print(sorted(bad & set(sys.modules)));"
            "from language import lists;"
            "print(lists.entries.cache_info().currsize)"
        )
        result = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            cwd=TOP,
            text=True,
        )
        self.assertEqual("[]\n0\n", result.stdout)
