"""Contacts of the unit and of another body; phone numbers."""

from ..contacts import phones
from .checks_common import CheckCase

FULL = "тел. 8 (342) 217-15-42, otdel@city.ru, city.ru"


class TestContacts(CheckCase):
    kind = "contacts"

    def missing(self, text, **known):
        remarks = self.remarks(text, **known)
        return remarks[0].params["missing"] if remarks else []

    def test_all(self):
        self.assertFine(
            "Отдел дорог: тел. 3-15-42, roads@city.ru, ул. Ленина, 23, каб. 5.",
            "Яму заделали.\nС уважением, отдел дорог\nул. Мира, 10, тел. 3-15-42,"
            " roads@city.ru",
        )

    def test_missing(self):
        self.assertEqual(self.missing("Яму заделали."), ["phone", "address", "email"])
        self.assertEqual(
            self.missing("Отдел ждёт вас по адресу: ул. Мира, 10, каб. 3."),
            ["phone", "email"],
        )

    def test_address_of_the_matter_is_no_contact(self):
        text = "Яма по адресу: ул. Ленина, 5 заделана. Тел. 3-15-42, roads@city.ru."
        self.assertEqual(self.missing(text), ["address"])
        text = "Тел. 3-15-42, roads@city.ru, яма у дома ул. Ленина, 5 заделана."
        self.assertEqual(self.missing(text, place="ул. Ленина, 5"), ["address"])


class TestRedirect(CheckCase):
    kind = "redirect"

    def test_complete(self):
        self.assertFine(
            f"Обратитесь в управляющую компанию: {FULL}.",
            f"Вопрос относится к компетенции министерства. Обратитесь туда: {FULL}.",
            f"По отоплению обратитесь в Теплосеть ({FULL}).",
        )

    def test_not_elsewhere(self):
        self.assertFine(
            "Обратитесь к нам в личные сообщения.",
            "Обратитесь в администрацию города.",
            "Обратитесь в наш отдел.",
            "Обращайтесь по телефону 3-15-42.",
            "Ваше обращение принято в работу.",
            "Вопрос относится к полномочиям администрации.",
        )

    def test_missing(self):
        for text, words, missing in (
            ("Обратитесь в полицию: 102.", "Обратитесь в полицию", ["email", "site"]),
            (
                "Вопрос относится к компетенции министерства.",
                "относится к компетенции министерства",
                ["phone", "email", "site"],
            ),
            (
                "Рекомендуем обратиться в Росреестр, сайт rosreestr.gov.ru.",
                "обратиться в Росреестр",
                ["phone", "email"],
            ),
        ):
            with self.subTest(text):
                (remark,) = self.remarks(text)
                self.assertEqual(text[remark.start : remark.end], words)
                self.assertEqual(remark.params, {"words": words, "missing": missing})

    def test_own_contacts_do_not_count(self):
        text = "Обратитесь в Росреестр. Наш телефон 3-15-42, we@city.ru, city.ru."
        (remark,) = self.remarks(text, own_contacts=("3-15-42", "we@city.ru"))
        self.assertEqual(remark.params["missing"], ["phone", "email"])
        (remark,) = self.remarks(text, own_contacts=("https://www.city.ru/",))
        self.assertEqual(remark.params["missing"], ["site"])

    def test_two_bodies(self):
        text = f"Обратитесь в МФЦ: {FULL}. Потом обратитесь в Теплосеть: тел. 2-14-33."
        (remark,) = self.remarks(text)
        self.assertEqual(text[remark.start : remark.end], "обратитесь в Теплосеть")
        self.assertEqual(remark.params["missing"], ["email", "site"])


class TestPhones(CheckCase):
    kind = "phones"

    def test_valid(self):
        for text in (
            "+7 (342) 217-15-42",
            "8 (34254) 3-15-42",
            "8-800-555-35-35",
            "8 912 345 67 89",
            "тел. 3-15-42",
            "звоните 112",
            "телефон 211-15-42, доб. 5",
        ):
            with self.subTest(text):
                self.assertEqual([phone.valid for phone in phones(text)], [True])

    def test_invalid(self):
        self.assertRemarks(
            """
            Тел. 8 (34254) 3-15-4. => phone_invalid [8 (34254) 3-15-4]
            Звоните: +7 342 21-15. => phone_invalid [+7 342 21-15]
            Горячая линия 8-800-555-35-3 => phone_invalid [8-800-555-35-3]
            тел. 12345678 => phone_invalid [12345678]
            """
        )

    def test_no_phone(self):
        for text in (
            "ИНН 5902290635, ОГРН 1025900529434",
            "кадастровый номер 59:01:4410269:15",
            "дом 15-20, квартира 23-45",
            "в 2025-2026 годах, 5-10 марта, 20-03-26",
            "1 500 000 рублей",
            "договор № 45-12-17",
            "постановление № 254-01-01-505",
            "site.ru/8005553535",
        ):
            with self.subTest(text):
                self.assertEqual(phones(text), [])
