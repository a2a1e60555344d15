"""Abbreviations, jargon and officialese."""

from .checks_common import CheckCase


class TestTerms(CheckCase):
    kind = "terms"

    def test_known(self):
        self.assertFine(
            "В РФ ЖКХ и ГИБДД знают все.",
            "МКУ «УЖКХ» отремонтирует дорогу по 59-ФЗ и ГОСТ Р 50597.",
            "УВАЖАЕМЫЕ ЖИТЕЛИ! ВНИМАНИЕ! НЕ паркуйтесь.",
            "ООО «ПСК ГАРАНТ» завершит работы в IV квартале.",
            "Распоряжение № 27-РА подписал А.А. Петров.",
        )

    def test_introduced(self):
        self.assertFine(
            "Вывоз твёрдых коммунальных отходов (далее – ТКО) идёт. График ТКО ниже.",
            "Вывоз твёрдых коммунальных отходов (ТКО) идёт.",
            "График ТКО (мусора) висит у магазина.",
            "МКД — это многоквартирный дом.",
            "Дежурная служба (ЕДДС) приняла заявку.",
            "Проект и смету, опрессовку (проверку труб давлением) проведут.",
        )

    def test_unknown(self):
        self.assertRemarks(
            """
            График ТКО и ещё раз ТКО. => abbreviation_unknown [ТКО]
            Участок осмотрели ГОиЧС и УЖКХ.
            => abbreviation_unknown [ГОиЧС]; abbreviation_unknown [УЖКХ]
            ПСД разработана. => abbreviation_unknown [ПСД]
            """
        )

    def test_own_abbreviations(self):
        self.assertFine("ТКО вывезли.", abbreviations=("ТКО",))

    def test_jargon(self):
        text = "Проведена опрессовка."
        (remark,) = self.remarks(text)
        self.assertEqual(remark.code, "jargon")
        self.assertEqual(text[remark.start : remark.end], "опрессовка")
        self.assertEqual(remark.params["plain"], "проверка труб давлением")


class TestOfficialese(CheckCase):
    kind = "officialese"

    def test_plain(self):
        self.assertFine(
            "Здравствуйте, Мария! Яму у дома 5 заделали вчера. Остальные заделаем до"
            " 15 мая. Если просядет снова, звоните: 3-15-42.",
            "Отдел благоустройства администрации города проверил площадку.",
            "Население посёлка получает воду из нового здания насосной.",
        )

    def test_stock_phrases(self):
        self.assertRemarks(
            """
            На Ваше обращение сообщаем следующее.
            => stock_phrase [На Ваше обращение]; stock_phrase [сообщаем следующее]
            Это сделано в соответствии с действующим законодательством.
            => stock_phrase [в соответствии с действующим законодательством]
            Приняты необходимые меры. => stock_phrase [Приняты необходимые меры]
            Вопрос находится на особом контроле. => stock_phrase [на особом контроле]
            """
        )
        (remark,) = self.remarks("Снег убирают на постоянной основе.")
        self.assertEqual(remark.params["plain"], "постоянно")

    def test_own_phrases(self):
        text = "Держим руку на пульсе."
        (remark,) = self.remarks(text, phrases=("держать рука на пульс => следим", ""))
        self.assertEqual(remark.params["plain"], "следим")
        self.assertEqual(text[remark.start : remark.end], "Держим руку на пульсе")

    def test_heavy(self):
        text = (
            "Отделом обеспечено проведение обследования состояния и осуществление"
            " согласования выполнения работ подрядчика, а также выявление и"
            " протоколирование повреждений, после чего начнётся асфальтирование двора."
        )
        codes = self.codes(text)
        self.assertIn("verbal_nouns", codes)
        self.assertIn("genitive_chain", codes)

    def test_chain(self):
        text = "Нарушены сроки исполнения обязательств подрядчика договора."
        (remark,) = self.remarks(text)
        self.assertEqual(remark.params["count"], 4)
        self.assertEqual(
            text[remark.start : remark.end],
            "исполнения обязательств подрядчика договора",
        )

    def test_long_sentence(self):
        text = "Коротко. " + "Мы " + "пошли и " * 15 + "пришли. Коротко."
        (remark,) = self.remarks(text)
        self.assertEqual(remark.code, "sentence_long")
        self.assertEqual(remark.params, {"count": 32, "limit": 28})
        self.assertEqual(text[remark.start : remark.end], text[9:-9])
