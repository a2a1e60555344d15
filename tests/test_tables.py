import io
import zipfile
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from openpyxl import Workbook, load_workbook

from odoo.tests import BaseCase, tagged

from ..tables import (
    Limits,
    TableError,
    day_first,
    guess,
    instant,
    read_table,
    safe_cell,
    write_xlsx,
)

PERM = ZoneInfo("Asia/Yekaterinburg")


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rezipped(content, name, change):
    """The archive with one part changed."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.infolist():
            data = source.read(part)
            archive.writestr(part, change(data) if part.filename == name else data)
    return target.getvalue()


@tagged("post_install", "-at_install")
class TestTables(BaseCase):
    def refused(self, content, code, limits=None):
        with self.assertRaises(TableError) as caught:
            read_table(content, limits)
        self.assertEqual(caught.exception.code, code)

    # -- reading -----------------------------------------------------------------

    def test_csv_of_every_kind(self):
        for encoding in ("utf-8", "utf-8-sig", "cp1251", "utf-16"):
            for delimiter in ";,\t|":
                text = delimiter.join(("Ссылка", "Текст")) + "\r\n"
                text += f'https://vk.com/a{delimiter}"Яма{delimiter}\nи ""лужа"""\r\n'
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    table = read_table(text.encode(encoding))
                    self.assertEqual(table.header, ("Ссылка", "Текст"))
                    cells = ("https://vk.com/a", f'Яма{delimiter}\nи "лужа"')
                    self.assertEqual(table.rows, ((2, cells),))

    def test_csv_of_an_old_mac(self):
        """Office programs there still end lines with a carriage return alone."""
        table = read_table("Ссылка;Текст\r1;Яма\r2;Лужа\r".encode("cp1251"))
        self.assertEqual([row for _n, row in table.rows], [("1", "Яма"), ("2", "Лужа")])

    def test_rows_keep_their_numbers(self):
        table = read_table(
            workbook((), ("a", "b", None), (), (1, None), (None, "x", "y"))
        )
        self.assertEqual(table.header, ("a", "b"))
        self.assertEqual(table.rows, ((4, (1, None)), (5, (None, "x"))))

    def test_formula_is_not_computed(self):
        table = read_table(workbook(("a",), ("=1+1",), ("x",)))
        # The program that wrote the file has stored no value.
        self.assertEqual(table.rows, ((3, ("x",)),))

    def test_limits(self):
        self.refused(b" ", "empty")
        self.refused(b"a;b\n1;2", "file_too_large", Limits(file=3))
        self.refused(b"a;b\n1;2\n3;4", "too_many_rows", Limits(rows=1))
        self.refused(b"a;b;c\n1;2", "too_many_columns", Limits(columns=2))
        self.refused(workbook(("a",), (1,)), "unpacked_too_large", Limits(unpacked=99))
        self.refused(workbook(("a",), (1,)), "unpacked_too_large", Limits(parts=3))

    def test_zip_bomb(self):
        bomb = rezipped(
            workbook(("a",), (1,)),
            "xl/worksheets/sheet1.xml",
            lambda data: data + b" " * 70_000_000,
        )
        self.assertLess(len(bomb), 200_000)
        self.refused(bomb, "unpacked_too_large")

    def test_sheet_that_claims_a_million_rows(self):
        def far(data):
            return data.replace(b'<row r="2"', b'<row r="1048576"')

        content = rezipped(workbook(("a",), (1,)), "xl/worksheets/sheet1.xml", far)
        table = read_table(content, Limits(rows=100))
        self.assertEqual(table.rows, ())

    def test_entities(self):
        def evil(data):
            head, body = data.split(b"<worksheet", 1)
            doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
            return head + doctype + b"<worksheet" + body

        content = workbook(("a",), (1,))
        name = "xl/worksheets/sheet1.xml"
        self.refused(rezipped(content, name, evil), "unsafe")
        wide = rezipped(
            content, name, lambda data: evil(data).decode().encode("utf-16")
        )
        self.refused(wide, "unsafe")

    def test_what_is_no_table(self):
        self.refused(b"\xd0\xcf\x11\xe0old", "old_format")
        self.refused(b"PK\x03\x04broken", "not_readable")
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a.txt", "x")
        self.refused(stream.getvalue(), "not_readable")
        self.refused(b'a;b\n"never closed;1', "not_readable")

    # -- cells -------------------------------------------------------------------

    def test_instants(self):
        expected = datetime(2024, 3, 7, 11, 30, tzinfo=timezone.utc)
        for value in (
            "07.03.2024 16:30",
            "7.3.24 16:30",
            "07.03.2024, в 16:30",
            "2024-03-07 16:30:00",
            "2024-03-07T11:30:00Z",
            "2024-03-07T14:30:00+03:00",
            "07.03.2024 14:30 (МСК)",
            "7 марта 2024 г., 16:30",
            "07/03/2024 16:30",
            45358.6875,
            datetime(2024, 3, 7, 16, 30),
        ):
            with self.subTest(value=value):
                self.assertEqual(instant(value, PERM), expected)
        self.assertEqual(instant("07.03.2024", PERM, "16:30"), expected)
        self.assertEqual(instant(45358, PERM, 0.6875), expected)
        self.assertIsNone(instant("", PERM))
        wrong = ("вчера", "32.01.2024", "2024-13-01", 12, "07.03.2024 25:00")
        # A mistyped year is no year before there were networks.
        for value in (*wrong, "07.03.0024", "02.01.0001", datetime(1924, 3, 7)):
            with self.subTest(value=value), self.assertRaises(ValueError):
                instant(value, PERM)

    def test_day_or_month_first(self):
        self.assertTrue(day_first(["03/07/2024"]))
        self.assertTrue(day_first(["03/07/2024", "25/07/2024"]))
        self.assertFalse(day_first(["03/07/2024", "03/25/2024"]))
        american = instant("03/07/2024 16:30", PERM, days_first=False)
        self.assertEqual(american.date().isoformat(), "2024-03-07")

    def test_columns_by_their_words(self):
        header = {
            "Номер инцидента": "source_number",
            "Ссылка на публикацию": "link",
            "Текст сообщения": "text",
            "Автор": "author",
            "Ссылка на автора": "author_url",
            "Дата публикации": "received",
            "Время": "received_time",
            "Соцсеть": "network",
            "Тема": "topic",
            "Населённый пункт": "place",
            "Срок ответа": "due",
            "Приоритет": "importance",
            "Чья страница": "page_owner",
            "Комментарий куратора": "",
        }
        self.assertEqual(guess(list(header)), list(header.values()))

    # -- writing -----------------------------------------------------------------

    def test_no_cell_is_a_formula(self):
        evil = ("=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1")
        content = write_xlsx("a/b", ["x"], [[value] for value in evil])
        sheet = load_workbook(io.BytesIO(content)).active
        for row, value in zip(sheet.iter_rows(min_row=2), evil, strict=True):
            self.assertEqual(row[0].data_type, "s")
            self.assertEqual(row[0].value[0], "'", value)
        self.assertEqual(safe_cell(5), 5)
        self.assertEqual(safe_cell("a\x00\x01b"), "ab")

    def test_what_was_made_safe_is_read_as_it_was(self):
        content = write_xlsx("x", ["a"], [["+7 912"], ["'кавычка"], ["-"]])
        cells = [row[0] for _number, row in read_table(content).rows]
        self.assertEqual(cells, ["+7 912", "'кавычка", "-"])
