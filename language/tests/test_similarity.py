import unittest

from language.similarity import REPEAT, SIMILAR, Profile, houses, likeness


class TestLikeness(unittest.TestCase):
    def test_forms_of_words_do_not_matter(self):
        alike = likeness(
            "На улице Лесной не горят фонари", "Опять не горит фонарь по Лесной"
        )
        self.assertGreaterEqual(alike.score, REPEAT)
        self.assertEqual(alike.shared, ("гореть", "лесной", "фонарь"))
        self.assertEqual(alike.reason, "words")

    def test_courtesy_makes_nothing_alike(self):
        alike = likeness(
            "Здравствуйте, помогите, пожалуйста: яма", "Здравствуйте, помогите: вода"
        )
        self.assertEqual((alike.score, alike.shared), (0, ()))

    def test_another_house_is_another_place(self):
        same = likeness("Яма на Лесной, 5", "Ямы на Лесной 5")
        other = likeness("Яма на Лесной, 5", "Ямы на Лесной 48")
        self.assertEqual((same.score, same.reason), (1, "house"))
        self.assertEqual(other.reason, "other_house")
        self.assertAlmostEqual(other.score, 0.3)
        self.assertEqual(other.shared, same.shared)

    def test_one_house_named_is_no_difference(self):
        self.assertEqual(likeness("Яма на Лесной, 5", "Яма на Лесной").reason, "words")

    def test_different_problems_of_one_place_are_only_similar(self):
        score = likeness("Нет воды на Садовой", "Нет света на Садовой").score
        self.assertLess(score, REPEAT)
        self.assertGreaterEqual(score, SIMILAR)

    def test_nothing_to_compare(self):
        for text in ("", "!!!", "Добрый день"):
            self.assertEqual(likeness(text, "Яма").score, 0)
            self.assertEqual(likeness(text, text).score, 0)

    def test_the_same_both_ways_and_with_profiles(self):
        a, b = "Мусор не вывозят на Рабочей 12", "На Рабочей, 12 мусор, вывезите"
        self.assertEqual(likeness(a, b).score, likeness(b, a).score)
        self.assertEqual(likeness(a, b), likeness(Profile.of(a), Profile.of(b)))


class TestHouses(unittest.TestCase):
    def test_named(self):
        for text, expected in (
            ("у дома № 12/3", {"12/3"}),
            ("Лесная, д.5а", {"5а"}),
            ("ул. лесная 14", {"14"}),
            ("На Лесной 5 и на Мира, 7", {"5", "7"}),
            ("Ленина 45б: темно", {"45б"}),
        ):
            with self.subTest(text):
                self.assertEqual(houses(text), expected)

    def test_other_numbers(self):
        for text in (
            "Автобус 12 не пришёл",
            "В доме 5 этажей, нет лифта",
            "Школа №3",
            "жду с 12:30 уже 3 дня",
            "На Садовой 7 марта была авария",
            "тел. 3-15-42",
            "",
        ):
            with self.subTest(text):
                self.assertEqual(houses(text), frozenset())
