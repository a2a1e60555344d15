"""Contradictions, photos, labels, repetition, abuse, personal data."""

from .checks_common import CheckCase


class TestConsistent(CheckCase):
    kind = "consistent"

    def test_contradictions(self):
        self.assertRemarks(
            """
            Яма на улице Ленина заделана. Яму на улице Ленина заделаем до 5 мая.
            => contradiction_tense [заделаем]
            Ремонт двора завершат до 5 мая. Ремонт двора закончат до 30 июня.
            => contradiction_term [30 июня]
            Снег уберут в течение 3 дней. Уборка снега пройдёт в течение 5 дней.
            => contradiction_term [в течение 5 дней]
            Ремонт двора запланирован. Ремонт двора не планируется.
            => contradiction_denied [Ремонт двора не планируется]
            Площадку у школы сдали. Площадку у школы сдадут в мае.
            => contradiction_tense [сдадут]
            """
        )

    def test_first_place(self):
        text = "Фонарь заменили 5 марта. Фонарь заменят до 20 марта."
        (remark,) = self.remarks(text)
        params = remark.params
        self.assertEqual((params["first"], params["second"]), ("заменили", "заменят"))
        first = text[params["first_start"] : params["first_end"]]
        self.assertEqual(first, "заменили")

    def test_consistent(self):
        self.assertFine(
            "Яма на ул. Ленина заделана, на ул. Мира заделаем до 5 мая.",
            "Ремонт начнут 1 мая и завершат 30 июня.",
            "Снег убран. Остальной снег уберём завтра.",
            "Часть ям заделали, остальные заделаем до 5 мая.",
            "Крышу дома 5 починили, крышу дома 7 починят в июле.",
            "Проверили дорогу. Ремонт дороги проведём в мае.",
            "Мусор вывезли. Контейнеры установят до 1 марта.",
        )


class TestPhoto(CheckCase):
    kind = "photo"

    def test_promised(self):
        self.assertRemarks(
            """
            Снег убран, фото прилагаем. => photo_promised [фото прилагаем]
            На снимке результат. => photo_promised [На снимке]
            Убрали (фото). => photo_promised [(фото)]
            """
        )
        self.assertFine("Снег убран, фото прилагаем.", attachments=1)

    def test_of_the_citizen(self):
        self.assertFine(
            "Пришлите фото ямы.",
            "На вашем фото не виден дом.",
            "Видеонаблюдение установлено.",
        )

    def test_needed(self):
        self.assertEqual(self.codes("Убрали.", needs_photo=True), ["photo_missing"])
        self.assertFine("Убрали.", needs_photo=True, attachments=1)
        self.assertFine("Проверяем.", needs_photo=True, interim=True)
        self.assertFine("Убрали.")


class TestLabels(CheckCase):
    kind = "labels"

    def test_present(self):
        known = {"number": "123", "topic": "Дороги", "place": "улица Ленина, 5"}
        self.assertFine("№ 123. Дорога на Ленина, 5 отремонтирована.", **known)
        self.assertEqual(
            self.codes("№ 1234. Снег на улице Мира убран.", **known),
            ["label_number", "label_topic", "label_place"],
        )

    def test_unknown_labels_are_not_asked(self):
        self.assertFine("Снег убран.")


class TestFormulaic(CheckCase):
    kind = "formulaic"
    earlier = (
        "Дорогу почистили утром.",
        "Яма на улице Ленина у дома 5 заделана подрядчиком, участок дороги расчищен,"
        " знаки возвращены на прежнее место, проезд открыт.",
    )

    def test_same_with_another_street(self):
        text = self.earlier[1].replace("Ленина", "Мира").replace("5", "8")
        (remark,) = self.remarks(text, earlier_replies=self.earlier)
        self.assertEqual(remark.params["index"], 1)
        self.assertGreaterEqual(remark.params["percent"], 75)

    def test_other(self):
        self.assertFine(
            "Каток у школы зальют до 10 декабря, ключи от раздевалки возьмите у сторожа"
            " или у директора школы.",
            "Дорогу почистили утром.",
            earlier_replies=self.earlier,
        )


class TestObscenity(CheckCase):
    kind = "obscenity"

    def test_abuse(self):
        self.assertIn("obscene_words", self.codes("Ну и хуйня у вас, заделали яму."))
        self.assertIn("insulting_words", self.codes("Вы идиот, яму заделали."))
        self.assertFine("Яму заделали, нужно застраховать дом и не скорблять.")


class TestPersonal(CheckCase):
    kind = "personal"
    message = (
        "Я Мария, живу на ул. Ленина, 5, кв. 12. Телефон 8 912 345 67 89, m@mail.ru."
        " До вас по 3-15-42 не дозвониться."
    )

    def test_found(self):
        self.assertRemarks(
            """
            Позвоним по +7(912)345-67-89. => personal_phone [+7(912)345-67-89]
            Ответ ушёл на m@mail.ru. => personal_email [m@mail.ru]
            Придём в кв. 12 завтра. => personal_address [кв. 12]
            Придём завтра на улицу Ленина, дом 5. => personal_address [Ленина, дом 5]
            Мария Иванова, придём завтра. => personal_name [Мария Иванова]
            Звонили Ивановой завтра. => personal_name [Ивановой]
            """,
            message=self.message,
            author_names=("Мария Иванова",),
        )

    def test_fine(self):
        self.assertFine(
            "Мария, здравствуйте! Яму заделали, тел. 3-15-42, 211-15-15.",
            "На ул. Иванова убрали снег.",
            "Звоните 112 или 8-800-555-35-35.",
            message=self.message,
            author_names=("Мария Иванова",),
            own_contacts=("3-15-42",),
        )

    def test_private_reply(self):
        self.assertFine(
            "Мария Иванова, позвоним по 8 912 345 67 89.",
            message=self.message,
            author_names=("Мария Иванова",),
            public=False,
        )

    def test_place_of_the_matter(self):
        self.assertFine(
            "Яму на Ленина, 5 заделали.", message=self.message, place="ул. Ленина, 5"
        )

    def test_papers(self):
        self.assertIn("personal_snils", self.codes("Ваш СНИЛС 112-233-445 95 внесён."))
        self.assertIn(
            "personal_passport", self.codes("Ваш паспорт 5704 123456 получен.")
        )
