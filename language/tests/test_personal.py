"""Telephones, passports, cards, SNILS and addresses of people, and other numbers."""

from ..personal import luhn, snils_valid
from ..screening import CARD, EMAIL, PASSPORT, PHONE, SNILS, personal
from .common import Case


class TestPhones(Case):
    def test_written_in_any_way(self):
        for number in (
            "89124567890",
            "+7 912 456-78-90",
            "8 (342) 212-34-56",
            "8.912.345.67.89",
            "8 9 1 2 4 5 6 7 8 9 0",
            "9124567890",
            "+7(922)333-44-55",
            "＋７９１２３４５６７８９",
            "8—912—456—78—90",
        ):
            with self.subTest(number):
                found = self.only(f"звоните {number} вечером")
                self.assertEqual((PHONE, number), (found.kind, found.words))
                self.assertEqual("valid_number", found.rule)

    def test_local(self):
        for text in ("Тел 3-15-42", "звоните 31542", "тел. 25-17-43", "3-15-42 Анна"):
            with self.subTest(text):
                self.assertEqual("local_number", self.only(text).rule)

    def test_no_telephone_of_a_person(self):
        self.assert_clean(
            "Звоните 112",
            "Горячая линия 8-800-200-01-22",
            "ИНН 5902293379",
            "л/с 89123456789",
            "Обращение № 5904123456",
            "Кадастровый номер 59:01:4410123:45",
            "12-05-24 обещали",
            "с 10-00 до 18-30",
            "15 000 000 рублей",
            "маршруты 5-10-15",
            "http://vk.com/wall-123456789_98765",
            "10000000000",
        )


class TestPassports(Case):
    def test_written_in_any_way(self):
        self.assert_kinds(
            {PASSPORT},
            "Паспорт 5704 123456",
            "паспорт серия 57 04 номер 123456",
            "паспорт: 5715654321",
            "57 04 № 987654",
            "серия 4510 № 654321",
        )

    def test_other_numbers(self):
        self.assert_clean("Счётчик 5704 123456", "Серийный номер 7000012300")


class TestCards(Case):
    def test_luhn(self):
        self.assertTrue(luhn("4111111111111111"))
        for digit in "023456789":
            self.assertFalse(luhn(f"411111111111111{digit}"))

    def test_found(self):
        self.assert_kinds(
            {CARD},
            "4111111111111111",
            "карта 4111 1111 1111 1111",
            "4111-1111-1111-1111",
        )

    def test_not_without_the_check(self):
        self.assert_clean("карта 4111 1111 1111 1112", "р/с 40702810900000012345")


class TestSnils(Case):
    def test_check_digits(self):
        self.assertTrue(snils_valid("11223344595"))
        self.assertTrue(snils_valid("08765430300"))
        for last in range(100):
            number = f"112233445{last:02}"
            self.assertEqual(last == 95, snils_valid(number), number)

    def test_found(self):
        self.assert_kinds(
            {SNILS}, "112-233-445 95", "СНИЛС 11223344595", "снилс 112 233 445 95"
        )

    def test_not_with_wrong_digits(self):
        self.assert_clean("112-233-445 96")


class TestEmail(Case):
    def test_found(self):
        found = self.only("Мой ящик sergey_1985@yandex.ru, жду")
        self.assertEqual((EMAIL, "sergey_1985@yandex.ru"), (found.kind, found.words))
        self.assert_kinds({EMAIL}, "petrov(собака)mail.ru", "а-иванов@почта.рф")

    def test_an_office_is_no_person(self):
        self.assert_clean("Писал на info@gorodperm.ru", "adm@example.gov.ru")


class TestPersonal(Case):
    def test_nothing_but_personal_data(self):
        found = personal("Сволочи, мой номер 89124567890, я вас убью")
        self.assertEqual([PHONE], [one.kind for one in found])

    def test_each_number_once(self):
        text = "Иванов, 57 04 № 123321, 89127778899, 4111 1111 1111 1111"
        kinds = [one.kind for one in personal(text)]
        self.assertEqual([PASSPORT, PHONE, CARD], kinds)
