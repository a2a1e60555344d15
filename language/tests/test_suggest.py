import unittest

from language.places import find_places
from language.suggest import rank, split_stems, usual_topics

TOPICS = {
    "lamps": "фонар, освещ, не горит",
    "roads": "ям, асфальт, разбит дорог",
    "yards": "детск площадк, качел",
    "waste": ["мусор", "площадк для мусор"],
}


class TestRank(unittest.TestCase):
    def keys(self, text):
        return [suggestion.key for suggestion in rank(text, TOPICS)]

    def test_tells_the_words_that_decided(self):
        [best] = rank("Не горят фонари на Мира, нужно ОСВЕЩЕНИЕ", TOPICS)
        self.assertEqual(best.key, "lamps")
        self.assertEqual(best.words, ("фонари", "ОСВЕЩЕНИЕ"))

    def test_more_words_are_surer(self):
        one = rank("Яма", TOPICS)[0].score
        two = rank("Яма, асфальта нет", TOPICS)[0].score
        self.assertEqual((one, two), (0.5, 0.75))

    def test_phrase_is_words_in_order_and_near(self):
        self.assertEqual(self.keys("Сломали на детской новой площадке"), ["yards"])
        self.assertEqual(self.keys("Площадка детская"), [])
        self.assertEqual(
            self.keys("Детская группа давно просила город сделать площадку"), []
        )

    def test_best_first_and_no_more_than_asked(self):
        text = "Мусор, мусор на детской площадке, качели сломаны, яма, фонари"
        found = rank(text, TOPICS)
        self.assertEqual(found[0].key, "yards")
        self.assertEqual(len(found), 3)
        scores = [suggestion.score for suggestion in found]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual(len(rank(text, TOPICS, top=1)), 1)

    def test_stem_of_several_topics_decides_little(self):
        topics = {"a": "вод, кран", "b": "вод"}
        own, shared = rank("Вода из крана", topics)
        self.assertEqual((own.key, shared.key), ("a", "b"))
        self.assertGreater(own.score, 2 * shared.score)

    def test_yo_and_case(self):
        self.assertEqual(rank("ГОЛОЛЁД", {"snow": "гололед"})[0].key, "snow")
        self.assertEqual(rank("гололед", {"snow": "Гололёд"})[0].key, "snow")

    def test_nothing_found(self):
        self.assertEqual(rank("Спасибо", TOPICS), [])
        self.assertEqual(rank("", TOPICS), [])
        self.assertEqual(rank("Яма", {"empty": "", "none": []}), [])

    def test_list_as_a_person_types_it(self):
        self.assertEqual(
            split_stems("фонар,  Детск площадк;\n\nфонар,"),
            (("фонар",), ("детск", "площадк")),
        )

    def test_usual_topics_are_told_apart(self):
        topics = list(usual_topics())
        self.assertGreaterEqual(len(topics), 12)
        names = [name for _group, name, _stems in topics]
        self.assertEqual(len(set(names)), len(names))
        by_name = {name: stems for _group, name, stems in topics}
        for name, text in (
            ("Ямы и выбоины", "Яма на дороге"),
            ("Вывоз мусора", "Мусор не вывозят"),
        ):
            self.assertEqual(rank(text, by_name)[0].key, name)


class TestPlaces(unittest.TestCase):
    PLACES = {
        "street": ("улица Лесная", ""),
        "lane": ("переулок Лесной", ""),
        "farm": ("посёлок Ферма", "фермерск рын"),
        "school": ("улица Школьная", ""),
        "work": ("улица Рабочая", ""),
        "person": ("улица Ленина", ""),
        "date": ("улица 8 Марта", ""),
        "district": ("Левобережный район", ""),
    }

    def best(self, text):
        return [found.key for found in find_places(text, self.PLACES)][:1]

    def test_named_in_any_case(self):
        for text, key in (
            ("Яма на Лесной", "street"),
            ("На улице лесной темно", "street"),
            ("фонари на лесной не горят", "street"),
            ("в Лесном переулке", "lane"),
            ("пер. Лесной", "lane"),
            ("Нет воды в посёлке Ферма", "farm"),
            ("в поселке ферма", "farm"),
            ("по Ленина", "person"),
            ("нет света на ленина 5", "person"),
            ("ул. 8 марта", "date"),
            ("в левобережном районе", "district"),
            ("Рабочая улица вся в ямах", "work"),
        ):
            with self.subTest(text):
                self.assertEqual(self.best(text), [key])

    def test_ordinary_words_are_no_names(self):
        for text in (
            "школьный автобус не пришёл",
            "В школьной столовой холодно",
            "рабочий день до шести",
            "лесной массив горит",
            "с праздником 8 марта",
            "была на ферме",
        ):
            with self.subTest(text):
                self.assertEqual(self.best(text), [])

    def test_keywords_find_a_place_too(self):
        [found] = find_places("Грязь у фермерского рынка", self.PLACES)
        self.assertEqual(found.key, "farm")
        self.assertEqual(found.words, ("фермерского рынка",))

    def test_words_tell(self):
        found = find_places("Темно на Школьной", self.PLACES)
        self.assertEqual([f.words for f in found], [("Школьной",)])
