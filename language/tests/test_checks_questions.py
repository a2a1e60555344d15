"""The citizen's questions."""

from ..checks import questions
from .checks_common import CheckCase


class TestQuestions(CheckCase):
    kind = "questions"

    def test_found(self):
        for text, expected in (
            (
                "Когда починят дорогу и почему не вывозят мусор?",
                ["Когда починят дорогу", "почему не вывозят мусор?"],
            ),
            ("Подскажите когда включат свет", ["Подскажите когда включат свет"]),
            ("Яма. Почему нет света", ["Почему нет света"]),
            ("Сколько можно терпеть!", ["Сколько можно терпеть!"]),
            (
                "Подскажите, пожалуйста, когда будет вода, и куда звонить?",
                ["Подскажите, пожалуйста, когда будет вода", "куда звонить?"],
            ),
            ("Интересует график бассейна.", ["Интересует график бассейна."]),
            ("Будет ли ремонт", ["Будет ли ремонт"]),
            ("Вы придёте?\nА когда?", ["Вы придёте?", "А когда?"]),
        ):
            with self.subTest(text):
                spans = questions(text)
                self.assertEqual([span.text for span in spans], expected)
                for span in spans:
                    self.assertEqual(text[span.start : span.end], span.text)

    def test_no_question(self):
        for text in (
            "Когда шёл дождь, затопило подвал.",
            "Не вывозят мусор вторую неделю.",
            "Как житель района, прошу убрать снег.",
            "Там, где стоял магазин, яма.",
            "",
            "😀",
        ):
            with self.subTest(text):
                self.assertEqual(questions(text), [])

    def test_unanswered(self):
        message = "Здравствуйте. Когда починят дорогу? Почему не вывозят мусор?"
        (remark,) = self.remarks("Яму на Ленина заделают до 5 мая.", message=message)
        self.assertEqual(remark.params["question"], "Почему не вывозят мусор?")
        start, end = (remark.params[f"message_{side}"] for side in ("start", "end"))
        self.assertEqual(message[start:end], "Почему не вывозят мусор?")
        self.assertIsNone(remark.start)

    def test_answered(self):
        self.assertFine(
            "Мусор вывезут завтра, асфальт положат до 5 мая.",
            message="Когда починят дорогу? Почему не вывозят мусор?",
        )
        self.assertFine("Заделаем до 5 мая.", message="Яма! Когда?")
        self.assertFine("Заделали.", message="Доколе? Сколько можно терпеть?")
        self.assertFine("Заделали.", message="")

    def test_when_without_a_date(self):
        self.assertEqual(
            self.codes("Заделаем.", message="Яма! Когда?"), ["question_unanswered"]
        )
