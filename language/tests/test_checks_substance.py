"""A measure, a decision or advice; refusals; progress; the number of sentences."""

from .checks_common import CheckCase


class TestSubstance(CheckCase):
    kind = "substance"

    def test_told(self):
        self.assertFine(
            "Здравствуйте! Яма на улице Ленина, д. 5 заделана.",
            "Снег убрали 5 марта.",
            "Проведён ремонт участка дороги.",
            "Ведутся работы по замене трубы.",
            "Планируется замена трубы.",
            "Подрядчику выдано предписание.",
            "Бригада выехала на место.",
            "Принято решение установить светофор.",
            "Заявка передана подрядчику, яму заделают до 15 марта.",
            "Рассмотрим на комиссии 17 февраля.",
        )

    def test_advised(self):
        self.assertFine(
            "Рекомендуем подать заявление через Госуслуги.",
            "Заявление можно подать в МФЦ.",
            "Вам необходимо написать заявление в управляющую компанию.",
            "Обратитесь в отдел опеки.",
            "Объезжайте яму по улице Мира.",
        )

    def test_informed(self):
        self.assertFine(
            "Автобус № 5 ходит ежедневно с 6:00 до 22:00.",
            "Да, вход бесплатный для всех.",
            "Закрытие школы не планируется.",
        )
        self.assertFine("Вход в парк бесплатный.", message="Вход в парк платный?")

    def test_reasoned_impossibility(self):
        self.assertFine(
            "Поставить знак невозможно, поскольку рядом перекрёсток.",
            "Поставить знак невозможно: рядом перекрёсток.",
            "Снести гараж нельзя, это не допускается статьёй 222 Гражданского кодекса.",
        )
        self.assertRemarks("Поставить знак невозможно. => substance_missing")

    def test_empty(self):
        self.assertRemarks(
            """
            Спасибо за обращение! => substance_only_thanks [Спасибо]
            Здравствуйте! Ваше обращение принято.
            => substance_only_noted [обращение принято]
            Вопрос на контроле. => substance_only_noted [на контроле]
            Меры принимаются. => substance_only_noted [Меры принимаются]
            Работа по улучшению качества дорог ведётся.
            => substance_only_noted [Работа по улучшению качества дорог ведётся]
            Ваше сообщение передано в управляющую компанию.
            => substance_only_forwarded [сообщение передано]
            Обращение направлено в отдел для проведения ремонта.
            => substance_only_forwarded [Обращение направлено]
            Ответим до 20 мая. => substance_only_noted [Ответим]
            Мы заботимся о комфорте горожан. => substance_missing
            """
        )
        self.assertEqual(self.codes(""), ["substance_missing"])
        self.assertEqual(self.codes("👍🙏"), ["substance_missing"])

    def test_denied_deed_is_no_measure(self):
        self.assertEqual(self.codes("Яма не заделана."), ["substance_missing"])

    def test_interim_tells_the_reason(self):
        self.assertFine(
            "Для ответа нужно обследовать подвал, ответим до 5 мая.",
            "Запросили сведения у сетевой компании. Ответим 5 мая.",
            "Поскольку нужна экспертиза, ответ дадим до 5 мая.",
            "Ждём подрядчика, ответим до 5 мая.",
            "Ожидаем поставку материалов. Ответим 5 мая.",
            interim=True,
        )
        self.assertRemarks(
            "Ваше обращение рассматривается. Ответим 5 мая. => substance_no_reason",
            interim=True,
        )


class TestImpossibility(CheckCase):
    kind = "impossibility"

    def test_act_named(self):
        self.assertFine(
            "Это невозможно: пункт 6.1 ГОСТ Р 52605 не разрешает неровность.",
            "Не можем, статья 161 Жилищного кодекса возлагает ремонт на собственников.",
            "В соответствии с Федеральным законом № 131-ФЗ это не входит в полномочия.",
            "Отказано на основании постановления администрации от 05.02.2024 № 12.",
            "Шуметь запрещено законом края «О тишине».",
            "Не предусмотрено Правилами благоустройства города.",
        )

    def test_no_act(self):
        self.assertRemarks(
            """
            Заменить трубы невозможно. => impossibility_no_act [невозможно]
            Ремонт не представляется возможным по закону.
            => impossibility_no_act [не представляется возможным]
            Мы не можем заасфальтировать проезд. => impossibility_no_act [не можем]
            Средства бюджетом не предусмотрены.
            => impossibility_no_act [не предусмотрены]
            Нет возможности по действующему законодательству.
            => impossibility_no_act [Нет возможности]
            """
        )

    def test_no_refusal(self):
        self.assertFine(
            "Проезд был невозможен из-за снега, дорогу расчистили.",
            "Если дозвониться невозможно, напишите нам.",
            "Яму заделали.",
            "Ремонт в июле.",
        )


class TestProgress(CheckCase):
    kind = "progress"

    def test_told(self):
        self.assertFine(
            "Подрядчик снял старый асфальт.",
            "Ведётся замена трубы.",
            "Ремонт включён в план на 2027 год.",
            "Плиты уже завезли.",
            repeated=True,
        )

    def test_not_told(self):
        for text in ("Яму заделаем до 5 мая.", "Спасибо!", "Вопрос на контроле."):
            with self.subTest(text):
                self.assertEqual(self.codes(text, repeated=True), ["progress_missing"])

    def test_first_message(self):
        self.assertFine("Яму заделаем до 5 мая.")


class TestSentences(CheckCase):
    kind = "sentences"

    def test_amount(self):
        text = "Здравствуйте!\nРаз. Два. Три. Четыре. Пять. Шесть.\nС уважением, отдел"
        (remark,) = self.remarks(text, amount=4)
        self.assertEqual(remark.params, {"count": 6, "amount": 4})
        self.assertEqual(text[remark.start : remark.end], "Пять. Шесть.")
        self.assertEqual(self.remarks(text, amount=6), [])
        self.assertEqual(self.remarks(text, amount=0), [])

    def test_what_is_no_sentence(self):
        text = (
            "Добрый день, Мария!\n№ 15, тема: дороги.\nЯму на ул. Ленина, д. 5 заделали"
            " 5 янв. песком. Тел. 3-15-42, доб. 112.\nС уважением,\nадминистрация."
            " г. Лесной"
        )
        self.assertEqual(self.remarks(text, amount=2), [])
        self.assertEqual(len(self.remarks(text, amount=1)), 1)

    def test_list(self):
        text = "Сделано:\n- убран снег;\n- вывезен мусор.\nОстальное завтра."
        self.assertEqual(self.remarks(text, amount=2), [])
