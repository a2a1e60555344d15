"""Promises and their dates."""

from datetime import date

from ..moments import differ, moments
from .checks_common import CheckCase


class TestDates(CheckCase):
    kind = "dates"

    def test_dated(self):
        self.assertFine(
            "Яму заделаем до 15 марта.",
            "Яму заделаем 15.03.2026.",
            "Снег уберут в течение 3 дней.",
            "Снег уберут в течение трёх рабочих дней.",
            "Ремонт пройдёт в I квартале 2026 года.",
            "Ремонт планируется во второй половине мая.",
            "Воду включат сегодня к 18:00.",
            "Лавочки установим на следующей неделе.",
            "Улица включена в план ремонта на 2027 год.",
            "Дорогу отремонтируют летом 2026 года.",
            "Мусор вывезут в понедельник.",
            "Освещение восстановят не позднее 5 марта.",
        )

    def test_missing(self):
        self.assertRemarks(
            """
            Яму заделаем. => date_missing [заделаем]
            Дорога будет отремонтирована. => date_missing [будет отремонтирована]
            Планируется замена трубы. => date_missing [Планируется]
            Специалисты выедут на место. => date_missing [выедут]
            Канаву выкопают. => date_missing [выкопают]
            Яму заделаем до 5 мая. Освещение восстановим. => date_missing [восстановим]
            """
        )

    def test_vague(self):
        self.assertRemarks(
            """
            Яму заделаем в ближайшее время. => date_vague [в ближайшее время]
            Ответим в установленные сроки. => date_vague [в установленные сроки]
            Свет починят по мере финансирования. => date_vague [по мере финансирования]
            Лавочки установим весной. => date_vague [весной]
            Тротуар переделают после схода снега. => date_vague [после схода снега]
            Уберут скоро. => date_vague [скоро]
            """
        )

    def test_no_promise(self):
        self.assertFine(
            "Яму заделали.",
            "В кратчайшие сроки яма была отремонтирована.",
            "Ремонт не планируется.",
            "Если вы назовёте адрес, мы проверим.",
            "В случае аварии бригада выедет сразу.",
            "Будем рады помочь.",
            "По телефону 2-40-11 ответит дежурный.",
            "Рекомендуем подать заявление.",
        )

    def test_date_in_the_next_sentence(self):
        self.assertFine(
            "Заменим плафоны. Подрядчик приступит к работе 12 мая.",
            "В мае начнётся ремонт. В ходе работ заменят бордюры.",
        )

    def test_date_of_a_paper_is_no_term(self):
        self.assertRemarks(
            "По постановлению от 05.02.2024 № 12 будет выполнен ремонт."
            " => date_missing [будет выполнен]"
        )

    def test_past(self):
        today = date(2026, 6, 10)
        self.assertRemarks(
            """
            Покрасим до 15.05.2026. => date_past [15.05.2026]
            Покрасим до 15 мая. => date_past [15 мая]
            """,
            today=today,
        )
        self.assertFine(
            "Покрасим до 15 июня.",
            "Покрасим до 15 января.",
            "Осмотрели 15 мая, покрасим до 15 июля.",
            "Покрасили 15 мая.",
            "Покрасим до конца июня.",
            today=today,
        )

    def test_impossible(self):
        self.assertRemarks(
            """
            Завершат 31.02.2026. => date_impossible [31.02.2026]
            Завершат до 31 июня. => date_impossible [31 июня]
            """
        )
        self.assertFine("Завершат до 29 февраля.")

    def test_interim(self):
        self.assertFine("Проверяем, ответим до 20 мая.", interim=True)
        self.assertEqual(self.codes("Проверяем.", interim=True), ["date_interim"])
        self.assertEqual(
            self.codes("Ответим позже.", interim=True), ["date_vague", "date_interim"]
        )


class TestMoments(CheckCase):
    def test_parts(self):
        for text, parts in (
            ("до 15.03.2026", (2026, 3, 15)),
            ("2026-03-15", (2026, 3, 15)),
            ("с 1 по 15 марта 2026 года", (2026, 3, 15)),
            ("в мае", (None, 5, None)),
            ("до 3.04", (None, 4, 3)),
        ):
            with self.subTest(text):
                (moment,) = moments(text)
                self.assertEqual((moment.year, moment.month, moment.day), parts)
                self.assertEqual(text[moment.start : moment.end], moment.text)

    def test_no_date(self):
        for text in (
            "пункт 3.7.1, дом 5",
            "ИНН 5902290635",
            "тел. 3-15-42",
            "за 1500 рублей",
            "марш и майка",
        ):
            with self.subTest(text):
                self.assertEqual(moments(text), [])

    def test_differ(self):
        def of(text):
            return moments(text)[0]

        self.assertTrue(differ(of("до 5 мая"), of("до 6 мая")))
        self.assertTrue(differ(of("в течение 3 дней"), of("в течение 5 дней")))
        self.assertFalse(differ(of("в мае"), of("до 5 мая")))
        self.assertFalse(differ(of("5 мая 2026"), of("5 мая")))
